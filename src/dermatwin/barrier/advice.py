"""Advice that follows from closing: the hours before which nothing may go on the skin.

Never earlier than the clinics' instruction; later where the channels are slower. The advice for people is the upper end
(95 %) of these hours over the draws, since nobody knows who closes slowly.
"""

from __future__ import annotations

import numpy as np

from ..evidence import Draws
from ..flows import READOUTS, Channels


def waiting_hours(channels: Channels, closures: dict[str, np.ndarray], draws: Draws) -> dict[str, np.ndarray]:
    """Hours after a session before which make-up and actives stay off, each (draw,).

    make-up   max(clinic hours, closure to its pigment)         actives   max(clinic hours, closure to a dye)

    Units    h; `closures` from `permeant_closure`; inf in skin that never closes.
    Source   evidence `makeup_clinic_hours`, `actives_clinic_hours` (clinics and a label).
    Law      never below the clinic hours; never falls when closing is slower (tests/laws/test_barrier.py).
    """
    return {
        "no_makeup_before": np.maximum(draws("makeup_clinic_hours", "h"), closures["makeup_pigment"]),
        "no_actives_before": np.maximum(draws("actives_clinic_hours", "h"), channels.closure_time[:, READOUTS.index("dye")]),
    }
