"""Possible people of one run, as many as are needed: what each would show at every place that is asked about.

People are simulated in batches; of a batch only the numbers that are asked for are kept, so that a thousand people need no
more memory than a hundred. Person 400 of a seed is the same in whatever batch he comes: batches together are the people of
one run of that many draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..case import Case
from ..core.chance import Luck
from ..core.notebook import Notebook, Read
from ..core.vocabulary import SOURCES
from ..evidence import Evidence
from ..naming import Name
from ..twin import Run
from ..twin.blocks import Task, people_kept
from ..twin.simulate import Progress, simulate_together, untold
from .measure import measures
from .predicted import reads_of, values_at
from .weights import formed, unformed

ALL = frozenset(SOURCES)


@dataclass(frozen=True)
class Ask:
    """A number that is wanted of every person: a quantity in a zone on a day, after a session counted from 0.

    later : whether that session was not held yet: then its chance, which the twin does not draw for it, is added.
    """

    name: Name
    zone: str
    day: float | None
    session: int | None
    later: bool = False


@dataclass
class People:
    """People of one case under one seed; `values` of an ask have shape (person,)."""

    case: Case
    seed: int
    evidence: Evidence
    asks: tuple[Ask, ...]
    progress: Progress = untold
    count: int = 0
    last: Run | None = None
    found: dict[Ask, list[np.ndarray]] = field(default_factory=dict[Ask, list[np.ndarray]])
    kept: dict[Read, list[np.ndarray]] = field(default_factory=dict[Read, list[np.ndarray]])

    def grow(self, more: int) -> None:
        """Add people who are nobody of those before, no more at a time than keep their stages."""
        size = people_kept(self.case, more)
        for begun in range(0, more, size):
            self._add(min(size, more - begun))

    def _add(self, more: int) -> None:
        notes = Notebook(keep=True)
        luck = Luck(self.seed, more, first=self.count)
        run = simulate_together(Task((self.case,), self.evidence), luck, [self.progress], notes=notes)[0]
        for ask in self.asks:
            values = values_at(run, ask.name, ask.zone, ask.day, ask.session)
            if values is None:
                continue
            self.found.setdefault(ask, []).append(self._chanced(ask, values, more))
        self._keep(notes, more)
        self.count += more
        self.last = run if self.last is None else self.last

    def values(self, ask: Ask) -> np.ndarray | None:
        """What every person would show; None where the twin has no number for it."""
        parts = self.found.get(ask)
        return None if parts is None else np.concatenate(parts)

    def read(self, about: Sequence[tuple[Name, str]]) -> dict[Read, np.ndarray]:
        """Values (person,) of everything that was drawn and read for some quantities."""
        assert self.last is not None
        names = frozenset[str]().union(*(reads_of(self.last, name, zone) for name, zone in about))
        found = {key: np.concatenate(parts) for key, parts in self.kept.items() if key[0] in names}
        return {key: values for key, values in found.items() if values.shape == (self.count,)}

    def _chanced(self, ask: Ask, values: np.ndarray, more: int) -> np.ndarray:
        """Values with the chance of a session that was not held yet."""
        row = measures(self.evidence).get(ask.name.quantity)
        if not ask.later or row is None or not row.between_sessions or row.form == "steps":
            return values
        luck = Luck(self.seed, more, ALL, first=self.count)
        score = luck.normal("chance", f"follow {ask.name.quantity}@{ask.zone}", ask.session or 0)[:, 0]
        shifted = formed(values, row.form, row.floor) + row.between_sessions * score
        back = unformed(shifted, row.form, row.floor)
        low, high = (-np.inf if row.low is None else row.low), (np.inf if row.high is None else row.high)
        return np.clip(back, low, high)

    def _keep(self, notes: Notebook, more: int) -> None:
        """What was drawn for these people, where it differs between them."""
        for key, values in (notes.kept or {}).items():
            if values.shape == (more,) and np.ptp(values) > 0.0:
                self.kept.setdefault(key, []).append(values)
