"""How much inflammation an alarm brings, and how long it lasts, in a small injury of this person.

Platelets, danger, neutrophils and M1 macrophages of the network are a linear chain with feedback, x' = A x, as long as
few M2 macrophages are there to clear the alarm faster. Its moments are closed (compartments):

    INT x dt = -A^-1 x0,   INT t x dt = A^-2 x0,   inflammation I = danger + neutrophils / 2

so that neither number depends on how hard somebody was needled: what habits, illnesses and medicines do to the rates is a
fact of the person, what the needles do is the alarm (`injury.alarmed_depth`). In the full network a greater alarm calls
more M2 and fades in a shorter mean time; that a harder session would be over sooner is seen in nobody and is no statement of
this model. Left out: that clearance, growth factors, vessels.
"""

from __future__ import annotations

import numpy as np

from . import kernel_generated as kernel

CALM = 0.97  # numerical: largest gain of the alarm on itself; a wound with a gain of 1 never calms down
NEUTROPHILS = 0.5  # weight of neutrophils in the inflammation, as in the reference equation of redness


def response(constants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inflammation per unit of activation, INT I dt [d], and its mean time, INT t I dt / INT I dt [d]; (draw,) each.

    constants : (draw, constant), as in `kernel.CONSTANTS`.
    Law      both rise as neutrophils or M1 macrophages leave more slowly; the moments of the integrated chain
             (tests/verification/test_inflammation.py).
    """
    chain = _chain(constants)
    start = np.zeros((len(constants), 4, 1))
    start[:, 0, 0] = 1.0
    start[:, 1, 0] = _of(constants, "danger_per_activation")
    total = -np.linalg.solve(chain, start)[..., 0]
    moment = -np.linalg.solve(chain, total[..., None])[..., 0]
    amount, weighted = (m[:, 1] + NEUTROPHILS * m[:, 2] for m in (total, moment))
    return amount, weighted / amount


def _of(constants: np.ndarray, name: str) -> np.ndarray:
    return constants[:, kernel.CONSTANTS.index(name)]


def _chain(constants: np.ndarray) -> np.ndarray:
    """A of platelets, danger, neutrophils and M1 macrophages [1/d], (draw, 4, 4)."""
    platelets, decay, removal, call = (
        _of(constants, name) for name in ("platelet_decay", "danger_decay", "neutrophil_removal", "neutrophil_recruitment")
    )
    leave = _of(constants, "m1_to_m2") + _of(constants, "m1_removal")
    drawn, by = _of(constants, "m1_recruitment"), _of(constants, "m1_recruitment_by_neutrophils")
    back, m1_back = _of(constants, "danger_from_neutrophils"), _of(constants, "danger_from_m1")
    gain = (back * call / removal + m1_back * drawn * (1.0 + by * call / removal) / leave) / decay
    calm = np.minimum(CALM / gain, 1.0)
    chain = np.zeros((len(constants), 4, 4))
    chain[:, 0, 0] = -platelets
    chain[:, 1, 0], chain[:, 1, 1], chain[:, 1, 2], chain[:, 1, 3] = platelets, -decay, calm * back, calm * m1_back
    chain[:, 2, 1], chain[:, 2, 2] = call, -removal
    chain[:, 3, 1], chain[:, 3, 2], chain[:, 3, 3] = drawn, drawn * by, -leave
    return chain
