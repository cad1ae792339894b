"""Parameters as they are believed: one value per person, drawn under named luck, and a notebook of what was read.

Luck that is no parameter's own spread (how trials scatter, which row of a table is true, the mood of a day) is asked for
here, too, and has an owner: the parameter that says how large the spread is, or the pool of studies that it was learnt from.
So every number that varies has a name, a grade and sources. A group of them (a grade, or a source of spread) can be
closed in some lanes: there it stays at its median, and everything else keeps its luck.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from ..core.chance import Luck
from ..core.notebook import Notebook
from ..core.units import factor
from .distribution import total_spread, truncated
from .records import Parameter
from .store import Evidence


@dataclass(frozen=True)
class Draws:
    """Values of parameters for every person.

    `draws("puncture_toughness", "N/mm")` gives an array (draw,) in the unit that is asked for. What is unknown is
    drawn once for the whole run, what differs between people once per person, and what differs between treatment
    sessions once per (person, session, zone).

    notes : names of what was read. closed : grade or source of spread -> lanes (draw,) in which it stays at its median.
    Values that are asked for again, as every session does, are drawn once.
    """

    evidence: Evidence
    luck: Luck
    notes: Notebook = field(default_factory=Notebook, repr=False, compare=False)
    closed: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray], repr=False, compare=False)
    _drawn: dict[Hashable, np.ndarray] = field(
        default_factory=dict[Hashable, np.ndarray], init=False, repr=False, compare=False
    )

    @property
    def count(self) -> int:
        """Number of people."""
        return self.luck.draws

    @property
    def reads(self) -> frozenset[str]:
        """Names of what was read through these draws so far."""
        return self.notes.names

    def apart(self) -> Self:
        """The same draws with a notebook of their own; what is read through them is noted here, too."""
        own = replace(self, notes=Notebook(self.notes))
        object.__setattr__(own, "_drawn", self._drawn)
        return own

    def __call__(self, name: str, unit: str, session: int = 0, zone: str = "") -> np.ndarray:
        """Values of one parameter in `unit`, shape (draw,)."""
        parameter = self.evidence.parameters[name]
        at = (session, zone) if parameter.chance else (0, "")  # what does not vary by chance is one in all sessions
        values = self._once((name, *at), lambda: self._values(parameter, session, zone)) * factor(parameter.unit, unit)
        self.notes.note(name, values, f"@{zone} {session}" if parameter.chance else "")
        return values

    def median(self, name: str, unit: str) -> float:
        """The parameter's median in `unit`, after the fit where there is one."""
        self.notes.note(name)
        parameter = self.evidence.parameters[name]
        posterior = self.evidence.posterior_of(name)
        if posterior is None:
            return parameter.value * factor(parameter.unit, unit)
        score = np.array([parameter.knowledge * posterior.middle[posterior.column(name)] / total_spread(parameter)])
        return float(truncated(parameter, score, total_spread(parameter))[0]) * factor(parameter.unit, unit)

    def stated(self, name: str) -> Parameter:
        """A parameter as it is stated, for those who use its prior and not a drawn value."""
        self.notes.note(name)
        return self.evidence.parameters[name]

    def score(self, source: str, process: str, session: int = 0, width: int = 1, *, owner: str) -> np.ndarray:
        """Standard normal numbers (draw, width) of a process; `owner` is the parameter or pool whose spread it is."""
        values = self._once(
            (source, process, session, width, owner),
            lambda: self._stilled(self.luck.normal(source, process, session, width), source, owner, 0.0),
        )
        self.notes.note(owner, values, f"{process} {session}")
        return values

    def share(self, source: str, process: str, session: int = 0, *, owner: str) -> np.ndarray:
        """Uniform numbers (draw,) of a process; one half where it is closed. `owner` as in `score`."""
        values = self._stilled(self.luck.uniform(source, process, session), source, owner, 0.5)[:, 0]
        self.notes.note(owner, values, f"{process} {session}")
        return values

    def still(self, source: str, owner: str) -> np.ndarray:
        """Lanes in which nothing of an owner's spread from one source is at work, shape (draw,)."""
        found = np.full(self.count, source not in self.luck.vary)
        for group in (source, self.evidence.grade_of(owner)):
            found = found | self.closed.get(group, False)
        return found

    def _stilled(self, values: np.ndarray, source: str, owner: str, middle: float) -> np.ndarray:
        """Values (draw, width) with the middle in the lanes in which they are closed."""
        if not self.closed:
            return values
        return np.where(self.still(source, owner)[:, None], middle, values)

    def _once(self, key: Hashable, draw: Callable[[], np.ndarray]) -> np.ndarray:
        """What was drawn under a key, drawn now if it was not; nobody may write to it."""
        if key not in self._drawn:
            self._drawn[key] = draw()
            self._drawn[key].flags.writeable = False
        return self._drawn[key]

    def _values(self, parameter: Parameter, session: int, zone: str) -> np.ndarray:
        if parameter.distribution == "fixed":
            return np.full(self.count, parameter.value)
        score = parameter.knowledge * self._unknown(parameter.name) if parameter.knowledge else np.zeros(self.count)
        if parameter.person:
            score = score + parameter.person * self._lucky("person", parameter.name, parameter.name)
        if parameter.chance:
            score = score + parameter.chance * self._lucky("chance", parameter.name, f"{parameter.name}@{zone}", session)
        return truncated(parameter, score / total_spread(parameter), total_spread(parameter))

    def _lucky(self, source: str, name: str, process: str, session: int = 0) -> np.ndarray:
        return self._stilled(self.luck.normal(source, process, session), source, name, 0.0)[:, 0]

    def _unknown(self, name: str) -> np.ndarray:
        """Scores of what nobody knows, shape (draw,): of the prior, or of a joint posterior.

        Each person takes one row of the posterior for all its parameters, so that what the measurements tie together
        stays tied.
        """
        posterior = self.evidence.posterior_of(name)
        if posterior is None:
            return self._lucky("knowledge", name, name)
        if "knowledge" not in self.luck.vary:
            return np.full(self.count, posterior.middle[posterior.column(name)])
        rows = len(posterior.scores)
        chosen = (self.luck.uniform("knowledge", f"posterior {posterior.name}")[:, 0] * rows).astype(int)
        middle = float(posterior.middle[posterior.column(name)])
        return self._stilled(posterior.of(name, chosen)[:, None], "knowledge", name, middle)[:, 0]
