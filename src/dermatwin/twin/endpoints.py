"""Endpoints: numbers that leave the twin with a band, a grade and the sources they stand on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ..evidence import Evidence
from ..evidence.records import NUMBER
from ..flows import Reading
from ..naming import Detail, Name
from ..outcome import Counts

BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Endpoint:
    """One number with its band: the distribution over draws, and what it stands on."""

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

    @property
    def name(self) -> str:
        """Quantity and detail as they are written: 'pain_vas[2]'."""
        return Name(self.quantity, self.detail).text

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
            "sources": list(self.sources),
            **counted,
        }


def endpoint(reading: Reading, evidence: Evidence, sources: tuple[str, ...] = (), counts: Counts | None = None) -> Endpoint:
    """Give a reading its title, grade and sources from the catalogue of quantities."""
    quantity, detail = evidence.quantities[reading.quantity], reading.detail.text
    title = f"{quantity.title} ({detail.replace('_', ' ')})" if detail else quantity.title
    found = tuple(sorted({*evidence.sources_of(quantity.name), *sources}))
    return Endpoint(
        quantity.name,
        reading.detail,
        title,
        reading.zone,
        reading.unit,
        reading.time,
        np.asarray(reading.values, float),
        evidence.grade(quantity.name),
        found,
        quantity.shown,
        counts,
    )
