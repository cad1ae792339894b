"""How the spread of one endpoint is split: by grade of evidence, by source of spread, and what carries most of it.

The shares are estimates from a few people (`weighing`), each with a standard error. A run keeps them, since a run that is
read again cannot close anything any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.vocabulary import SOURCES
from ..evidence import GRADES

Key = tuple[str, str, str, float | None]
"""Quantity, detail, zone and day of an endpoint."""

DIGITS = 3  # of a share, as it is written: its error is some hundredths
MOST_CARRIERS = 3
FAMILIES = {"grade": tuple(GRADES), "spread": SOURCES}
"""Two ways to cut the spread into groups, each with the groups that make up the whole."""


@dataclass(frozen=True)
class Carrier:
    """A parameter or pool whose values the endpoint follows."""

    name: str
    which: str  # of its values, where there are several: an effect of a pool, a process, a session
    grade: str
    share: float  # squared rank correlation with the endpoint over the people [-]
    sources: tuple[str, ...]  # of a pool, the studies that were pooled for the endpoint


@dataclass(frozen=True)
class Weight:
    """The split of one endpoint's spread. Its place in the run says whose it is."""

    quantity: str
    detail: str
    zone: str
    time: float | None  # d after the first session
    grades: np.ndarray  # (grade,) share of the spread, in the order of GRADES
    grade_errors: np.ndarray  # (grade,) standard error of the share
    spreads: np.ndarray  # (spread,) share of knowledge, person and chance
    spread_errors: np.ndarray  # (spread,) standard error of the share
    people: int  # who were looked at with each group closed
    carried_by: tuple[Carrier, ...]  # at most three, the largest first; none where luck would reach as far

    @property
    def key(self) -> Key:
        """Whose it is."""
        return self.quantity, self.detail, self.zone, self.time

    @property
    def leading(self) -> str:
        """The grade with the largest share."""
        return FAMILIES["grade"][int(np.argmax(self.grades))]

    @property
    def rival(self) -> str:
        """The grade that may lead as well, no farther behind than the errors of both; '' where the lead is clear."""
        first, second = np.argsort(-self.grades, kind="stable")[:2]
        near = self.grades[first] - self.grades[second] < np.hypot(self.grade_errors[first], self.grade_errors[second])
        return FAMILIES["grade"][int(second)] if near else ""

    @property
    def leading_share(self) -> float:
        """The share of that grade [-]."""
        return float(self.grades.max())

    @property
    def leading_spread(self) -> tuple[str, float]:
        """The source of spread with the largest share, and that share [-]."""
        return FAMILIES["spread"][int(np.argmax(self.spreads))], float(self.spreads.max())

    @property
    def assumption(self) -> str:
        """The assumption that carries most where assumptions lead; '' where they do not, or none stands out."""
        return next((one.name for one in self.carried_by if one.grade == "E"), "") if self.leading == "E" else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of what carries it, by weight."""
        return tuple(dict.fromkeys(source for one in self.carried_by for source in one.sources))

    def summary(self) -> dict[str, Any]:
        """Plain data: the split (share and standard error of each group that has a part), what leads, what carries it."""
        return {
            "split": {
                "grades": _shares(FAMILIES["grade"], self.grades, self.grade_errors),
                "sources_of_spread": _shares(FAMILIES["spread"], self.spreads, self.spread_errors),
                "people": self.people,
            },
            "leading": {
                "grade": self.leading,
                "share": round(self.leading_share, DIGITS),
                **({"or": self.rival} if self.rival else {}),
                **({"assumption": self.assumption} if self.assumption else {}),
            },
            "carried_by": [
                {
                    "name": one.name,
                    **({"which": one.which} if one.which else {}),
                    "grade": one.grade,
                    "share": round(one.share, DIGITS),
                }
                for one in self.carried_by
            ],
        }


def _shares(groups: tuple[str, ...], values: np.ndarray, errors: np.ndarray) -> dict[str, list[float]]:
    """Share and standard error of every group that brings anything."""
    found = zip(groups, values, errors, strict=True)
    return {group: [round(float(x), DIGITS), round(float(error), DIGITS)] for group, x, error in found if x or error}
