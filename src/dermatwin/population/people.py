"""Virtual people, drawn: a Gaussian copula over named luck.

    z_j = L s_j,  s standard normal by process "population <variable>",  L L' = correlation of the copula
    number: F^-1[Phi(z)], cut off at its ends;  share: z > Phi^-1(1 - p);  category: by cumulative shares

Luck of a person depends on seed, name and number alone: person k is the same however many are drawn, and in any chunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from ..core.chance import Luck
from ..core.vocabulary import PHOTOTYPES
from ..evidence.rows.population import PopulationRow
from .preset import TIED, Preset


@dataclass(frozen=True)
class People:
    """Some people of a population; arrays (person,)."""

    preset: Preset
    number: np.ndarray  # of each person under the seed
    age: np.ndarray  # yr
    female: np.ndarray
    phototype: np.ndarray  # position in PHOTOTYPES
    severity: np.ndarray  # on the population's scale
    body_weight: np.ndarray  # kg
    smoker: np.ndarray
    diabetes: np.ndarray
    medicines: Mapping[str, np.ndarray] = field(default_factory=dict)  # concept -> who takes it

    def __len__(self) -> int:
        return len(self.number)

    def at(self, which: np.ndarray) -> People:
        """Some of them, by place or by a mask."""
        arrays = {name: getattr(self, name)[which] for name in ARRAYS}
        return People(self.preset, **arrays, medicines={name: has[which] for name, has in self.medicines.items()})

    def columns(self) -> dict[str, Any]:
        """A table of them, one row a person, units in the names."""
        return {
            "person": self.number,
            "age_yr": self.age,
            "sex": np.where(self.female, "female", "male"),
            "phototype": np.array(PHOTOTYPES)[self.phototype],
            f"severity_{self.preset.scale}": self.severity,
            "body_weight_kg": self.body_weight,
            "smoking": self.smoker,
            "diabetes": self.diabetes,
            **{f"takes_{name}": has for name, has in self.medicines.items()},
        }


WIDEST = 5.0  # numerical: how much wider than between the ends a cut normal may be
ARRAYS = ("number", "age", "female", "phototype", "severity", "body_weight", "smoker", "diabetes")


def draw_people(preset: Preset, luck: Luck) -> People:
    """The people of a population under some luck."""
    from scipy.special import ndtr

    scores = [luck.normal("person", f"population {name}")[:, 0] for name in TIED]
    share = {name: ndtr(_tied(scores, row)) for name, row in zip(TIED, np.linalg.cholesky(preset.correlation), strict=True)}
    female = _has(preset.row("sex", "female"), 1.0 - share["sex"])
    first = luck.first + np.arange(luck.draws)
    return People(
        preset,
        first if luck.people is None else np.asarray(luck.people),
        quantile(_row(preset.row("age")), share["age"]),
        female,
        _phototypes(preset, share["phototype"]),
        quantile(_row(preset.row("severity", preset.scale)), share["severity"]),
        _weights(preset, female, share["body_weight"]),
        _has(preset.row("smoking"), share["smoking"]),
        _has(preset.row("diabetes"), share["diabetes"]),
        {row.category: _has(row, _apart(luck, row.category)) for row in preset.of("medicine")},
    )


def _tied(scores: list[np.ndarray], row: np.ndarray) -> np.ndarray:
    """A sum in one order whatever the number of people: a product of matrices rounds as their size will have it."""
    total = np.zeros(len(scores[0]))
    for weight, score in zip(row, scores, strict=True):
        total = total + weight * score
    return total


def quantile(row: PopulationRow, share: np.ndarray) -> np.ndarray:
    """The value below which a share of the people lie: normal or lognormal, cut off at both ends.

    Of a normal, mean and spread of the row are those of the people that are left between the ends.
    """
    from scipy.special import ndtr, ndtri

    log = row.distribution == "lognormal"
    middle, spread = (
        (np.log(row.value), row.spread or 0.0) if log else parent(row.value, row.spread or 0.0, row.low, row.high)
    )
    low, high = (ndtr(((np.log(end) if log else end) - middle) / spread) for end in (row.low, row.high))
    found = middle + spread * ndtri(low + share * (high - low))
    return np.clip(np.exp(found) if log else found, row.low, row.high)


@lru_cache(maxsize=256)
def parent(mean: float, sd: float, low: float, high: float) -> tuple[float, float]:
    """Mean and sd of the normal that has this mean and sd once it is cut off at both ends.

    Of a spread that no cut normal has (wider than even chances between the ends), the nearest.
    """
    from scipy.optimize import least_squares
    from scipy.stats import truncnorm

    def off(at: np.ndarray) -> np.ndarray:
        middle, spread = at[0], np.exp(at[1])
        found = truncnorm((low - middle) / spread, (high - middle) / spread, middle, spread)
        return np.array([found.mean() - mean, found.std() - sd]) / sd

    most = np.log(WIDEST * (high - low))
    span = WIDEST * (high - low)
    found = least_squares(off, [mean, np.log(sd)], bounds=([mean - span, np.log(sd) - 1.0], [mean + span, most]))
    return float(found.x[0]), float(np.exp(found.x[1]))


def _row(row: PopulationRow | None) -> PopulationRow:
    assert row is not None  # `preset_of` looked
    return row


def _has(row: PopulationRow | None, share: np.ndarray) -> np.ndarray:
    """Who has something that a share of the people has: those with the highest scores."""
    return np.zeros(len(share), bool) if row is None else share > 1.0 - row.value


def _apart(luck: Luck, name: str) -> np.ndarray:
    return luck.uniform("person", f"population medicine {name}")[:, 0]


def _phototypes(preset: Preset, share: np.ndarray) -> np.ndarray:
    """Phototypes by their shares, the lightest for the lowest scores."""
    shares = {row.category: row.value for row in preset.of("phototype")}
    ends = np.cumsum([shares.get(name, 0.0) for name in PHOTOTYPES])
    last = max(place for place, name in enumerate(PHOTOTYPES) if shares.get(name))
    return np.minimum(np.searchsorted(ends, share, side="right"), last)


def _weights(preset: Preset, female: np.ndarray, share: np.ndarray) -> np.ndarray:
    women, men = (_row(preset.row("body_weight", sex)) for sex in ("female", "male"))
    return np.where(female, quantile(women, share), quantile(men, share))
