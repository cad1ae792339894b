"""Thirty people who do not exist: names from two short lists, birthdays by a seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ..models import Patient, User

GIVEN = {
    "female": (
        "Amara",
        "Birgit",
        "Chioma",
        "Dalia",
        "Elif",
        "Farida",
        "Greta",
        "Hanna",
        "Ines",
        "Kalinda",
        "Leonie",
        "Mira",
    ),
    "male": ("Anton", "Bruno", "Cem", "Daniel", "Emeka", "Felix", "Goran", "Hugo"),
}
FAMILY = (
    *("Adeyemi", "Arslan", "Bauer", "Castellanos", "Dimitrov", "Eriksen", "Fuchs", "Gonzaga", "Hoffmann", "Ibrahim"),
    *("Jansen", "Kowalska", "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quispe", "Rahimi", "Schneider"),
    *("Takahashi", "Unger", "Vargas", "Weber", "Ximenes", "Yilmaz", "Zielinski", "Abara", "Brandt", "Conti"),
)
YOUNGEST, OLDEST = 21, 64  # yr


def enter(chance: Random, number: int, today: date, by: User) -> Patient:
    """One person."""
    sex = "male" if chance.random() < 0.2 else "female"
    born = today - timedelta(days=chance.randint(YOUNGEST * 366, OLDEST * 365))
    return Patient.objects.create(
        number=f"{number:05d}",
        given_name=chance.choice(GIVEN[sex]),
        family_name=FAMILY[(number - 1) % len(FAMILY)],
        birth_date=born,
        sex=sex,
        phone=f"0555 {chance.randint(100, 999)} {chance.randint(1000, 9999)}",
        language=chance.choice(("en", "en", "en", "de", "es")),
        made_by=by,
    )
