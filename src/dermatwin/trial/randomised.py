"""Who gets what: permuted blocks within strata, for many trials at once."""

from __future__ import annotations

import numpy as np

from ..population import People
from .document import TrialDocument


def strata_of(document: TrialDocument, people: People) -> tuple[np.ndarray, np.ndarray]:
    """Number of each person's stratum (person,), and how many people each stratum has. Age and severity: at the median."""
    parts = {
        "sex": people.female.astype(int),
        "phototype": people.phototype,
        "age": (people.age > np.median(people.age)).astype(int),
        "severity": (people.severity > np.median(people.severity)).astype(int),
    }
    code = np.zeros(len(people), int)
    for name in document.randomisation.strata:
        code = code * (int(parts[name].max()) + 1) + parts[name]
    _, found, counts = np.unique(code, return_inverse=True, return_counts=True)
    return found, counts


def assigned(strata: np.ndarray, ratios: tuple[int, ...], block: int, rng: np.random.Generator) -> np.ndarray:
    """Arms of people in the order of their entry, (trial, person): permuted blocks within strata (trial, person)."""
    trials, people = strata.shape
    count = int(strata.max()) + 1
    blocks = -(-people // block)
    template = np.repeat(np.arange(len(ratios)), np.array(ratios) * (block // sum(ratios)))
    order = rng.random((trials, count, blocks, block)).argsort(axis=-1)
    lists = template[order].reshape(trials, count, blocks * block)
    place = np.zeros(strata.shape, int)
    for one in range(count):
        mine = strata == one
        place += np.where(mine, mine.cumsum(axis=1) - 1, 0)
    return lists[np.arange(trials)[:, None], strata, place]


def block_of(document: TrialDocument) -> int:
    """Size of a block: as it is said, else two rounds of all arms."""
    return document.randomisation.block or 2 * sum(arm.ratio for arm in document.arms)
