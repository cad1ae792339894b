"""The server and its worker, until somebody says stop: one server a folder, one worker a server."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from ...core.errors import CaseError, Fault
from ..folder import Folder

THREADS = 12
PATIENCE = 10  # seconds that a worker has to stop
PAUSE = 2.0  # seconds until a worker that ended by itself is started again
LONGEST_BODY = 30_000_000  # bytes of a request: some photographs


@dataclass(frozen=True)
class Place:
    """Where the server listens."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """What is typed into a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return os.environ.get("DERMATWIN_ADDRESS") or f"http://{host}:{self.port}/"


def require_private(place: Place) -> None:
    """CaseError for a host that others reach while no https address says how."""
    if (
        place.host == "localhost"
        or _is_loopback(place.host)
        or os.environ.get("DERMATWIN_ADDRESS", "").startswith("https://")
    ):
        return
    said = "is reached by other machines: put a proxy with TLS before it and name its https address in DERMATWIN_ADDRESS"
    raise CaseError([Fault("--host", place.host, said)])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def alone(folder: Folder) -> Iterator[None]:
    """Nobody else serves this folder meanwhile; CaseError where somebody does. A killed server leaves nothing to clear."""
    with (folder.path / "serving").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CaseError([Fault("--folder", str(folder.path), "is being served already")]) from None
        yield


def run(place: Place, told: Callable[[str], None]) -> None:
    """Serve until interrupted or ended; `told` gets the address once the server listens."""
    from django.urls import get_resolver
    from waitress.server import create_server

    from ..wsgi import application

    get_resolver().url_patterns  # noqa: B018 - the twin is imported now, not when somebody waits for the first page

    proxied = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"}}
    options = proxied if os.environ.get("DERMATWIN_ADDRESS", "").startswith("https://") else {}
    try:
        server = create_server(
            application,
            host=place.host,
            port=place.port,
            threads=THREADS,
            ident=None,
            max_request_body_size=LONGEST_BODY,
            clear_untrusted_proxy_headers=True,
            **options,
        )
    except OSError as error:
        why = "is in use by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise CaseError([Fault("--port", str(place.port), why)]) from None
    with _worker():
        told(place.address)
        server.run()  # returns when interrupted or ended
        server.close()


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """The process that does long work; one that ends by itself is started again."""
    over = threading.Event()
    started = [_start()]
    watch = threading.Thread(target=_watch, args=(started, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
        _stop(started[0])


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "dermatwin.workbench", "work"], stdin=subprocess.DEVNULL)


def _watch(started: list[subprocess.Popen[bytes]], over: threading.Event) -> None:
    while not over.wait(PAUSE):
        if started[0].poll() is not None:
            started[0] = _start()


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
