"""The days after a session: redness, swelling, dryness, bleeding points, and when a face can be shown.

Redness    EI = EI_0 [1 + e1 f_a (D + N/2) + e2 f_a (A - 1)+ + e3 f_a exp(-t/tau_p)]
Swelling   o' = f_a (k_D D + k_V V) - o / tau_o
Dryness    y' = (TEWL/TEWL_0 - 1 - y) / tau_dry

f_a, danger D, neutrophils N, vessels A and VEGF V are means of epidermis and papillary dermis. The amplitudes are
assumptions of grade E: hardly anything is measured in people between one hour and four weeks after needling. Itch,
bruises and milia are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.errors import Notice
from ..core.units import factor
from ..evidence import Draws
from ..flows import READOUTS, Channels, Curve, Punctures, Reading, TissueHistory
from ..skin.section import Skin
from .tissue import DERMAL, activated_share, interpolated

UPPER = slice(0, DERMAL.start + 1)  # epidermis and papillary dermis


@dataclass(frozen=True)
class Recovery:
    """Time courses of one session, arrays (draw, time); time in h after it."""

    time: np.ndarray
    redness: np.ndarray  # relative rise of the erythema index
    swelling: np.ndarray
    dryness: np.ndarray


def recover(session: int, channels: Channels, history: TissueHistory, skin: Skin, draws: Draws) -> Recovery:
    """Recovery after one session: hourly until the next session, the horizon or `recovery_horizon`."""
    day = float(history.sessions[session])
    hours = _hours(session, history, draws)
    sample = _Sample(history, day + hours * factor("h", "d"))
    return Recovery(hours, _redness(sample, hours, draws), _swelling(sample, hours, draws),
                    _dryness(channels, hours, skin, draws))


def readings(session: int, punctures: Punctures, channels: Channels, recovery: Recovery, day: float,
             draws: Draws) -> tuple[tuple[Reading, ...], tuple[Notice, ...]]:
    """Bleeding points, peak redness and the two downtimes of one session."""
    label = f"[{session + 1}]"
    cover, covered = settled(recovery, draws("coverable_erythema", "1"))
    plain, faded = settled(recovery, draws("noticeable_erythema", "1"))
    closed = channels.closure_time[:, READOUTS.index("dye")] * factor("h", "d")
    values = {
        "bleeding_points": ("1/cm^2", punctures.density * punctures.bleeding_fraction),
        "peak_erythema": ("1", draws("erythema_baseline", "1") * (1.0 + recovery.redness.max(axis=1))),
        "downtime_makeup": ("d", np.maximum(cover, closed)),
        "downtime_unnoticeable": ("d", plain),
    }
    found = tuple(Reading(f"{name}{label}", punctures.zone, unit, v, day) for name, (unit, v) in values.items())
    late = float(np.mean(~(faded & covered)))
    notices = (Notice(f"{punctures.zone}.downtime", f"redness outlasts the {recovery.time[-1]:.0f} hours followed after a "
                      f"session in {late:.0%} of the draws; the downtime is then a lower bound"),) if late else ()
    return found, notices


def curves(session: int, zone: str, recovery: Recovery, draws: Draws) -> tuple[Curve, ...]:
    """Redness (instrument units), swelling and dryness in the hours after one session."""
    redness = draws("erythema_baseline", "1")[:, None] * (1.0 + recovery.redness)
    table = {"erythema_index": redness, "oedema": recovery.swelling, "dryness": recovery.dryness}
    return tuple(Curve(name, zone, "1", recovery.time, values, session) for name, values in table.items())


def settled(recovery: Recovery, threshold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days until redness stays below a threshold (draw,), and whether it does so in the time followed."""
    above = recovery.redness > threshold[:, None]
    count = above.shape[1]
    last = np.where(above.any(axis=1), count - np.argmax(above[:, ::-1], axis=1), 0)
    days = recovery.time[np.minimum(last, count - 1)] * factor("h", "d")
    return np.where(np.isnan(recovery.redness).any(axis=1), np.nan, days), last < count


def _hours(session: int, history: TissueHistory, draws: Draws) -> np.ndarray:
    day = history.sessions[session]
    following = history.sessions[session + 1] if session + 1 < len(history.sessions) else np.inf
    limit = min(draws.median("recovery_horizon", "d"), following - day, max(history.time[-1] - day, 0.0))
    return np.arange(np.floor(limit * factor("d", "h")) + 1.0)


class _Sample:
    """States of the upper layers at some times, averaged: (draw, time)."""

    def __init__(self, history: TissueHistory, times: np.ndarray) -> None:
        self.history, self.times = history, times
        self.activated = self._at(activated_share(history)[:, UPPER])

    def __call__(self, state: str) -> np.ndarray:
        return self._at(self.history.state(state)[:, UPPER])

    def _at(self, values: np.ndarray) -> np.ndarray:
        return interpolated(self.history.time, values, self.times).mean(axis=1)


def _redness(sample: _Sample, hours: np.ndarray, draws: Draws) -> np.ndarray:
    inflamed, vessels, prick = (draws(f"erythema_{name}_gain", "1")[:, None] for name in ("inflammation", "vessel", "prick"))
    flare = np.exp(-hours / draws("erythema_prick_decay", "h")[:, None])
    grown = np.maximum(sample("vessels") - 1.0, 0.0)
    inflammation = np.maximum(sample("danger") + 0.5 * sample("neutrophils"), 0.0)
    return sample.activated * (inflamed * inflammation + vessels * grown + prick * flare)


def _swelling(sample: _Sample, hours: np.ndarray, draws: Draws) -> np.ndarray:
    danger, vegf = (draws(f"oedema_{name}_gain", "1/h")[:, None] for name in ("danger", "vegf"))
    source = sample.activated * (danger * sample("danger") + vegf * sample("vegf"))
    clearance = draws("oedema_clearance_time", "h")
    return _relaxed(source * clearance[:, None], hours, clearance)


def _dryness(channels: Channels, hours: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    tewl = interpolated(channels.time, channels.tewl, hours)
    excess = np.maximum(tewl / skin.tewl[:, None] - 1.0, 0.0)
    return _relaxed(excess, hours, draws("dryness_delay", "h"))


def _relaxed(target: np.ndarray, hours: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Solution of y' = (target - y) / tau from y = 0, exact for a target constant over each step."""
    result = np.zeros_like(target)
    for i in range(1, len(hours)):
        keep = np.exp(-(hours[i] - hours[i - 1]) / tau)
        result[:, i] = result[:, i - 1] * keep + 0.5 * (target[:, i] + target[:, i - 1]) * (1.0 - keep)
    return result
