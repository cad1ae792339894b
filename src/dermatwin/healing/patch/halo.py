"""The even halo that answers like the uneven one of a hole in a patch: what `injury.halo_area` is checked against."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad

from .. import kernel_generated as kernel
from .record import Patch


def participation_area(patch: Patch, row: int = 0) -> float:
    """Participation area of a hole in this patch [mm2]: the even halo that answers like its uneven one.

    A = 1 / integral of p_F p_S over the plane = 4 pi / integral_0^inf ds / ((1 + a s)^2 (1 + b s) (1 + c s))

    p_F, p_S : how fibroblasts and the signal that they answer to spread around a hole: both by danger, then by mitogens
    and by TGF-beta 1. a = D/(k (1 - g)) of danger with the gain g by which it calls itself, b, c = D/k of the other two:
    squares of reaches, mm2. First-order reaction; what M2 macrophages clear is left out.
    `injury.halo_area` is this for signals of equal reach; docs/design/006 compares what follows from it with the patch.
    """
    value = dict(zip(kernel.CONSTANTS, patch.constants, strict=True))
    rate = dict(zip(patch.moving, patch.diffusivity[:, row], strict=True))
    gain = value["danger_gain_neutrophils"] + value["danger_gain_m1"]
    a = rate["danger"] / (value["danger_decay"] * (1.0 - gain))
    b, c = rate["mitogens"] / value["mitogen_decay"], rate["tgf_beta_1"] / value["tgf_1_decay"]
    overlap, _ = quad(lambda s: 1.0 / ((1.0 + a * s) ** 2 * (1.0 + b * s) * (1.0 + c * s)), 0.0, np.inf)
    return float(4.0 * np.pi / overlap)
