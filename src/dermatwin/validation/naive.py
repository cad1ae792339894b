"""The naive baseline: what the packaged studies of the same quantity say of a row, without its own study.

It stands on `known_values.csv`, what every packaged row measured as the scores read it, and on nothing else: rows that are
scored together never predict one another, or a folder of unseen studies would mark its own paper. A study counts once, by
the mean of its values (of their logarithms on a scale of ratios); bounds state no value and are left out. `known` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..evidence import Evidence, Tables, view
from ..evidence.rows.knowledge import KnownValueRow
from .measures import crps, decades
from .prediction import Prediction
from .rows import UNFITTED, Row

FEWEST = 2  # other studies
SIZE = 200  # draws of a baseline
WIDEST = 300.0  # decades: the largest factor that a float can hold
Key = tuple[str, str, str]
"""File, quantity and scale: rows of one key are about the same thing."""


@dataclass(frozen=True)
class Others:
    """Means of the other studies; of logarithms where `log`."""

    means: np.ndarray
    log: bool

    def draws(self) -> np.ndarray:
        """A new study's value: Student's t around the mean of their means, (SIZE,)."""
        from scipy.stats import t

        count = len(self.means)
        spread = self.means.std(ddof=1) * np.sqrt(1.0 + 1.0 / count)
        values = self.means.mean() + spread * t.ppf((np.arange(SIZE) + 0.5) / SIZE, count - 1)
        furthest = WIDEST * np.log(10.0)  # three studies far apart have tails that no float holds
        return np.exp(np.clip(values, -furthest, furthest)) if self.log else values

    def crps(self, measured: float) -> float:
        """Score of the other studies' means themselves as the ensemble: no tail is lent to them."""
        return crps(decades(np.exp(self.means), measured), 0.0) if self.log else crps(self.means, measured)


def others(row: Row, prediction: Prediction, evidence: Evidence) -> Others | None:
    """The packaged studies of a row's quantity without its own; None where fewer than `FEWEST` state a value."""
    own = names_of(row)
    rest: dict[str, list[float]] = {}
    for known in _by_key(evidence).get((file_of(row), prediction.quantity, prediction.scale), ()):
        if not own & identities(known, evidence):
            rest.setdefault(known.source, []).append(known.value)
    log = prediction.scale == "log"
    means = [np.mean(np.log(values) if log else values) for values in rest.values()]
    return Others(np.array(means), log) if len(means) >= FEWEST else None


def file_of(row: Row) -> str:
    """The file to whose kind a row belongs: that of rows which no fit has read is of the same."""
    return row.file.removeprefix(UNFITTED)


def names_of(row: Row) -> frozenset[str]:
    """Names under which a row's study may be known: its sources, and its identifier (DOI and the like)."""
    return row.sources | ({row["doi_or_pmcid"].casefold()} - {""})


def identities(known: KnownValueRow, evidence: Evidence) -> frozenset[str]:
    """Names that the study of a known value goes by."""
    ids = frozenset(part.strip() for part in known.source.split(";"))
    entries = (evidence.sources[one].identifier.casefold() for one in ids if one in evidence.sources)
    return ids | (frozenset(entries) - {""})


@view
def _by_key(tables: Tables) -> Mapping[Key, tuple[KnownValueRow, ...]]:
    found: dict[Key, list[KnownValueRow]] = {}
    for known in tables.rows(KnownValueRow):
        usable = not known.bound and (known.scale != "log" or known.value > 0.0)
        if usable:
            found.setdefault((known.of, known.quantity, known.scale), []).append(known)
    return {key: tuple(rows) for key, rows in found.items()}
