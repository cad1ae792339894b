"""What is foreseen, before and after what was observed of her: the same numbers, two bands, and what moved them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.notebook import Read
from ..evidence import Evidence
from ..naming import Name
from .judged import BAND
from .measure import measures
from .people import Ask
from .weights import effective, formed, quantiles

MOST_MOVED = 6
SURE = 3.0  # numerical: standard errors beyond which a shift is no luck of the draw


@dataclass(frozen=True)
class Foreseen:
    """One number that is foreseen: 5, 50 and 95 % over people like her, and over her."""

    name: Name
    title: str
    zone: str
    day: float | None
    session: int | None
    unit: str
    shown: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    form: str = "additive"
    floor: float = 0.0

    @property
    def narrowed(self) -> float:
        """Width of the band after over before [-], on the form of its measure; 1 where there was none."""
        (was_low, was_high), (low, high) = (self._ends(band) for band in (self.before, self.after))
        return (high - low) / (was_high - was_low) if was_high > was_low else 1.0

    def _ends(self, band: tuple[float, float, float]) -> tuple[float, float]:
        low, high = (float(formed(np.array(value), self.form, self.floor)) for value in (band[0], band[2]))
        return low, high

    @property
    def moved(self) -> float:
        """Shift of the median in half widths of the old band [-]."""
        half = 0.5 * (self.before[2] - self.before[0])
        return (self.after[1] - self.before[1]) / half if half > 0.0 else 0.0


@dataclass(frozen=True)
class Moved:
    """Something that was drawn and is now believed to be elsewhere for her: shift in standard deviations between people."""

    name: str
    which: str
    title: str
    shift: float
    narrowed: float  # standard deviation after over before


def foresee(ask: Ask, values: np.ndarray, before: np.ndarray, after: np.ndarray, title: str, evidence: Evidence) -> Foreseen:
    """One number under old and new weights (person,)."""
    row, quantity = measures(evidence).get(ask.name.quantity), evidence.quantities[ask.name.quantity]
    unit, shown = quantity.unit, quantity.shown
    old, new = _band(values, before), _band(values, after)
    form, floor = ("additive", 0.0) if row is None else (row.form, row.floor)
    return Foreseen(ask.name, title, ask.zone, ask.day, ask.session, unit, shown, old, new, form, floor)


def _band(values: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    low, middle, high = quantiles(values, weights, BAND)
    return float(low), float(middle), float(high)


def moved(read: Mapping[Read, np.ndarray], weights: np.ndarray, evidence: Evidence) -> tuple[Moved, ...]:
    """What moved most of all that the observed quantities stand on, the largest first; what luck may do is left out."""
    found: list[Moved] = []
    least = SURE / np.sqrt(effective(weights))
    for (name, which), values in read.items():
        ranked = _scores(values)
        middle = float(np.average(ranked, weights=weights))
        if abs(middle) >= least:
            spread = float(np.sqrt(np.average((ranked - middle) ** 2, weights=weights)))
            found.append(Moved(name, which, _title(name, which, evidence), middle, spread))
    return tuple(sorted(found, key=lambda one: -abs(one.shift))[:MOST_MOVED])


def _scores(values: np.ndarray) -> np.ndarray:
    """Normal scores of values by rank: shifts of any parameter then compare."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return ndtri((rankdata(values) - 0.5) / len(values))


def _title(name: str, which: str, evidence: Evidence) -> str:
    """What was drawn, in words: the note of a parameter's process, or the title of its pool."""
    pool = evidence.pools.get(name)
    words = pool.title if pool is not None else name.replace("_", " ")
    process = which.rpartition(" ")[0].partition("@")[0].strip()
    return f"{words}: {process}" if process and process not in words else words
