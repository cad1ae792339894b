"""Finding things in a run that may not be there: a missing endpoint or curve leaves its row out and never stops a page."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ...delivery import products
from ...evidence.records import PERCENT
from ...naming import NOTHING, Detail
from .. import words

if TYPE_CHECKING:
    from ...flows import Curve
    from ...twin import Endpoint, Run, ZoneRun

QUANTILES = (0.05, 0.5, 0.95)
WIDE, LEAST_PERCENT, LEAST_SHARE = 8.0, 0.1, 1e-3

Kind = TypeVar("Kind", bound=Hashable)


@dataclass(frozen=True)
class Band:
    """A median within its 5-95 % band, and how it is written."""

    low: float
    middle: float
    high: float
    unit: str = "1"
    grade: str = ""

    @property
    def ends(self) -> tuple[float, float, float]:
        """Low, middle and high."""
        return self.low, self.middle, self.high

    @property
    def known(self) -> bool:
        """Whether there is a number to show."""
        return all(math.isfinite(v) for v in (self.low, self.middle, self.high))

    @property
    def wide(self) -> bool:
        """Whether the band spans so much that its bounds need digits of their own: '0.25-78'."""
        return self.known and self.low >= 0.0 and self.high > WIDE * self.low and self.high > 0.0

    @property
    def decimals(self) -> int:
        """Decimals that the width of the band deserves."""
        places = words.decimals_for(self.low, self.high, self.middle)
        return 0 if self.unit == "um" and self.low >= 1.0 else places

    @property
    def value(self) -> str:
        """The median without its unit."""
        if self.wide:
            return _digits(self.middle, self.high, self.unit)
        return words.fixed(self.middle, self.decimals) if self.known else words.NOTHING

    @property
    def range(self) -> str:
        """The band without its unit; nothing where it has no width that could be shown."""
        if self.wide:
            low, high = (_digits(v, self.high, self.unit) for v in (self.low, self.high))
            return high if high.startswith("<") else f"{low}{words.DASH}{high}"
        text = words.interval(self.low, self.high, self.decimals)
        return "" if text == self.value else text

    @property
    def printed_unit(self) -> str:
        """The unit as it is printed."""
        return words.unit(self.unit)

    @property
    def text(self) -> str:
        """'0.92 mm (0.55-1.3)' in one line."""
        return (
            words.with_unit(self.value, self.unit) + (f" ({self.range})" if self.range else "")
            if self.known
            else words.NOTHING
        )

    def times(self, factor: float, unit: str) -> Band:
        """The same band in another unit."""
        return Band(self.low * factor, self.middle * factor, self.high * factor, unit, self.grade)


def _digits(value: float, largest: float, unit: str) -> str:
    """Two digits of a bound, without false precision near nothing: '<0.1' percent, '<0.01' beside 5, '0'."""
    if value <= LEAST_SHARE**2 * largest:
        return "0"
    least = LEAST_PERCENT if unit == "%" else 10.0 ** math.ceil(math.log10(LEAST_SHARE * largest))
    if value < least and (unit == "%" or value < LEAST_SHARE * largest):
        return f"<{words.given(least)}"
    if unit == "um" and value >= 1.0:
        return words.fixed(value, 0)
    return words.number(value, 1 if value < 10.0 * LEAST_SHARE * largest else 2)


UNKNOWN = Band(math.nan, math.nan, math.nan)


def band(values: np.ndarray, unit: str = "1", grade: str = "") -> Band:
    """The band of an array over everything in it that is a number."""
    flat = np.asarray(values, float).ravel()
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        return UNKNOWN
    low, middle, high = np.quantile(flat, QUANTILES)
    return Band(float(low), float(middle), float(high), unit, grade)


def bands(values: np.ndarray) -> np.ndarray:
    """5, 50 and 95 % over draws (first axis) at every time: shape (3, time); failed draws are left out."""
    good = np.asarray(values, float)
    good = good[np.isfinite(good).all(axis=1)]
    if not good.shape[0]:
        return np.full((3, values.shape[1]), np.nan)
    return np.quantile(good, QUANTILES, axis=0)


def of(endpoint: Endpoint) -> Band:
    """The band of an endpoint, in percent where it counts a share."""
    low, middle, high = endpoint.band
    found = Band(low, middle, high, endpoint.unit, endpoint.grade)
    return found.times(100.0, "%") if is_share(endpoint) else found


def in_first(zone: ZoneRun) -> str:
    """' in the first session' where the settings of a zone differ between sessions."""
    return " in the first session" if zone.settings is not None and zone.settings.changes else ""


def is_share(endpoint: Endpoint) -> bool:
    """Whether a pure number is a share of something, which people read in percent."""
    return endpoint.shown == PERCENT


def first(run: Run, quantity: str, zone: str, detail: Detail = NOTHING) -> Endpoint | None:
    """The first endpoint of a quantity in a zone, of one detail or of any; None where the run has none."""
    return next(iter(run.find(quantity, zone, detail)), None)


def curve(run: Run, quantity: str, zone: str, session: int | None = None, detail: Detail = NOTHING) -> Curve | None:
    """The first curve of a quantity in a zone, of one detail or of any; None where the run has none.

    Of a session, where the curve counts hours from one.
    """
    found = (c for c in run.curves if (c.quantity, c.zone) == (quantity, zone) and detail in (NOTHING, c.detail))
    return next((c for c in found if session is None or c.session in (None, session)), None)


def quantity_title(run: Run, quantity: str) -> str:
    """The title of a quantity in the catalogue of evidence."""
    return run.evidence.quantities[quantity].title


def product_name(run: Run, key: str) -> str:
    """The name of a product of the catalogue, or the words it was given."""
    found = products(run.evidence).get(key)
    return words.title(found.name if found else key)


def zone_name(zone: ZoneRun) -> str:
    """The words for a zone: its own name, or its site."""
    return words.title(zone.zone.key)


def human(run: Run) -> bool:
    """Whether clinical words apply: an animal has no downtime and no risk that anyone would be told."""
    return run.case.patient.species == "human"


def treated(run: Run) -> tuple[ZoneRun, ...]:
    """Zones that were needled."""
    return tuple(zone for zone in run.zones if zone.punctures)


def session_days(run: Run) -> tuple[float, ...]:
    """Days of the treatment sessions after the first one."""
    return run.case.session_days


def dated(run: Run, days: float) -> date:
    """The date so many days after the first session."""
    return words.after(run.case.course.start, days)


def grade_of(run: Run, quantity: str) -> str:
    """The weakest grade behind a quantity."""
    return run.evidence.grade(quantity)


def unique(items: Iterable[Kind]) -> list[Kind]:
    """Without repeats, order kept."""
    return list(dict.fromkeys(items))
