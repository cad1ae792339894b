"""Luck that is given instead of drawn: each lane is one trial value of everything that is unknown.

A fit asks the same functions for a prediction that the scores ask. It hands them this luck: scores of the unknown come
from a table, people and sessions stand at their medians, and needles are spread evenly over their distribution.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np

from ..core.chance import Luck

NOISE = "discrepancy@"  # what a study reports beside the model; the likelihood holds it


@dataclass(frozen=True)
class GivenLuck(Luck):
    """Scores of the unknown by name, shape (lane,) each; a name without scores stands at its median.

    asked : collects the names that were asked for.
    """

    scores: dict[str, np.ndarray] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)

    def normal(self, source: str, process: str, session: int = 0, width: int = 1) -> np.ndarray:
        """Scores of the table, medians of people, quantiles of needles."""
        if source == "knowledge" and not process.startswith(NOISE):
            self.asked[process] = None
            return np.repeat(self.scores.get(process, np.zeros(self.draws))[:, None], width, axis=1)
        if source == "chance" and width > 1:
            return np.broadcast_to(spread_evenly(process, width), (self.draws, width))
        return np.zeros((self.draws, width))

    def uniform(self, source: str, process: str, session: int = 0, width: int = 1) -> np.ndarray:
        """The same scores as shares in (0, 1)."""
        from scipy.special import ndtr

        return ndtr(self.normal(source, process, session, width))


def spread_evenly(process: str, width: int) -> np.ndarray:
    """Normal quantiles in an order of their own for each process, so that two processes are not tied."""
    from scipy.special import ndtri

    key = int.from_bytes(blake2b(process.encode(), digest_size=8).digest(), "little")
    order = np.random.Generator(np.random.Philox(key)).permutation(width)
    return ndtri((order + 0.5) / width)
