"""Sources as numbers with a list below the page: no id of a source is ever shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...evidence import Evidence
from .tongue import Tongue

ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Notes:
    """The footnotes of one page, numbered in the order in which they are asked for."""

    evidence: Evidence
    tongue: Tongue
    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def mark(self, sources: Iterable[str]) -> str:
        """The numbers of some sources: '1, 3'."""
        found = {self.numbers.setdefault(self._cited(source), len(self.numbers) + 1) for source in sources}
        return ", ".join(map(str, sorted(found)))

    @property
    def list(self) -> list[str]:
        """Citations in the order of their numbers."""
        return list(self.numbers)

    def _cited(self, name: str) -> str:
        source = self.evidence.sources[name]
        if source.kind == ASSUMPTION:
            return self.tongue.say("Customary or assumed: no study says so.")
        year = f", {source.year}" if source.year and str(source.year) not in source.citation else ""
        return f"{source.citation}{year}"
