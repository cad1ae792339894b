"""Endpoints: numbers that leave the twin with a band, a grade and the sources they stand on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ..evidence import Evidence, weakest
from ..evidence.records import NUMBER
from ..flows import Reading
from ..naming import Detail, Name
from ..outcome import Counts
from .weight import Key, Weight

BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Endpoint:
    """One number with its band: the distribution over draws, what it stands on, and which of that carries its spread.

    grade : the weakest among all that was read for it. sources : all behind it, `pooled` included: the studies that were
    pooled for it.
    """

    quantity: str  # of the evidence catalogue
    detail: Detail
    title: str
    zone: str
    unit: str
    time_days: float | None
    values: np.ndarray = field(repr=False)  # (draw,), NaN where the draw failed
    grade: str
    sources: tuple[str, ...]
    shown: str = NUMBER  # how people read it, as the catalogue says
    counts: Counts | None = None  # numerators and denominators behind a risk
    reads: frozenset[str] = field(default=frozenset(), repr=False)  # names of the parameters and pools behind it
    pooled: tuple[str, ...] = field(default=(), repr=False)  # studies
    weight: Weight | None = field(default=None, repr=False)  # how its spread is split; None where nobody looked

    @property
    def name(self) -> str:
        """Quantity and detail as they are written: 'pain_vas[2]'."""
        return Name(self.quantity, self.detail).text

    @property
    def key(self) -> Key:
        """What tells it from the other endpoints of a run."""
        return self.quantity, self.detail.text, self.zone, None if self.time_days is None else float(self.time_days)

    @property
    def cited(self) -> tuple[str, ...]:
        """Sources by weight: those of what carries its spread; all of them where nothing stands out or nobody looked."""
        return (self.weight.sources if self.weight is not None else ()) or self.sources

    @property
    def band(self) -> tuple[float, float, float]:
        """5 %, 50 % and 95 % quantile over the draws that did not fail."""
        good = self.values[np.isfinite(self.values)]
        if not good.size:
            return float("nan"), float("nan"), float("nan")
        low, middle, high = np.quantile(good, BAND)
        return float(low), float(middle), float(high)

    @property
    def failed(self) -> int:
        """Number of draws that failed: counted, never dropped in silence."""
        return int((~np.isfinite(self.values)).sum())

    def summary(self) -> dict[str, Any]:
        """The endpoint as plain data, rounded to six significant digits."""
        low, middle, high = (None if np.isnan(v) else float(f"{v:.6g}") for v in self.band)
        counts = self.counts
        counted = {} if counts is None else {"counts": {**asdict(counts), "never_seen_upper_95": counts.upper}}
        return {
            "name": self.name,
            "title": self.title,
            "zone": self.zone,
            "time_days": self.time_days,
            "unit": self.unit,
            "median": middle,
            "p05": low,
            "p95": high,
            "failed_draws": self.failed,
            "grade": self.grade,
            **({} if self.weight is None else self.weight.summary()),
            "sources": list(self.cited),
            "all_sources": list(self.sources),
            **counted,
        }


def key_of(reading: Reading) -> Key:
    """The key of the endpoint that a reading becomes."""
    return reading.quantity, reading.detail.text, reading.zone, None if reading.time is None else float(reading.time)


def endpoint(reading: Reading, evidence: Evidence, sources: tuple[str, ...] = (), counts: Counts | None = None) -> Endpoint:
    """Give a reading its title from the catalogue of quantities, its grade and sources from what was read for it.

    Where nothing was read, as for what the case states, the catalogue says what it stands on.
    """
    quantity, detail = evidence.quantities[reading.quantity], reading.detail.text
    title = f"{quantity.title} ({detail.replace('_', ' ')})" if detail else quantity.title
    reads = reading.reads or evidence.stands_on(quantity.name)
    found = tuple(sorted({*evidence.behind(reads), *sources}))
    return Endpoint(
        quantity.name,
        reading.detail,
        title,
        reading.zone,
        reading.unit,
        reading.time,
        np.asarray(reading.values, float),
        weakest([evidence.grade_of(name) for name in reads] or ["E"]),
        found,
        quantity.shown,
        counts,
        reading.reads,
        sources,
    )
