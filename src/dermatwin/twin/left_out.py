"""People for whom delivery cannot be computed: left out, counted, and too many only when they are too many of everybody.

They are counted in the order of the people, over all blocks, so that whether a run ends, and what it then says, depends
neither on the blocks nor on who computes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .. import delivery
from ..core import may_fail
from ..core.errors import ComputationError
from .run import ZoneRun


@dataclass(frozen=True)
class LeftOut:
    """Who was left out in a block, numbers from 0 in it, by what could not be computed."""

    people: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])

    def plus(self, other: LeftOut) -> LeftOut:
        """Of the same people, other zones."""
        return LeftOut({**self.people, **other.people})


def left_out_of(zone: ZoneRun) -> LeftOut:
    """Who was left out in one zone."""
    found: dict[str, np.ndarray] = {}
    for exposure in zone.exposures:
        missing = np.flatnonzero(delivery.left_out(exposure))
        if missing.size:
            what = f"delivery of {exposure.active} of {exposure.product} in {exposure.zone}, session {exposure.session + 1}"
            found[what] = np.union1d(found.get(what, missing), missing)
    return LeftOut(found)


class Tally:
    """Counts those who were left out, block by block, of so many people."""

    def __init__(self, people: int) -> None:
        self.people, self.done = people, 0
        self.seen: dict[tuple[int, str], list[int]] = {}

    def add(self, size: int, block: Sequence[LeftOut]) -> None:
        """Add a block of people, of every case; ComputationError as soon as more were left out than may be.

        It names what the first person was left out of who is one too many.
        """
        for case, left in enumerate(block):
            for what, people in left.people.items():
                self.seen.setdefault((case, what), []).extend(int(person) + self.done for person in people)
        self.done += size
        most = may_fail(self.people)
        over = [(people[most], *key) for key, people in self.seen.items() if len(people) > most]
        if over:
            person, _, what = min(over)
            raise ComputationError(f"failed for {most + 1} of the first {person + 1} of {self.people} people", what)
