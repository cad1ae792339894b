"""What can go wrong, said once, with its place.

Three kinds of trouble and nothing else: the input is wrong (`CaseError`, a list of `Fault`s, exit status 1), the
computation broke a law (`ComputationError`, exit status 2), or the packaged evidence does not pass its own gate
(`EvidenceError`). A `Notice` is not an error: it travels with a result and says where the case leaves the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .printing import printable


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an input: where, what was found, what would be right."""

    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        """One line, whatever was found: characters that are no text are written out."""
        found = self.found if len(self.found) <= 80 else self.found[:77] + "..."
        return printable(f"{self.path}: {found} {self.expected}" if found else f"{self.path}: {self.expected}")


@dataclass(frozen=True)
class Notice:
    """A remark that belongs to a result: the path it is about, what is said, the source that says it."""

    path: str
    message: str
    source: str = ""


class DermatwinError(Exception):
    """Base of every error that dermatwin raises on purpose."""


class CaseError(DermatwinError):
    """The input is wrong. Carries every fault that was found, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class EvidenceError(DermatwinError):
    """A packaged or supplied evidence file breaks the rules for evidence. Carries every fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ComputationError(DermatwinError):
    """A law was broken while computing: says which, where in the chain and when."""

    def __init__(self, law: str, where: str, when: str = "") -> None:
        self.law, self.where, self.when = law, where, when
        super().__init__(f"{where}: {law}" + (f" at {when}" if when else ""))
