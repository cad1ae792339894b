"""From one person to a study's mean.

The twin draws single people under uncertain parameters. A study reports the mean of n people: what is not known stays,
what differs between people shrinks with the square root of n, and the measured standard deviation says how well the
mean was measured.
"""

from __future__ import annotations

import numpy as np

from ..core.chance import Luck


def study_mean(
    people: np.ndarray,
    known: np.ndarray,
    n: float | None,
    luck: Luck,
    process: str,
    *,
    sd: float | None = None,
    log: bool = False,
) -> np.ndarray:
    """Draws of the mean that a study of n people would report.

    people : draws with every source of spread on. known : the same draws with only `knowledge` on. n : number of
    people (one when unknown: the widest reading). sd : measured standard deviation between people, in the unit of the
    value. log : work on the logarithm (positive quantities on a ratio scale). A draw that failed is NaN, stays so and
    moves nobody else's mean.
    """
    tiny = np.finfo(float).tiny
    full, base = (np.log(np.maximum(v, tiny)) if log else v for v in (people, known))
    size = max(n or 1.0, 1.0)
    personal = full - base
    centre = np.nanmedian(personal)  # a few people whom no needle pierced must not move everybody's mean
    shift = centre + (personal - centre) / np.sqrt(size)
    noise = np.zeros_like(base)
    if sd:
        scale = sd / np.maximum(np.nanmedian(known), tiny) if log else sd
        noise = luck.normal("chance", f"{process}:measurement")[:, 0] * scale / np.sqrt(size)
    values = base + shift + noise
    return np.exp(values) if log else values
