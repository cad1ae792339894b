"""One fact about a person: what, how it stands, where, when, how sure, and the words or the code that it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ..case import Patient
from .state import Status

Role = Literal["condition", "medicine", "allergy", "procedure", "habit", "unknown"]
"""As what a thing stands in the history: the same substance may be taken or not be tolerated."""

Certainty = Literal["stated", "coded", "guessed", "open"]
"""stated: by words that are known; coded: by a code; guessed: a slip or a stem was read; open: the words leave it open."""

UNKNOWN = ""
NOTHING = "nothing_to_report"
ANAMNESIS = "anamnesis"


@dataclass(frozen=True)
class Fact:
    """Something that a history says. `what` is a concept of the vocabulary, empty where nobody knows the words.

    `kinds` holds the concept and everything that it is or holds; `manners` what the words add (uncontrolled, recurrent,
    topical ...). `where` is a site or region of the body, empty where no place is named. `since` and `until` are known days.
    """

    what: str
    status: Status
    role: Role
    words: str  # the item as it was written
    path: str  # where it stands in the case: patient.conditions.0
    kinds: frozenset[str] = field(default_factory=frozenset[str])
    label: str = ""
    manners: frozenset[str] = field(default_factory=frozenset[str])
    where: str = ""
    since: date | None = None
    until: date | None = None
    certainty: Certainty = "stated"
    read_as: str = ""  # what was read instead of the written word, where they differ
    code: str = ""  # the code that it was read from
    unread: tuple[str, ...] = ()  # words of the item that nobody knows
    judged: str = ""  # who judged what nobody knew, or what was open, when and why

    @property
    def known(self) -> bool:
        """Whether the vocabulary knows what this is."""
        return self.what != UNKNOWN

    @property
    def is_said(self) -> bool:
        """Whether it is more than a denial or 'nothing to report'."""
        return self.status != "denied" and NOTHING not in self.kinds

    @property
    def asked(self) -> bool:
        """Whether it is the answer to a question of the anamnesis."""
        return self.list == ANAMNESIS

    @property
    def place(self) -> str:
        """The field of the case in which it stands: patient.conditions, patient.smoker."""
        return ".".join(self.path.split(".")[:2])

    @property
    def list(self) -> str:
        """The list of the case in which it stands: conditions, medications, allergies, recent_procedures, anamnesis."""
        return self.path.split(".")[1]


@dataclass(frozen=True)
class Person:
    """Who is treated: what the case says of the person, and the history read as facts.

    Readers of a history ask the facts; the flags of `patient` (smoker, pregnant, breastfeeding) agree with them.
    """

    patient: Patient
    facts: tuple[Fact, ...]
    start: date  # the day of the first session, from which the words of time count back
