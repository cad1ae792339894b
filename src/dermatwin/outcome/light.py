"""What light alone does to active acne: the route where acne stops the needles.

The trials gave blue light with red or near-infrared light, without needles, and counted lesions; a new trial's mean is

    drift + works (active + light - drift) + study + arm + scale

with the effects pooled as everywhere (`pooling`), believed as little as needling is. Blue alone and red alone have no arm
of their own, and no trial put light onto needled skin: for both there is no number.
"""

from __future__ import annotations

import numpy as np

from ..core.errors import Notice
from ..evidence import Draws
from ..flows import Reading
from ..naming import Detail
from .pooling import pooled
from .prediction import Arm, effects, trial_mean

ACNE, LED, QUANTITY = "active_acne", "led", "light_relative_improvement"


def light(zone: str, day: float, draws: Draws, exclude: frozenset[str]) -> tuple[tuple[Reading, ...], tuple[Notice, ...]]:
    """Mean relative fall of lesions in a new trial of light without needles, and the words for it; () without trials."""
    studies = pooled(draws, exclude).sources.get(f"active:{LED}", ())
    if not studies:
        return (), ()
    draws = draws.apart()
    known = effects(draws, exclude)
    alone, believed = Arm("active", "acne", (LED,)), draws("publication_shrink", "1")
    mean = trial_mean(alone, np.ones((draws.count, 1)), draws, exclude, known=known, believed=believed)[:, 0]
    mean = np.minimum(mean + known.new("scale", "lesions counted"), 1.0)
    found = Reading(QUANTITY, zone, "1", mean, day, Detail(concern=ACNE), draws.reads)
    said = (
        f"the route without needles is blue light with red or near-infrared light: {len(studies)} trials counted fewer "
        f"lesions, {found.name} says how many. For blue alone, red alone, and light on needled skin there is no number"
    )
    return (found,), (Notice(f"{zone}.{ACNE}", said, "; ".join(studies)),)
