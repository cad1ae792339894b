"""What was read to compute something: every reading of a belief is noted, and every record says what stands behind it.

A notebook is opened for a computation (`Draws.apart`) and lists the names of the parameters and pools that were read in it;
it tells the notebook in which it was opened, so that the outermost one lists all. That one may also keep the values that
were read, for those who ask which of them a result follows. Nothing that is noted changes a number.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Reads = Mapping[str, frozenset[str]]
"""Part of a record -> names of the parameters and pools that were read for it."""

Read = tuple[str, str]
"""Name of what was read, and which of its values: an effect, a process, a session. '' where there is one alone."""


class Notebook:
    """Names of what was read, in order; with `keep` also the values, shape (draw,), each once."""

    def __init__(self, outer: Notebook | None = None, *, keep: bool = False) -> None:
        self._outer = outer
        self._names: dict[str, None] = {}
        self.kept: dict[Read, np.ndarray] | None = {} if keep else None

    @property
    def names(self) -> frozenset[str]:
        """Everything that was read so far."""
        return frozenset(self._names)

    def note(self, name: str, values: np.ndarray | None = None, which: str = "") -> None:
        """Note that something was read, here and further out."""
        self._names[name] = None
        if self.kept is not None and values is not None:
            self.kept.setdefault((name, which), values if values.ndim == 1 else values.mean(axis=1))
        if self._outer is not None:
            self._outer.note(name, values, which)


class Noted:
    """A record that says what was read for each of its parts."""

    reads: Reads

    def behind(self, *parts: str) -> frozenset[str]:
        """Names of what was read for some of its parts; for all of them where none is named."""
        return frozenset[str]().union(*(self.reads.get(part, frozenset()) for part in parts or self.reads))
