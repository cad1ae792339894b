"""The pool: virtual people under every arm, simulated once, chunk by chunk, each written once and whole.

The folder is named by a digest of everything that its numbers depend on: cases, population, days, seed, evidence and the
code of the package. What is there is not computed again; a file that is not whole does not have its name yet.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

import numpy as np

from ..case import dump_case
from ..population import People
from .chunk import MEAN, SPREAD, Chunk, Table, Task, column
from .eligible import Enrolled, enrol
from .planned import Plan
from .spread_out import Where, computing, unpacked

SIZE = 2000  # numerical: people of a chunk
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Pool:
    """Simulated people in lots: those of one lot live in one world."""

    plan: Plan
    people: People
    table: Table
    lots: int
    lot: int
    failed: int  # people of whom healing failed in some arm: taken by the mean of their lot, and counted
    asked: Enrolled

    def of(self, arm: str, what: str, at: float | None = None) -> np.ndarray:
        """A column of an arm, (person,); zeros where the arm has none, as pain where nobody needled."""
        found = self.table.get(column(arm, what, at))
        return np.zeros(len(self.people)) if found is None else found

    @property
    def spread(self) -> np.ndarray:
        """Spread between the people of a trial in each person's world."""
        return self.table[SPREAD]


def pooled(
    plan: Plan,
    seed: int,
    *,
    drawn: bool,
    folder: Path | None = None,
    where: Where = Where(),  # noqa: B008 - frozen
    tell: Progress = lambda share, what: None,
    size: int = SIZE,
) -> Pool:
    """The pool of a plan: read where it is there, computed where it is not.

    drawn : what nobody knows is drawn, one world for each lot (assurance), or at its median (power).
    folder : where chunks are kept; None keeps nothing.
    """
    lots, lot = plan.document.pool.worlds if drawn else plan.document.pool.lots, plan.lot
    tell(0.0, "asking people")
    asked = enrol(plan, lots * lot, seed)
    task = Task(plan, seed, drawn)
    chunks = list(_chunks(asked.people, lot, size))
    place = None if folder is None else folder / key_of(task, lot, size)
    tables = dict(_kept(place, chunks))
    left = [chunk for chunk in chunks if chunk.number not in tables]
    with computing(task, left, where) as coming:
        for chunk, content in coming:
            if place is not None:
                _write(place / _name(chunk), content)
            tables[chunk.number] = unpacked(content)
            tell(len(tables) / len(chunks), f"chunk {len(tables)} of {len(chunks)}")
    table = _joined([tables[chunk.number] for chunk in chunks])
    return _sound(Pool(plan, asked.people, table, lots, lot, 0, asked))


def key_of(task: Task, lot: int, size: int) -> str:
    """The name of the folder of a pool: a digest of all that its numbers depend on."""
    plan = task.plan
    said = [
        *(f"{name}\n{dump_case(case)}" for name, case in plan.cases.items()),
        *(repr(row) for row in (*plan.preset.rows, *plan.preset.ranks)),
        repr(
            (
                plan.reading_days,
                plan.document.include,
                plan.document.exclude,
                sorted(plan.exclude),
                task.seed,
                task.drawn,
                lot,
                size,
            )
        ),
        plan.evidence.fingerprint,
        *(overlay.digest for overlay in plan.evidence.overlays),
        _code(),
    ]
    return blake2b("\0".join(said).encode(), digest_size=12).hexdigest()


@cache
def _code() -> str:
    """A digest of the package's code and models; pages and verbs compute nothing."""
    root = Path(__file__).parents[1]
    digest = blake2b(digest_size=8)
    for path in sorted((*root.rglob("*.py"), *root.rglob("*.ant"))):
        if path.relative_to(root).parts[0] not in ("report", "cli", "calibration", "validation"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _chunks(people: People, lot: int, size: int) -> Iterator[Chunk]:
    """The people in chunks; a world is a lot, and may lie in two chunks."""
    for number, start in enumerate(range(0, len(people), size)):
        places = range(start, min(start + size, len(people)))
        yield Chunk(number, tuple(int(people.number[i]) for i in places), tuple(i // lot for i in places))


def _name(chunk: Chunk) -> str:
    return f"chunk-{chunk.number:05d}.parquet"


def _kept(place: Path | None, chunks: Sequence[Chunk]) -> Iterator[tuple[int, Table]]:
    """Chunks that are there and hold these people."""
    for chunk in chunks:
        if place is None:
            return
        path = place / _name(chunk)
        if path.is_file():
            table = unpacked(path.read_bytes())
            if np.array_equal(table["person"], chunk.people):
                yield chunk.number, table


def _write(path: Path, content: bytes) -> None:
    """A file that has its name only once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{token_hex(4)}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _joined(tables: Sequence[Table]) -> Table:
    """Tables one after another; a column that some lack is NaN there."""
    names = dict.fromkeys(name for table in tables for name in table)
    return {
        name: np.concatenate([table.get(name, np.full(len(table["person"]), np.nan)) for table in tables]) for name in names
    }


def _sound(pool: Pool) -> Pool:
    """The pool with people of whom a stage failed taken by the mean of their lot, and counted."""
    means = [name for name in pool.table if f"|{MEAN}|" in name]
    bad = np.any([~np.isfinite(pool.table[name]) for name in means], axis=0)
    if not bad.any():
        return pool
    table, lots = dict(pool.table), np.arange(len(pool.people)) // pool.lot
    for name, values in pool.table.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            filled = values.copy()
            for one in np.unique(lots[~np.isfinite(values)]):
                here = lots == one
                filled[here & ~np.isfinite(values)] = np.nanmean(values[here])
            table[name] = filled
    return Pool(pool.plan, pool.people, table, pool.lots, pool.lot, int(bad.sum()), pool.asked)
