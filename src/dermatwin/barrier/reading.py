"""What leaves the barrier as endpoints and curves: closure, TEWL, the open fraction and waiting hours of one session."""

from __future__ import annotations

import numpy as np

from ..evidence import Draws, Pages
from ..flows import READOUTS, Channels, Curve, Reading
from ..naming import Detail
from .advice import waiting_hours
from .closure import HOURS_PER_DAY
from .permeant import permeant_closure

CLOSURE_NAMES = tuple(f"closure_time_{readout.lower()}" for readout in READOUTS)
TEWL_HOURS = {"tewl_at_1_h": 1.0, "tewl_at_24_h": HOURS_PER_DAY, "tewl_at_72_h": 3.0 * HOURS_PER_DAY}
AREA_HOURS = {"open_area_at_0_h": 0.0, "open_area_at_1_h": 1.0, "open_area_at_6_h": 6.0, "open_area_at_24_h": HOURS_PER_DAY}
OPEN_HOURS = {"open_fraction_at_1_h": 1.0, "open_fraction_at_24_h": HOURS_PER_DAY}


def readings(channels: Channels, draws: Draws, time: float | None = None) -> tuple[Reading, ...]:
    """Endpoints of one zone and session; `time` is the session's day after the first one.

    Closure times are hours after the session (inf: never, excised skin). A reading taken hours after the session is
    dated by those hours.
    """
    page = Pages(draws)
    closures = permeant_closure(channels, page["permeant"])
    waiting = waiting_hours(channels, closures, page["waiting"])
    times, area = channels.behind("closure_time"), channels.behind("density", "radius", "open_fraction")
    shut = channels.behind() | page.of("permeant")

    def reading(name: str, unit: str, values: np.ndarray, reads: frozenset[str], hour: float = 0.0) -> Reading:
        return Reading(name, channels.zone, unit, values, _later(time, hour), reads=reads)

    return (
        *(reading(name, "h", channels.closure_time[:, column], times) for column, name in enumerate(CLOSURE_NAMES)),
        *(
            Reading("closure_time_for", channels.zone, "h", values, time, Detail(permeant=permeant), shut)
            for permeant, values in closures.items()
        ),
        *(reading(name, "h", values, shut | page.of("waiting")) for name, values in waiting.items()),
        *(
            reading(name, "g/m^2/h", _at(channels, channels.tewl, hour), channels.behind("tewl"), hour)
            for name, hour in TEWL_HOURS.items()
        ),
        *(
            reading(name, "1", _at(channels, channels.open_fraction, hour), channels.behind("open_fraction"), hour)
            for name, hour in OPEN_HOURS.items()
        ),
        *(reading(name, "1", _at(channels, channels.open_area, hour), area, hour) for name, hour in AREA_HOURS.items()),
    )


def curves(channels: Channels) -> tuple[Curve, ...]:
    """Open fraction and TEWL hour by hour after one session."""
    return tuple(
        Curve(name, channels.zone, unit, channels.time, values, channels.session, reads=channels.behind(name))
        for name, unit, values in (("open_fraction", "1", channels.open_fraction), ("tewl", "g/m^2/h", channels.tewl))
    )


def _at(channels: Channels, values: np.ndarray, hour: float) -> np.ndarray:
    """The column of an hour that the grid holds."""
    return values[:, int(np.flatnonzero(channels.time == hour)[0])]


def _later(time: float | None, hour: float) -> float | None:
    return None if time is None else time + hour / HOURS_PER_DAY
