"""The laboratory: virtual skin and people for experiments that others made.

One laboratory serves one run of the scores. It hands out draws with every source of spread on (`people`) and with only
the unknown on (`known`). What an experiment does not say about itself (a tip, a cover) is unknown once per study. For a
study that took part in a fit, `without` gives the laboratory whose beliefs were fitted without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ..case import Patient, Zone
from ..core.chance import Luck
from ..core.units import factor
from ..core.vocabulary import SOURCES
from ..evidence import Draws, Evidence, truncated
from ..skin import Skin, section_of

Made = TypeVar("Made")


@dataclass(frozen=True)
class Laboratory:
    """Evidence, draws and seed of one scoring run."""

    evidence: Evidence = field(repr=False)
    draws: int = 200
    seed: int = 1
    _blind: dict[tuple[str, ...], Laboratory] = field(default_factory=dict, repr=False, compare=False)
    _made: dict[tuple, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def people(self) -> Draws:
        """Single people: knowledge, person and chance vary."""
        return Draws(self.evidence, Luck(self.seed, self.draws, frozenset(SOURCES)))

    @cached_property
    def known(self) -> Draws:
        """The same people without what differs between people: only knowledge varies."""
        return Draws(self.evidence, Luck(self.seed, self.draws, frozenset({"knowledge"})))

    def once(self, key: tuple, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once for each key: rows of one experiment share it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def without(self, studies: Iterable[str]) -> Laboratory:
        """The same laboratory had these studies taken no part in any fit."""
        evidence = self.evidence.without(studies)
        if evidence is self.evidence:
            return self
        key = tuple(posterior.left_out for posterior in evidence.posteriors)
        return self._blind.setdefault(key, replace(self, evidence=evidence, _blind=self._blind, _made={}))

    def skin(
        self,
        site: str,
        draws: Draws,
        *,
        species: str = "human",
        age: float = 35.0,
        sex: str = "female",
        phototype: str = "III",
    ) -> Skin:
        """A section of skin for an experiment; raises KeyError for a site that the species has not."""
        patient = Patient.model_validate({"age": f"{age} yr", "sex": sex, "phototype": phototype, "species": species})
        return section_of(Zone.model_validate({"zone": site, "area": "10 cm^2"}), patient, draws)


def unstated(name: str, unit: str, study: str, draws: Draws) -> np.ndarray:
    """What a study does not say about its experiment, drawn once per study from the wide prior `name`, shape (draw,)."""
    prior = draws.evidence.parameters[name]
    score = draws.luck.normal("knowledge", f"{name}@{study}")[:, 0]
    return truncated(prior, score, prior.knowledge) * factor(prior.unit, unit)


def discrepancy(name: str, study: str, quantity: str, draws: Draws) -> np.ndarray:
    """Factor between what a study reports and what the model says, shape (draw,): lognormal, sd of ln from evidence."""
    return np.exp(draws(name, "1") * draws.luck.normal("knowledge", f"discrepancy@{study}:{quantity}")[:, 0])
