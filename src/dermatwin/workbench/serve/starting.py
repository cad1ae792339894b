"""From a folder to a Django that works on it; the first administrator."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from ...core.errors import CaseError, Fault
from ..folder import VARIABLE, Folder

PASSWORD = "DERMATWIN_ADMIN_PASSWORD"
"""Where a password of the first administrator may stand; it is asked for where it does not."""


def begin(path: Path) -> Folder:
    """Make the folder and set Django up on it; CaseError where the settings of the environment are wrong."""
    os.umask(0o077)  # whatever is written from here on is ours alone
    folder = Folder(path.absolute()).make()
    os.environ[VARIABLE] = str(folder.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "dermatwin.workbench.settings"
    import django

    try:
        django.setup()
    except ValueError as error:
        raise CaseError([Fault("environment", "", str(error))]) from None
    return folder


def require_sound() -> None:
    """CaseError where a page has no right, a right no page, or the file of the clinical systems that may ask is wrong."""
    from django.core.checks import ERROR, run_checks

    faults = [Fault("workbench", "", str(one.msg)) for one in run_checks() if one.level >= ERROR]
    if faults:
        raise CaseError(faults)


def require_administrator(name: str | None) -> str:
    """Enter the first administrator where there is none; returns the name, '' where there was one."""
    from django.core.exceptions import ValidationError

    from ..first import enter_administrator, has_administrator

    if has_administrator():
        return ""
    username = name or _asked("Name to sign in with, of the first administrator: ", "--admin")
    try:
        enter_administrator(username, os.environ.get(PASSWORD) or _password())
    except ValidationError as error:
        raise CaseError([Fault("password", "", said) for said in error.messages]) from None
    return username


def _asked(question: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise CaseError([Fault(option, "", f"is missing: the first start needs an administrator, and {PASSWORD}")])
    return input(question).strip()


def _password() -> str:
    if not sys.stdin.isatty():
        raise CaseError([Fault(PASSWORD, "", "is missing: the first administrator needs a password of 12 letters or more")])
    first = getpass.getpass("Password, 12 letters or more: ")
    if getpass.getpass("Once more: ") != first:
        raise CaseError([Fault("password", "", "is not the same twice")])
    return first
