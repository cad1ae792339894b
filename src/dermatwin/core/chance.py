"""Chance by named keys: the same person has the same luck, whatever the treatment.

Random numbers come from a counter-based generator (Philox): the key is (seed, process), the counter is (treatment
session, block, person). A number therefore depends on its name and on nothing else, neither on the order of calls nor
on how many people are drawn, so two arms of a comparison share their luck exactly (common random numbers).

Three sources of spread are kept apart: `knowledge` (nobody knows the parameter), `person` (people differ) and
`chance` (the same person differs from one treatment session or needle to the next). Each can be switched off.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from .vocabulary import SOURCES

KNOWLEDGE = "knowledge"
_WORDS = 4  # numbers of 64 bit that one Philox counter step yields


@dataclass(frozen=True)
class Luck:
    """The luck of `draws` people under one seed.

    Parameters
    ----------
    seed : any non-negative integer.
    draws : number of lanes.
    vary : the sources of spread that are switched on; the others stay at their median.
    copies : how many times the people stand in the lanes, one after the other: draws / copies of them.
    first : how many people of the seed come before these; a run can be computed in blocks of people, anywhere.
    people : the numbers of these people, where they do not follow one another, one as often as he counts; then `first` says
        nothing.
    worlds : lane by lane, as which person's what nobody knows is drawn: lanes of one world share it. None: a world for each.
    """

    seed: int
    draws: int
    vary: frozenset[str] = frozenset(SOURCES)
    copies: int = 1
    first: int = 0
    people: tuple[int, ...] | None = None
    worlds: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.draws % self.copies:
            raise ValueError(f"{self.draws} lanes cannot hold {self.copies} copies of the same people")
        for named in (self.people, self.worlds):
            if named is not None and len(named) != self.draws // self.copies:
                raise ValueError(f"{len(named)} numbers cannot name {self.draws // self.copies} people")

    def normal(self, source: str, process: str, session: int = 0, width: int = 1) -> np.ndarray:
        """Standard normal numbers, shape (draws, width); zeros if `source` is switched off.

        `process` names what is random; `session` is the treatment session (0 for what does not change between
        sessions). Numbers at the same (seed, person, process, session, column) are equal for any `draws`, `first`, `width`.
        """
        from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs]

        if source not in self.vary:
            return np.zeros((self.draws, width))
        return ndtri(self._uniform(source, process, session, width))

    def uniform(self, source: str, process: str, session: int = 0, width: int = 1) -> np.ndarray:
        """Uniform numbers in (0, 1), shape (draws, width); one half if `source` is switched off."""
        if source not in self.vary:
            return np.full((self.draws, width), 0.5)
        return self._uniform(source, process, session, width)

    def _uniform(self, source: str, process: str, session: int, width: int) -> np.ndarray:
        key = int.from_bytes(blake2b(f"{source}:{process}".encode(), digest_size=8).digest(), "little")
        named = self.worlds if source == KNOWLEDGE and self.worlds is not None else self.people
        blocks = -(-width // _WORDS)
        columns = [self._named(key, session, block, named) for block in range(blocks)]
        people = np.concatenate(columns, axis=1)[:, :width]
        return people if self.copies == 1 else np.tile(people, (self.copies, 1))

    def _named(self, key: int, session: int, block: int, named: tuple[int, ...] | None) -> np.ndarray:
        """Four numbers of everybody: of people in a row, or of those that are named."""
        if named is None:
            return self._block(key, session, block, self.first, self.draws // self.copies)
        low, high = (min(named), max(named)) if named else (0, -1)
        return self._block(key, session, block, low, high - low + 1)[np.asarray(named, int) - low]

    def _block(self, key: int, session: int, block: int, first: int, count: int) -> np.ndarray:
        seed = self.seed & 0xFFFFFFFFFFFFFFFF
        bits = np.random.Philox(
            key=np.array([seed, key], np.uint64), counter=np.array([first, block, session, 0], np.uint64)
        )
        raw = bits.random_raw(count * _WORDS).reshape(-1, _WORDS)
        return ((raw >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53
