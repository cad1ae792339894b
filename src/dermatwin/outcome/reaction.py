"""What a session does to the upper layers: how red and swollen it makes them, and how long they stay inflamed.

Redness    S = max over t of f_a [e1 (D + N/2) + e2 (A - 1)+ + e3 exp(-t/t_p)]
Swelling   o' = f_a (k_D D + k_V V) - o/tau_o,   O = max over t of o
Pace       M = INT t I dt / INT I dt,   I = f_a (D + N/2)

f_a, danger D, neutrophils N, vessels A and VEGF V are means of epidermis and papillary dermis. The gains are assumptions of
grade E and hardly matter: recovery uses these numbers against those of the usual course only.
"""

from __future__ import annotations

import numpy as np

from ..core.units import factor
from ..evidence import Draws
from ..flows import TissueHistory
from .tissue import DERMAL, activated_share, interpolated

UPPER = slice(0, DERMAL.start + 1)  # epidermis and papillary dermis


class Reaction:
    """What the healing network says of the upper layers in the hours after one session, averaged: (draw, time)."""

    def __init__(self, history: TissueHistory, hours: np.ndarray, session: int, draws: Draws) -> None:
        self.history, self.hours, self.draws = history, hours, draws
        self.times = float(history.sessions[session]) + hours * factor("h", "d")
        self.activated = self._at(activated_share(history)[:, UPPER])
        self.inflamed = self.activated * np.maximum(self("danger") + 0.5 * self("neutrophils"), 0.0)

    def __call__(self, state: str) -> np.ndarray:
        """A state in those hours."""
        return self._at(self.history.state(state)[:, UPPER])

    def _at(self, values: np.ndarray) -> np.ndarray:
        return interpolated(self.history.time, values, self.times).mean(axis=1)

    def redness(self) -> np.ndarray:
        """Largest rise of redness [-], (draw,)."""
        hot, vessels, prick = (
            self.draws(f"erythema_{name}_gain", "1")[:, None] for name in ("inflammation", "vessel", "prick")
        )
        flare = np.exp(-self.hours / self.draws("erythema_prick_decay", "h")[:, None])
        grown = np.maximum(self("vessels") - 1.0, 0.0)
        return (hot * self.inflamed + self.activated * (vessels * grown + prick * flare)).max(axis=1)

    def swelling(self) -> np.ndarray:
        """Largest swelling [-], (draw,): o' = f_a (k_D D + k_V V) - o/tau_o."""
        danger, vegf = (self.draws(f"oedema_{name}_gain", "1/h")[:, None] for name in ("danger", "vegf"))
        source = self.activated * (danger * self("danger") + vegf * self("vegf"))
        clearance = self.draws("oedema_clearance_time", "h")
        return relaxed(source * clearance[:, None], self.hours, clearance).max(axis=1)

    def pace(self, usual: Reaction | None) -> np.ndarray:
        """Mean time of the inflammation against the usual course [-], (draw,); 1 where there is nothing to compare."""
        if usual is None or len(self.hours) == 1:
            return np.ones(len(self.inflamed))
        mine, theirs = self._mean_time(), usual._mean_time()
        return np.where(
            (mine > 0.0) & (theirs > 0.0),
            mine / np.where(theirs > 0.0, theirs, 1.0),
            np.where(np.isnan(mine) | np.isnan(theirs), np.nan, 1.0),
        )

    def _mean_time(self) -> np.ndarray:
        total = np.trapezoid(self.inflamed, self.hours, axis=1)
        moment = np.trapezoid(self.inflamed * self.hours, self.hours, axis=1)
        return np.divide(moment, total, out=np.zeros_like(moment), where=total != 0.0)


def against(largest: np.ndarray, usual: np.ndarray | None, sign: str, draws: Draws) -> np.ndarray:
    """A sign's largest value relative to the usual course's, (draw,); without its history relative to a parameter.

    The usual course is kept above a tenth of its median, so that the ratio stays finite.
    """
    name = f"simulated_reference[{sign}]"
    return largest / (draws(name, "1") if usual is None else np.maximum(usual, 0.1 * draws.median(name, "1")))


def relaxed(target: np.ndarray, hours: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Solution of y' = (target - y) / tau from y = 0, exact for a target constant over each step."""
    result = np.zeros_like(target)
    for i in range(1, len(hours)):
        keep = np.exp(-(hours[i] - hours[i - 1]) / tau)
        result[:, i] = result[:, i - 1] * keep + 0.5 * (target[:, i] + target[:, i - 1]) * (1.0 - keep)
    return result
