"""Observations beside predictions: the same quantity, zone and time, in the unit of the prediction."""

from __future__ import annotations

from dataclasses import dataclass

from ..case import Observation
from ..core.errors import CaseError, Fault
from ..core.units import factor
from .endpoints import Endpoint
from .run import Run

NEAR = 0.15  # an observation is compared with the endpoint nearest in time, within this share of its time


@dataclass(frozen=True)
class Comparison:
    """An observation beside the prediction of the same quantity."""

    observation: Observation
    title: str
    unit: str
    low: float
    median: float
    high: float
    inside: bool  # the band holds the value, or a value that the bound allows
    endpoint: Endpoint

    @property
    def independent(self) -> bool:
        """Whether the prediction stands on other studies alone; where not, agreement is no test of the twin."""
        return self.observation.source not in self.endpoint.sources


def compare_observations(run: Run) -> tuple[Comparison, ...]:
    """One comparison per observation that has a prediction; CaseError for units that cannot be compared."""
    pairs = [(number, seen, _nearest(run, seen)) for number, seen in enumerate(run.case.observations)]
    return tuple(_compare(number, seen, found) for number, seen, found in pairs if found is not None)


def _nearest(run: Run, seen: Observation) -> Endpoint | None:
    found = run.find(seen.quantity, seen.zone)
    day = seen.time
    if day is None or not found:
        return found[0] if found else None

    def distance(candidate: Endpoint) -> float:
        return abs((candidate.time_days or 0.0) - day)

    best = min(found, key=distance)
    return best if best.time_days is None or distance(best) <= max(1.0, NEAR * abs(day)) else None


def _compare(number: int, seen: Observation, predicted: Endpoint) -> Comparison:
    try:
        scale = factor(seen.unit, predicted.unit)
    except ValueError:
        raise CaseError(
            [
                Fault(
                    f"observations.{number}.unit",
                    repr(seen.unit),
                    f"is not a unit of {seen.quantity}; write it in {predicted.unit}",
                )
            ]
        ) from None
    low, median, high = predicted.band
    return Comparison(
        seen,
        predicted.title,
        seen.unit,
        low / scale,
        median / scale,
        high / scale,
        _inside(seen, low / scale, high / scale),
        predicted,
    )


def _inside(seen: Observation, low: float, high: float) -> bool:
    """Whether the measured value, or any value that its bound allows, lies in the predicted band."""
    if seen.bound == "upper":
        return low <= seen.value
    if seen.bound == "lower":
        return high >= seen.value
    return low <= seen.value <= high
