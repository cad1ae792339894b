"""What trials counted: events among people, one row of each study, needles with heat and reviews apart.

A row of the class 'other' is serious, unexpected or a burn by the words of its note. A trial that saw no event of a wider
class saw none of a narrower one: its zero counts, unless the study counts the narrower event itself. Rows without a
denominator, single cases and comparators are not counted. Rows: adverse_rates.csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..device import heated
from ..evidence import Draws
from ..evidence.rows.trials import AdverseRow

LEVEL = 0.95  # numerical: of the bound of an event that was never seen
PIGMENT, TRACKS, SERIOUS, OTHER = "pih", "tram_track_scar", "serious", "other"
NEEDLE, HEAT, REVIEW = "needling", "rf_needle", "review"
REACTIONS = ("erythema", "oedema", "pain_vas", "dryness_or_peeling", "bruising", "bleeding")
"""What nearly everybody has: counted once per course, whatever the number of sessions."""

ASSUMED = {"hsv_reactivation": "herpes", "granuloma_or_allergy": "granuloma", "prolonged_bleeding": "bleeding"}
"""Event that no trial counts by name -> its assumed rate, the prior of the pool."""

_CLASSES = {
    SERIOUS: r"serious|withdrawal for an adverse",
    "unexpected": r"any adverse|any significant adverse|no clinically significant|beyond common|unexpected adverse",
    "burn": r"^burn\b",
}
"""Classes of the rows whose event is 'other', by words of the note; the rest stay unclassed."""

_NONE_AT_ALL = ("unexpected", r"any adverse|any significant adverse|no clinically significant")
_NONE_UNEXPECTED = ("unexpected", r".")
WIDER: dict[str, tuple[tuple[str, str], ...]] = {
    PIGMENT: (_NONE_AT_ALL,),
    "hypertrophic_scar_or_keloid": (_NONE_AT_ALL,),
    "infection": (_NONE_AT_ALL,),
    TRACKS: (_NONE_AT_ALL, ("hypertrophic_scar_or_keloid", r"any scar|scarring")),
    SERIOUS: (_NONE_UNEXPECTED,),
    **dict.fromkeys(ASSUMED, (_NONE_UNEXPECTED,)),
}
"""Event -> rows of wider classes (class, words of the note) whose zero is a zero of this event."""


@dataclass(frozen=True)
class Tally:
    """Events among people in studies."""

    events: int = 0
    people: int = 0
    studies: int = 0


@dataclass(frozen=True)
class Counts:
    """What stands behind a rate: counted after needling, in reviews (people may be in both), and after needles with heat."""

    event: str
    needled: Tally
    reviewed: Tally
    heated: Tally

    @property
    def upper(self) -> float | None:
        """Rate that the needled people exclude at 95 % if none of them had it, 1 - 0.05^(1/n), about 3/n; else None."""
        if self.needled.events or not self.needled.people:
            return None
        return float(-np.expm1(np.log1p(-LEVEL) / self.needled.people))


def counts(event: str, draws: Draws, exclude: frozenset[str] = frozenset()) -> Counts:
    """Numerators and denominators behind an event."""
    rows = [row for row in draws.evidence.rows(AdverseRow) if row.source not in exclude]
    hot, each = heated(draws.evidence), one_each(rows, event)
    found = {kind: [row for row in each if kind_of(row, hot) == kind] for kind in (NEEDLE, REVIEW, HEAT)}
    tallies = [
        Tally(sum(r.events_n or 0 for r in same), sum(r.population_n or 0 for r in same), len({r.source for r in same}))
        for same in found.values()
    ]
    return Counts(event, *tallies)


def one_each(rows: Iterable[AdverseRow], event: str) -> list[AdverseRow]:
    """Rows that count an event, those of a wider class only for studies that do not count the event itself."""
    found = [row for row in rows if counted(row, event)]
    own = {row.source for row in found if _class(row) == event}
    wider = {row.source: row for row in found if row.source not in own}
    return [*(row for row in found if _class(row) == event), *wider.values()]


@lru_cache(maxsize=4096)
def class_of(event: str, severity: str, note: str) -> str:
    """The event of a row; an 'other' is serious, unexpected or a burn by the words of its note, else stays 'other'."""
    if event != OTHER:
        return event
    said = f"{severity} {note}".strip()
    return next((name for name, words in _CLASSES.items() if re.search(words, said, re.IGNORECASE)), OTHER)


def counted(row: AdverseRow, event: str) -> bool:
    """Whether a row counts people with an event after needling; a zero of a wider class is a zero of this one."""
    if row.population_n is None or row.events_n is None or row.device_kind == "none" or row.arm_kind not in (NEEDLE, REVIEW):
        return False
    own = _class(row)
    return own == event or (
        not row.events_n and any(own == kind and re.search(words, row.note) for kind, words in WIDER.get(event, ()))
    )


def kind_of(row: AdverseRow, hot: frozenset[str]) -> str:
    """Needles with heat or without, or a review of both. hot : the kinds of device that burn."""
    return REVIEW if row.arm_kind == REVIEW else HEAT if row.device_kind in hot else NEEDLE


def _class(row: AdverseRow) -> str:
    return class_of(row.event, row.severity, row.note)
