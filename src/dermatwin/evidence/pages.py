"""Draws with a notebook of its own for every part of a record: `page["dermis"](...)` is noted for the dermis alone."""

from __future__ import annotations

from .draws import Draws


class Pages:
    """The same draws under many notebooks, one for each part that asks for one."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._pages: dict[str, Draws] = {}

    def __getitem__(self, part: str) -> Draws:
        if part not in self._pages:
            self._pages[part] = self._draws.apart()
        return self._pages[part]

    def of(self, *parts: str) -> frozenset[str]:
        """What was read so far for some parts together."""
        return frozenset[str]().union(*(self[part].reads for part in parts))
