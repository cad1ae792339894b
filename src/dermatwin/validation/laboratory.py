"""The laboratory: virtual skin and people for experiments that others made.

One laboratory serves one run of the scores. It hands out draws with every source of spread on (`people`) and with only
the unknown on (`known`), from evidence that does not contain the study that is being predicted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from ..case import Patient, Zone
from ..core.chance import SOURCES, Luck
from ..evidence import Draws, Evidence
from ..skin import Skin, section_of


@dataclass(frozen=True)
class Laboratory:
    """Evidence, draws and seed of one scoring run."""

    draws: int = 200
    seed: int = 1
    evidence: Evidence = field(default_factory=Evidence.packaged, repr=False)

    @cached_property
    def people(self) -> Draws:
        """Single people: knowledge, person and chance vary."""
        return Draws(self.evidence, Luck(self.seed, self.draws, frozenset(SOURCES)))

    @cached_property
    def known(self) -> Draws:
        """The same people without what differs between people: only knowledge varies."""
        return Draws(self.evidence, Luck(self.seed, self.draws, frozenset({"knowledge"})))

    def skin(self, site: str, draws: Draws, *, species: str = "human", age: float = 35.0, sex: str = "female",
             phototype: str = "III") -> Skin:
        """A section of skin for an experiment; raises KeyError for a site that the species has not."""
        patient = Patient.model_validate({"age": f"{age} yr", "sex": sex, "phototype": phototype, "species": species})
        return section_of(Zone.model_validate({"zone": site, "area": "10 cm^2"}), patient, draws)
