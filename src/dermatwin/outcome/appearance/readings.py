"""What the rendering says in numbers: typology angle and redness at each time, and the colour itself as curves."""

from __future__ import annotations

import numpy as np

from ...core.errors import Notice
from ...core.vocabulary import ASSUMPTION
from ...evidence import Draws
from ...flows import Curve, Reading
from .course import Looks, typology_angle

CHANNELS = ("skin_lightness", "skin_redness", "skin_yellowness")
"""Curves of L*, a* and b*, from just before the first session."""


def readings(zone: str, looks: Looks, draws: Draws) -> tuple[Reading, ...]:
    """Typology angle and rise of a* at every time after the first session, (draw,) each."""
    table = {"ita": ("deg", typology_angle(looks, draws)), "erythema_a_star": ("1", looks.redder)}
    return tuple(
        Reading(name, zone, unit, values[:, i], float(day))
        for name, (unit, values) in table.items()
        for i, day in enumerate(looks.days)
        if i
    )


def curves(zone: str, looks: Looks) -> tuple[Curve, ...]:
    """L*, a* and b* over the course; the first value is the untouched skin."""
    return tuple(Curve(name, zone, "1", looks.days, looks.colours[..., i]) for i, name in enumerate(CHANNELS))


def notices(zone: str, looks: Looks) -> tuple[Notice, ...]:
    """Where the rendering leaves what blood can do."""
    share = float(np.mean(looks.capped.any(axis=1)))
    said = (
        f"in {share:.0%} of the draws the erythema index of the recovery model at some time rises beyond what the "
        "ceiling of blood allows; the rendered redness stops there"
    )
    return (Notice(f"{zone}.appearance", said, ASSUMPTION),) if share else ()
