"""What leaves the delivery stage: numbers at 1, 4 and 24 hours after needling, and time courses."""

from __future__ import annotations

import numpy as np

from ..flows import COMPARTMENTS, Curve, Exposure, Reading
from ..naming import Detail
from ..skin.section import Skin

HOURS = (1.0, 4.0, 24.0)
_DAY = 24.0
_TRACE = 1e-12  # of the dose: less has passed than the solver resolves


def readings(exposure: Exposure, skin: Skin, time: float) -> tuple[Reading, ...]:
    """Readings of one exposure; `time` is the day of its treatment session, the hour is added to it.

    Each is told apart by its active. The ratio to intact skin is left out where none passes intact skin.
    """
    found = [
        reading for hour in HOURS if exposure.time[0] <= hour <= exposure.time[-1] for reading in _at(exposure, hour, time)
    ]
    peak = _reading(exposure, "dermal_peak_concentration", "ug/cm^3", exposure.dermal_concentration.max(axis=1), time)
    return (_reading(exposure, "applied_dose", "ug/cm^2", exposure.dose, time), *found, peak)


def _at(exposure: Exposure, hour: float, day: float) -> list[Reading]:
    when = day + hour / _DAY
    amount = {name: at_hour(exposure, exposure.amount[:, i], hour) for i, name in enumerate(COMPARTMENTS)}
    found = [_reading(exposure, "dermal_amount", "ug/cm^2", amount["dermis"], when)]
    if hour != HOURS[-1]:
        return found
    below = amount["viable_epidermis"] + amount["dermis"] + amount["cleared"]
    passed = np.clip(at_hour(exposure, exposure.through_channels, hour), 0.0, None)
    intact = at_hour(exposure, exposure.intact_below_sc, hour)
    found += [
        _reading(exposure, "amount_below_sc", "ug/cm^2", below, when),
        _reading(exposure, "cleared_amount", "ug/cm^2", amount["cleared"], when),
        _reading(exposure, "retained_amount", "ug/cm^2", amount["viable_epidermis"] + amount["dermis"], when),
        _reading(exposure, "channel_share", "1", _share(passed, below), when),
    ]
    if (np.isnan(intact) | (intact > _TRACE * exposure.dose)).all():
        found.append(_reading(exposure, "enhancement_ratio", "1", below / intact, when))
    return found


def _share(passed: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Channel route over everything below the stratum corneum, cut at 1 (some flows back into the stratum corneum)."""
    none = below <= 0.0
    return np.where(none, 0.0, np.minimum(passed / np.where(none, 1.0, below), 1.0))


def _reading(exposure: Exposure, quantity: str, unit: str, values: np.ndarray, when: float) -> Reading:
    return Reading(quantity, exposure.zone, unit, values, when, Detail(active=exposure.active), _behind(exposure, quantity))


def _behind(exposure: Exposure, quantity: str) -> frozenset[str]:
    """What was read for a quantity: everything but for the dose, which the case states."""
    return frozenset() if quantity == "applied_dose" else exposure.behind()


def at_hour(exposure: Exposure, course: np.ndarray, hour: float) -> np.ndarray:
    """A time course (draw, time) at one hour after needling, linear between the steps; shape (draw,)."""
    after = int(np.clip(np.searchsorted(exposure.time, hour), 1, exposure.time.size - 1))
    start, end = exposure.time[after - 1], exposure.time[after]
    share = (hour - start) / (end - start)
    return (1.0 - share) * course[:, after - 1] + share * course[:, after]


def curves(exposure: Exposure) -> tuple[Curve, ...]:
    """Time courses of one exposure in hours after its treatment session: every compartment, and the dermal concentration."""
    names = [f"{name}_course" for name in COMPARTMENTS if name != "evaporated"]
    columns = [i for i, name in enumerate(COMPARTMENTS) if name != "evaporated"]
    amounts = [_curve(exposure, name, "ug/cm^2", exposure.amount[:, i]) for name, i in zip(names, columns, strict=True)]
    return (
        *amounts,
        _curve(exposure, "through_channels_course", "ug/cm^2", exposure.through_channels),
        _curve(exposure, "dermal_concentration_course", "ug/cm^3", exposure.dermal_concentration),
    )


def _curve(exposure: Exposure, quantity: str, unit: str, values: np.ndarray) -> Curve:
    active = Detail(active=exposure.active)
    return Curve(quantity, exposure.zone, unit, exposure.time, values, exposure.session, active, exposure.behind())
