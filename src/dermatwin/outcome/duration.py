"""How long redness lasts after a session, as trials report it.

Durations are pooled on the logarithm, each trial one value or one upper bound, spread between trials kept. The trials
mean different things by 'lasts' (any adverse effect, redness and swelling, 'resolved by'), which the spread between
trials has to carry. The twin's own downtime comes from the healing network instead (`recovery`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..core.units import factor
from ..evidence import Draws
from ..evidence.gate import read_table
from .meta import Observation, ValuePool, pool_values

QUANTITIES = ("erythema_oedema_duration", "erythema_resolution_time", "adverse_event_duration")
"""Rows of healing_timecourse.csv that say how long redness lasts."""


def predict_erythema(draws: Draws, exclude: frozenset[str] = frozenset()) -> np.ndarray:
    """How long a trial says that redness lasts after needling without heat [h], shape (draw,)."""
    pool = erythema_pool(draws, exclude)
    mean, between = pool.draw(draws.luck.uniform("knowledge", "erythema pool")[:, 0])
    return np.exp(mean + between * draws.luck.normal("knowledge", "erythema of a study")[:, 0])


def erythema_pool(draws: Draws, exclude: frozenset[str]) -> ValuePool:
    """Pooled logarithm of the duration in hours."""
    prior = (float(np.log(draws.median("duration_prior_median", "h"))), draws.median("duration_prior_spread", "1"),
             draws.median("duration_between_studies", "1"))
    return _pool(draws.evidence.folder, exclude, prior)


@lru_cache(maxsize=256)
def _pool(folder: Path, exclude: frozenset[str], prior: tuple[float, ...]) -> ValuePool:
    rows = read_table(folder / "measurements" / "healing_timecourse.csv")
    found = [_observation(row) for row in rows if row["quantity"] in QUANTITIES and row["species"] == "human"
             and row["source"] not in exclude and "other_injury" not in row["kind"]]
    return pool_values(found, *prior)


def _observation(row: Mapping[str, str]) -> Observation:
    hours = float(row["value"]) * factor(row["unit"], "h")
    spread = float(row["sd"]) * factor(row["unit"], "h") / hours if row["sd"] else 0.5
    return Observation(row["source"], float(np.log(hours)), spread**2 / float(row["n"] or 1),
                       "upper_bound" in row["kind"])
