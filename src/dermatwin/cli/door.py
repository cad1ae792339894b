"""What leaves the program: an exit status and, when something is wrong, one message for each thing.

0 done · 1 the input is wrong · 2 the computation failed · 3 screened as stop, or a symptom is urgent ·
130 interrupted, 143 ended. A fault of dermatwin itself is said in one line; what its maintainers need to find it is left
in a file.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

_LONGEST = 300  # characters of what an error says
DONE, WRONG_INPUT, FAILED, STOPPED, INTERRUPTED = 0, 1, 2, 3, 130

# Some releases of typer stand on click, others carry it inside; this is the base of their errors in both.
_ClickError: type[Exception] = typer.BadParameter.__mro__[2]


class Door(TyperGroup):
    """The group of all verbs; turns whatever happens inside into an exit status."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *rest: Any, **extra: Any) -> Any:
        """Run one verb and leave with its exit status."""
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        run = super().main
        machine = "--json" in words
        _prepare_streams(machine)
        with _ended_tidily():
            sys.exit(_status(lambda: run(words, prog_name or "dermatwin", *rest, **extra), machine))


@contextlib.contextmanager
def _ended_tidily() -> Iterator[None]:
    """Whoever ends a run lets it tidy up first: no draft stays behind."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread: whoever runs us there ends us in another way
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _status(work: Callable[[], Any], machine: bool) -> int:
    try:
        code = work()
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:
        code = _explained(error, machine)
    if code == INTERRUPTED:
        _say("interrupted")
    return code if isinstance(code, int) else DONE


def _explained(error: Exception, machine: bool) -> int:
    from ..core.errors import CaseError, ComputationError, EvidenceError, Fault

    if isinstance(error, (CaseError, EvidenceError)):
        return _wrong(error.faults, machine)
    if isinstance(error, _ClickError):
        context = getattr(error, "ctx", None)
        place = context.command_path if context else "dermatwin"
        message = error.format_message().rstrip(".")  # type: ignore[attr-defined]
        return _wrong([Fault(place, "", f"{message} (see '{place} --help')")], machine)
    if isinstance(error, ComputationError):
        return _failed({"law": error.law, "where": error.where, "when": error.when}, str(error), machine)
    if isinstance(error, OSError):
        return _refused(error, machine)
    if isinstance(error, MemoryError):
        return _failed({"law": "not enough memory", "where": "dermatwin", "when": ""}, "not enough memory", machine)
    return _defect(error, machine)


def _wrong(faults: Sequence[Any], machine: bool) -> int:
    from .machine import emit

    for fault in faults:
        _say(str(fault))
    if machine:
        emit({"faults": [{"path": f.path, "found": f.found, "expected": f.expected} for f in faults]})
    return WRONG_INPUT


def _refused(error: OSError, machine: bool) -> int:
    """The file system said no; a reader that went away is no news."""
    from ..core.errors import Fault

    if error.errno == errno.EPIPE:
        _close_quietly()
        return WRONG_INPUT
    where = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "output"
    fault = Fault(where, "", f"cannot be used: {error.strerror or error}")
    if error.errno == errno.ENOSPC:
        _close_quietly()
        machine = False
    return _wrong([fault], machine)


def _failed(what: dict[str, str], message: str, machine: bool) -> int:
    from .machine import emit

    _say(f"the computation failed: {message}")
    if machine:
        emit({"error": what})
    return FAILED


def _defect(error: Exception, machine: bool) -> int:
    said = f"{type(error).__name__}: {error}".strip(": ")
    short = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
    where = _left_behind(error)
    told = f"{short} (a fault of dermatwin itself; please send {where or 'the command and its case'} to its maintainers)"
    return _failed({"law": short, "where": "dermatwin", "when": "", "report": where}, told, machine)


def _left_behind(error: Exception) -> str:
    """The file with what is needed to find a fault of our own; '' where none can be written."""
    import platform
    import tempfile
    import traceback

    from .. import __version__

    head = f"dermatwin {__version__}, Python {platform.python_version()}, {platform.platform()}"
    text = "\n".join((head, f"command: {sys.argv!r}", "", *traceback.format_exception(error)))
    try:
        handle, name = tempfile.mkstemp(prefix="dermatwin-fault-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError:
        return ""
    return name


def _say(message: str) -> None:
    from ..core.printing import printable

    with contextlib.suppress(OSError):
        print(printable(message.replace("\n", " ")), file=sys.stderr)


def _prepare_streams(machine: bool) -> None:
    """JSON is UTF-8 whatever the terminal; words for people never fail for want of a character."""
    for stream, encoding in ((sys.stdout, "utf-8" if machine else None), (sys.stderr, None)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _close_quietly() -> None:
    """Keep the interpreter from trying once more to write what cannot be written."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
