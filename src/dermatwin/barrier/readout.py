"""Four meanings of 'closed' read from one state, the open fraction of the channels' cross-section.

TEWL is closed when the extra water loss falls below what a probe tells from baseline; dye, impedance and OCT when the
opening falls to a share of what the recoil left. Each later read-out's threshold is a share below 1 of the earlier
one's, so TEWL <= dye <= impedance <= OCT always holds by construction.
"""

from __future__ import annotations

import numpy as np

from ..evidence import Draws
from ..skin import Skin
from .kinetics import Kinetics


def water_loss(open_area: np.ndarray, baseline: np.ndarray, draws: Draws) -> np.ndarray:
    """TEWL [g/m2/h]: T = T0 + a j / (1 + a j / j_max), a = open share of the surface.

    Shape    open_area (draw, time), baseline (draw,).
    Source   evidence `channel_evaporation` (a Stefan tube), `evaporation_limit`. No absolute time course was found.
    Law      rises with the open area, from T0 to at most T0 + j_max.
    """
    evaporating = open_area * draws("channel_evaporation", "g/m^2/h")[:, None]
    return baseline[:, None] + evaporating / (1.0 + evaporating / draws("evaporation_limit", "g/m^2/h")[:, None])


def thresholds(kinetics: Kinetics, initial_area: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    """Open fraction below which each read-out says closed [-], shape (draw, readout), never rising along READOUTS.

    TEWL       a j / (1 + a j / j_max) = r T0, solved for a / a(0)
    dye        min(s_dye TEWL, c_dye (1 - w))
    impedance  s_imp dye            OCT  s_oct impedance
    """
    left = 1.0 - kinetics.recoil_share
    water = _tewl_threshold(initial_area, skin, draws)
    dye = np.minimum(draws("closed_step[dye]", "1") * water, draws("closed_share[dye]", "1") * left)
    impedance = dye * draws("closed_step[impedance]", "1")
    return np.stack([water, dye, impedance, impedance * draws("closed_step[OCT]", "1")], axis=1)


def _tewl_threshold(initial_area: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    limit = draws("evaporation_limit", "g/m^2/h")
    excess = np.minimum(draws("tewl_detectable_rise", "1") * skin.tewl, 0.5 * limit)
    area = excess / (draws("channel_evaporation", "g/m^2/h") * (1.0 - excess / limit))
    return np.minimum(area / np.maximum(initial_area, np.finfo(float).tiny), 1.0)


def closure_times(kinetics: Kinetics, initial_area: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    """Time at which each read-out says closed [h], shape (draw, readout): 0 without channels, inf in dead skin."""
    limits = thresholds(kinetics, initial_area, skin, draws)
    times = kinetics.closed_at(limits.T).T
    return np.where(initial_area[:, None] > 0.0, times, 0.0)
