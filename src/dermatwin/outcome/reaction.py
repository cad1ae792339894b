"""How strongly and for how long the upper layers react to a session, against the usual course of the trials.

Load       l = (1 - w) J/J_ref + w C/C_ref
Sign       r(t) = k y/(k - 1 + y),  y = l s(t)                so that r = s at the usual load where s is 1, and r < k
Pace       M/M_ref

J is the inflammation that the session brings, over depth and time (healing: alarm along every needle's way times this
person's response), C the vessels that are cut; both rise with every puncture and with every tenth of a millimetre.
_ref is the first session of the usual course under the same draws: what nobody knows of amplitudes, holes and halos
cancels. s(t) is the course of the sign after the usual session. Vessels can only open so wide and tissue holds only so much
water, so that a sign has a ceiling of k times the usual one, in the strength that is seen and not in what has to be
cleared: under the ceiling more injury lasts longer, by a constant time for every doubling where it decays like exp(-t/tau).
M is the mean time of this person's inflammation, whatever the needles did (`healing.inflammation`). So a harder session is
never less red, less swollen or sooner over (tests/laws/test_harder.py). Left out: friction of needles that do not pierce,
flare within minutes, how much of a deep inflammation is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..flows import TissueHistory

LEAST = 0.1  # numerical: of its usual value, that the reference of a ratio is kept above


@dataclass(frozen=True)
class Reaction:
    """One session against the first of the usual course, (draw,) each; NaN where healing failed."""

    load: np.ndarray  # [-], 1 in the usual course
    pace: np.ndarray  # [-], mean time of the inflammation, 1 in a person like that of the usual course


def react(session: int, history: TissueHistory, draws: Draws, usual: TissueHistory | None) -> Reaction:
    """What a session of a history comes to; without the usual course its parameters stand for it, much more roughly."""
    share = draws("reaction_vessel_share", "1")
    inflamed = inflamed_volume(session, history, draws, usual)
    cut = _against("cut_vessels", _of(history, "cut_vessels")[:, session], usual, draws)
    load = (1.0 - share) * inflamed + share * cut
    theirs = draws("simulated_reference[clearing]", "d") if usual is None else _of(usual, "clearing")
    failed = (history.status != 0).any(axis=1)
    pace = _of(history, "clearing") / theirs
    return Reaction(*(np.where(failed, np.nan, values) for values in (load, pace)))


def inflamed_volume(session: int, history: TissueHistory, draws: Draws, usual: TissueHistory | None) -> np.ndarray:
    """Inflammation that a session brings, over depth and time, against the first of the usual course [-], (draw,)."""
    return _against("inflammation", _of(history, "inflammation")[:, session], usual, draws)


UNITS = {"inflammation": "mm*d", "cut_vessels": "1/cm^2"}


def _of(history: TissueHistory, name: str) -> np.ndarray:
    found: np.ndarray | None = getattr(history, name)
    if found is None:
        raise ValueError(f"the history of {history.zone} does not say its {name}")
    return found


def _against(name: str, found: np.ndarray, usual: TissueHistory | None, draws: Draws) -> np.ndarray:
    """A quantity of a session against that of the usual course, kept above a tenth of its median so that it stays finite."""
    parameter, unit = f"simulated_reference[{name}]", UNITS[name]
    if usual is None:
        return found / draws(parameter, unit)
    return found / np.maximum(_of(usual, name)[:, 0], LEAST * draws.median(parameter, unit))


def shown(driven: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    """Strength of a sign against that of the usual course, k y/(k - 1 + y) [-]: 1 at y = 1, at the most k."""
    return ceiling * driven / (ceiling - 1.0 + driven)


def driving(strength: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    """What drives a sign to a strength below its ceiling, y = r (k - 1)/(k - r) [-]: the inverse of `shown`."""
    return strength * (ceiling - 1.0) / (ceiling - strength)


def relaxed(target: np.ndarray, hours: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Solution of y' = (target - y) / tau from y = 0; over each step the target is the mean of its ends."""
    result = np.zeros_like(target)
    for i in range(1, len(hours)):
        keep = np.exp(-(hours[i] - hours[i - 1]) / tau)
        result[:, i] = result[:, i - 1] * keep + 0.5 * (target[:, i] + target[:, i - 1]) * (1.0 - keep)
    return result
