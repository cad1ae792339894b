"""The verb that starts the workbench: the twin in a browser, on the clinic's own machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Machine, NoSeed

if TYPE_CHECKING:
    from ..workbench.folder import Folder

NEEDED = ("django", "allauth", "csp", "django_tasks", "django_tasks_db", "simple_history", "waitress")
"""What the extra 'workbench' brings."""


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at; others than this machine need a proxy.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen at.")] = 8000,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", metavar="DIR", show_default=False, help="The clinic's folder; left out: ~/dermatwin-clinic."
        ),
    ] = None,
    admin: Annotated[
        str | None,
        typer.Option("--admin", metavar="NAME", show_default=False, help="The first administrator, at a first start."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Look the installation over, and leave.")] = False,
    backup: Annotated[
        Path | None,
        typer.Option("--backup", metavar="FILE", show_default=False, help="Write everything into a file, and leave."),
    ] = None,
    restore: Annotated[
        Path | None,
        typer.Option("--restore", metavar="FILE", show_default=False, help="Make the folder of a backup, and leave."),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill a new folder with a made-up clinic.")] = False,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Start the workbench: the twin in a browser, on this machine. Needs the extra 'workbench'."""
    _require_extra()
    place = folder if folder is not None else Path.home() / "dermatwin-clinic"
    if restore is not None:
        _restore(restore, place, json)
    elif check:
        _check(place, json)
    elif backup is not None:
        _backup(place, backup, json)
    else:
        _serve(place, (host, port), admin, demo=demo, json=json)


def _require_extra() -> None:
    from ..core.errors import CaseError, Fault

    if any(find_spec(name) is None for name in NEEDED):
        raise CaseError([Fault("serve", "", "needs more than is installed: pip install 'dermatwin[workbench]'")])


def _begun(place: Path) -> Folder:
    from ..workbench.serve.starting import begin

    return begin(place)


def _existing(place: Path) -> Folder:
    from ..core.errors import CaseError, Fault

    if not (place / "secret.key").exists():
        raise CaseError([Fault("--folder", str(place), "holds no clinic yet; dermatwin serve makes one")])
    return _begun(place)


def _serve(place: Path, where: tuple[str, int], admin: str | None, *, demo: bool, json: bool) -> None:
    from ..workbench.serve import running, starting

    listening = running.Place(*where)
    running.require_private(listening)
    folder = _begun(place)
    starting.require_sound()
    with running.alone(folder):
        from ..workbench.first import bring_up_to_date

        bring_up_to_date(folder)
        if demo:
            from ..workbench.demo import make

            password = make()
            if password and not json:
                print(f"Made up: sign in as reception, practitioner, prescriber, auditor or admin; password {password}")
        starting.require_administrator(admin)
        running.run(listening, lambda address: _told(address, folder, json))
    if not json:
        print("Stopped.")


def _told(address: str, folder: Folder, json: bool) -> None:
    if json:
        from .machine import emit

        emit({"address": address, "folder": folder.path})
    else:
        print(f"The workbench is at {address}  (folder {folder.path}; Ctrl-C stops it)", flush=True)


def _check(place: Path, json: bool) -> None:
    folder = _existing(place)
    from ..workbench.serve.checking import checked

    found = list(checked(folder))
    if json:
        from .machine import emit

        emit([vars(one) for one in found])
    else:
        for one in found:
            print(f"{'ok   ' if one.right else '-    ' if one.right is None else 'WRONG'} {one.what}: {one.said}")
    if any(one.right is False for one in found):
        raise typer.Exit(1)


def _backup(place: Path, target: Path, json: bool) -> None:
    folder = _existing(place)
    from ..workbench.backups import back_up

    _say(back_up(folder, target.absolute()), f"Wrote {target}", json)


def _restore(source: Path, place: Path, json: bool) -> None:
    from ..workbench.backups import restore

    _say(
        restore(source, place.absolute()),
        f"Restored into {place}; dermatwin serve --folder {place} --check looks it over",
        json,
    )


def _say(manifest: dict[str, Any], said: str, json: bool) -> None:
    if json:
        from .machine import emit

        emit(manifest)
    else:
        log = manifest["audit"]
        print(f"{said} (audit log: {log['entries']} entries, ends with {log['end'][:16]}…)")
