"""The made-up clinic, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction

from ..models import Clinic, User
from ..rights import Role
from .people import enter
from .stages import STAGES, Setting, Stage
from .store import stock

SEED = 20
NAMES = {
    Role.RECEPTION: "Rita Empfang",
    Role.PRACTITIONER: "Paula Practice",
    Role.PRESCRIBER: "Dr Petra Prescribe",
    Role.AUDITOR: "Aldo Audit",
    Role.ADMIN: "Ada Admin",
}


def make(seed: int = SEED) -> str:
    """Fill a clinic that nobody has used yet; returns the password of all its people, also where it was made before."""
    kept = settings.FOLDER.path / "made-up.password"
    if not User.objects.exists():
        password = token_urlsafe(12)
        with transaction.atomic():
            _fill(seed, password, date.today())
        _keep(kept, password)
    return kept.read_text(encoding="ascii") if kept.exists() else ""


def _keep(path: Path, password: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(password)


def _fill(seed: int, password: str, today: date) -> None:
    users = {role: User.objects.create_user(role.value, password, role=role, name=name) for role, name in NAMES.items()}
    Clinic.objects.create(name="Clinic by the made-up lake", made_up=True, made_by=users[Role.ADMIN])
    practitioner = users[Role.PRACTITIONER]
    here = Setting(Random(seed), today, practitioner, users[Role.PRESCRIBER], stock(today, practitioner))
    for number, stage in enumerate(_stages(), start=1):
        stage(enter(here.chance, number, today, users[Role.RECEPTION]), here)


def _stages() -> Iterator[Stage]:
    for stage, people in STAGES:
        yield from [stage] * people
