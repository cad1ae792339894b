"""Parameters as they are believed: one value per person, drawn under named luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.chance import Luck
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
    """

    evidence: Evidence
    luck: Luck

    @property
    def count(self) -> int:
        """Number of people."""
        return self.luck.draws

    def __call__(self, name: str, unit: str, session: int = 0, zone: str = "") -> np.ndarray:
        """Values of one parameter in `unit`, shape (draw,)."""
        parameter = self.evidence.parameters[name]
        return self._values(parameter, session, zone) * factor(parameter.unit, unit)

    def median(self, name: str, unit: str) -> float:
        """The parameter's median in `unit`, after the fit where there is one."""
        parameter = self.evidence.parameters[name]
        posterior = self.evidence.posterior_of(name)
        if posterior is None:
            return parameter.value * factor(parameter.unit, unit)
        score = np.array([parameter.knowledge * posterior.middle[posterior.column(name)] / total_spread(parameter)])
        return float(truncated(parameter, score, total_spread(parameter))[0]) * factor(parameter.unit, unit)

    def _values(self, parameter: Parameter, session: int, zone: str) -> np.ndarray:
        if parameter.distribution == "fixed":
            return np.full(self.count, parameter.value)
        score = parameter.knowledge * self._unknown(parameter.name) if parameter.knowledge else np.zeros(self.count)
        if parameter.person:
            score = score + parameter.person * self.luck.normal("person", parameter.name)[:, 0]
        if parameter.chance:
            score = score + parameter.chance * self.luck.normal("chance", f"{parameter.name}@{zone}", session)[:, 0]
        return truncated(parameter, score / total_spread(parameter), total_spread(parameter))

    def _unknown(self, name: str) -> np.ndarray:
        """Scores of what nobody knows, shape (draw,): of the prior, or of a joint posterior.

        Each person takes one row of the posterior for all its parameters, so that what the measurements tie together
        stays tied.
        """
        posterior = self.evidence.posterior_of(name)
        if posterior is None:
            return self.luck.normal("knowledge", name)[:, 0]
        if "knowledge" not in self.luck.vary:
            return np.full(self.count, posterior.middle[posterior.column(name)])
        rows = len(posterior.scores)
        chosen = (self.luck.uniform("knowledge", f"posterior {posterior.name}")[:, 0] * rows).astype(int)
        return posterior.of(name, chosen)
