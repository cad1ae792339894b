"""Needles that carry the drug themselves: coated, dissolving, or of a gel; what share of their load passes the skin.

    y' = k (G - y),   k = ln 2 / half-time of release

G is the share that would have passed had all of the load lain in a fluid over the channels from the start; what a matrix
gives up by first order comes so much later (the convolution of both, because dissolved drug adds up). The needles stay where
they were pushed, so that a channel is as wide and as deep as its needle; where it is deeper than the membrane, G is 1: the
needle gives its drug to the receptor. How fast a matrix gives up its load is assumed for each kind and unknown once per
study, and so is by how much what a study reports strays from the law, on the odds of the share. Left out: drug that a needle
lays down in the depth, what does not dissolve, and hollow needles, which push a fluid into the skin.
"""

from __future__ import annotations

import re

import numpy as np

from ..delivery import Holes, open_holes
from ..evidence import Draws
from ..insertion import Penetration
from .laboratory import unstated
from .rows import Row

HOLLOW = re.compile(r"\bhollow\b|inject|infus", re.IGNORECASE)
KINDS = (
    ("coated", re.compile(r"\bcoated", re.IGNORECASE)),
    ("dissolving", re.compile(r"dissol[uv]|PVA micro|\bPVP\b|polyvinyl|sugar|maltose|implant", re.IGNORECASE)),
    ("gel", re.compile(r"gel\b|hydrogel|swell|drug-loaded|\bloaded\b|PEGDA", re.IGNORECASE)),
)
"""Kinds of carriers by the words of a device, the first that fits."""


def carrier_of(row: Row) -> str:
    """The kind of needles that carry the drug, '' where they do not."""
    return next((kind for kind, words in KINDS if words.search(row["device"])), "")


def depth_cm(study: str, draws: Draws) -> np.ndarray:
    """Depth of the matrix behind the needles [cm], (draw,)."""
    return unstated("carrier_depth", "cm", study, draws)


def holes(done: Penetration, density: float | np.ndarray, draws: Draws) -> Holes:
    """Channels with their needles in them: as deep and wide as these."""
    return open_holes(density, _mean(done.in_situ_depth), _mean(done.needle_diameter), draws)


def released(shares: np.ndarray, hours: np.ndarray, kind: str, study: str, draws: Draws) -> np.ndarray:
    """Share that came through by the last of some times [-], (draw,): of `shares` (draw, time), what was given up by then.

    Exact where the share grows linearly between the times, which begin at 0.
    """
    rate = np.log(2.0) / unstated(f"carrier_half_time[{kind}]", "h", study, draws)
    found = np.zeros(len(shares))
    for number, step in enumerate(np.diff(hours)):
        kept = np.exp(-rate * step)
        middle = (1.0 - kept) / (rate * step)
        found = found * kept + shares[:, number + 1] * (1.0 - middle) + shares[:, number] * (middle - kept)
    return found


def through(done: Penetration, thickness: np.ndarray) -> np.ndarray:
    """Whether the needles reach through a membrane of this thickness [mm], (draw,)."""
    return _mean(done.in_situ_depth) >= thickness


def strayed(share: np.ndarray, study: str, draws: Draws) -> np.ndarray:
    """The share as a study reports it [-], (draw,): its odds times a factor of the study's own."""
    factor = np.exp(
        draws("experiment_share_discrepancy", "1") * draws.luck.normal("knowledge", f"carried share {study}")[:, 0]
    )
    return with_odds(share, factor)


def with_odds(share: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """A share [-] whose odds are `factor` times as large: a small one grows as much, none comes above 1."""
    odds = factor * share / np.maximum(1.0 - share, np.finfo(float).eps)
    return odds / (1.0 + odds)


def _mean(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=1) / np.maximum((values > 0.0).sum(axis=1), 1)
