"""People in blocks: of the first ones a run keeps its stages, of all others what every endpoint came to.

A person's numbers depend on seed and number alone (`core.chance`), so that a run is the same whatever the size of its blocks
and whoever computes them. What is kept of a person beyond the first is a number for every endpoint, what the dose guards add
up, and whether a stage failed: memory does not grow by more than that, and where even this is much it lies in a file.
"""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from ..case import Case
from ..core.chance import Luck
from ..core.errors import CaseError, Fault
from ..evidence import Draws, Evidence
from ..history import person_in
from .endpoints import Endpoint, key_of
from .guards import Taken, taken
from .left_out import LeftOut, left_out_of
from .reading import read_zone
from .resolve import ZonePlan, resolve
from .stages import needs_usual, run_zone, untold, usual_course
from .weight import Key

KEPT = 1000  # numerical: people whose stages are kept, at most
KEPT_ZONES = 2000  # numerical: zones of people whose stages are kept, together
FEWEST = 200  # numerical: people whose stages are kept in any case
BLOCK = 250  # numerical: people beyond them that are computed at once
AHEAD = 4  # numerical: blocks for each worker that are begun before the first is asked for
IN_MEMORY = 2**29  # numerical: bytes of endpoints; more lie in a file


@dataclass(frozen=True)
class Apart:
    """How the people beyond those that keep their stages are computed: in how many processes, how many people at once."""

    workers: int = 1
    block: int = BLOCK


def people_kept(case: Case, draws: int) -> int:
    """How many of the people keep their stages: as many as memory holds, whatever the number of people."""
    return min(draws, max(FEWEST, min(KEPT, KEPT_ZONES // len(case.zones))))


@dataclass(frozen=True)
class Told:
    """What a block of people says of one case."""

    values: Mapping[Key, np.ndarray]  # (person,) by endpoint
    failed: Mapping[str, int]  # people of whom healing failed, by zone
    taken: Taken
    left: LeftOut = field(default_factory=LeftOut)


@dataclass(frozen=True)
class Task:
    """What is computed of every block: cases on the same people and zones."""

    cases: tuple[Case, ...]
    evidence: Evidence

    def told(self, luck: Luck) -> tuple[Told, ...]:
        """A block of people, in every case."""
        draws = Draws(self.evidence, luck)
        usual = usual_course(draws) if needs_usual(self.cases[0]) else None
        found: list[Told] = []
        for case in self.cases:
            who = person_in(case, self.evidence)
            values: dict[Key, np.ndarray] = {}
            failed: dict[str, int] = {}
            swallowed, left = Taken({}), LeftOut()
            for plan in self.plans(case):
                zone = run_zone(case, who, plan, draws, untold)
                values |= {key_of(one): one.values for one in read_zone(case, who, zone, draws, usual).readings}
                failed[plan.zone.key] = int((zone.history.status != 0).any(axis=1).sum())
                swallowed, left = swallowed.plus(taken(zone)), left.plus(left_out_of(zone))
            found.append(Told(values, failed, swallowed, left))
        return tuple(found)

    def plans(self, case: Case) -> tuple[ZonePlan, ...]:
        """The zones of a case with their devices."""
        return resolve(case, self.evidence)


def blocks(luck: Luck, kept: int, size: int) -> Iterator[Luck]:
    """The people beyond the first, in blocks."""
    for place in range(kept, luck.draws, size):
        yield replace(luck, first=luck.first + place, draws=min(size, luck.draws - place))


@contextmanager
def working(task: Task, lucks: Iterator[Luck], workers: int) -> Generator[Iterator[tuple[Told, ...]]]:
    """Blocks as they are told, in order; with more than one worker they are computed by processes of their own meanwhile."""
    begun = list(islice(lucks, AHEAD * workers if workers > 1 else 0))
    if not begun:
        yield map(task.told, lucks)
        return
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(begun)), fresh, _remember, (task,)) as pool:
        try:
            yield _in_order(pool, deque(pool.submit(_told, luck) for luck in begun), lucks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(
    pool: ProcessPoolExecutor, waiting: deque[Future[tuple[Told, ...]]], lucks: Iterator[Luck]
) -> Iterator[tuple[Told, ...]]:
    """What blocks tell, in order; one more is begun for each that is taken, so that few lie in memory."""
    while waiting:
        told = waiting.popleft().result()
        waiting.extend(pool.submit(_told, luck) for luck in islice(lucks, 1))
        yield told


_TASK: list[Task] = []
"""What a worker process computes, handed to it once."""


def _remember(task: Task) -> None:
    _TASK[:] = [task]


def _told(luck: Luck) -> tuple[Told, ...]:
    return _TASK[0].told(luck)


class Everyone:
    """The endpoints of one case, filled block by block: those that every block has."""

    def __init__(self, first: Iterable[Endpoint], kept: int, draws: int) -> None:
        ends = list(first)
        self.kept, self.failed = kept, dict[str, int]()
        self.rows = {end.key: number for number, end in enumerate(ends)}
        self.values = _room(len(ends), draws)
        for number, end in enumerate(ends):
            self.values[number, :kept] = end.values

    def add(self, luck: Luck, told: Told) -> None:
        """What a block of people says."""
        self.rows = {key: row for key, row in self.rows.items() if key in told.values}
        at = slice(luck.first, luck.first + luck.draws)
        for key, row in self.rows.items():
            self.values[row, at] = told.values[key]
        for zone, count in told.failed.items():
            self.failed[zone] = self.failed.get(zone, 0) + count

    def of(self, ends: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
        """The endpoints with the values of everybody."""
        return tuple(replace(end, values=self.values[self.rows[end.key]]) for end in ends if end.key in self.rows)


def _room(rows: int, people: int) -> np.ndarray:
    """An empty table, in a file that nobody sees where memory would be much; a CaseError where no disk holds it."""
    size, free = rows * people * 8, shutil.disk_usage(tempfile.gettempdir()).free
    if size <= IN_MEMORY:
        return np.empty((rows, people))
    if size > free:
        reason = (
            f"is too many: {rows} endpoints of each take {size / 1e9:.3g} GB, and {free / 1e9:.3g} GB of scratch are free"
        )
        raise CaseError([Fault("draws", str(people), reason)])
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, np.float64, "w+", shape=(rows, people))
