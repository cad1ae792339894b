"""How long the healing network takes: compilation, one lane and year, and a whole two-zone course.

Run: python benchmarks/healing.py [draws]. Prints one line per measurement; two threads unless NUMBA_NUM_THREADS says
otherwise.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import numpy as np

from dermatwin.case.document import Patient
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import LAYERS, Punctures
from dermatwin.skin.section import Skin

DAYS = (0.0, 28.0, 56.0, 84.0)
HORIZON = 365.0


def inputs(count: int) -> tuple[Draws, Skin, Punctures, Patient]:
    draws = Draws(Evidence.packaged(), Luck(1, count))
    one, needles = np.ones(count), np.ones((count, 4))
    skin = Skin("cheek", "cheek", "human", True, 0.012 * one, 0.08 * one, 0.2 * one, 1.5 * one, one, 0.1 * one, 10 * one,
                32 * one, one, 35.0, "female", "III", False, one)
    punctures = Punctures("cheek", 1, 250 * one, 250 * one, one, needles, needles, 0.25 * needles, 0.125 * needles, needles,
                          np.ones((count, len(LAYERS))), 0 * one)
    return draws, skin, punctures, Patient.model_validate({"age": "35 yr", "sex": "female", "phototype": "III"})


def measured(words: str, work: object, repeats: int = 3) -> None:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(time.perf_counter() - start)
    print(f"{words:60s} first {times[0]:8.3f} s   best {min(times):8.4f} s")


def main(count: int) -> None:
    from dermatwin.healing import heal
    from dermatwin.healing import kernel_generated as kernel
    from dermatwin.healing.person import constants
    from dermatwin.healing.tissue import ATOL, LOWEST, RTOL

    draws, skin, punctures, patient = inputs(count)
    measured("one person, one session (first: compile or load)", lambda: heal(
        [inputs(1)[2]], [0.0], inputs(1)[1], patient, HORIZON, inputs(1)[0]))
    lanes = 4 * count
    p = np.repeat(constants(skin, patient, draws)[0], 4, axis=0)
    y = kernel.untreated(p)
    kernel.session(y, p, np.full(lanes, 0.24), np.full(lanes, 0.09))
    grid = np.linspace(1.0, HORIZON, 120)
    steps = kernel.integrate(y, p, HORIZON, grid, RTOL, ATOL, LOWEST)[3]
    print(f"steps after one session over a year: mean {steps.mean():.0f}, most {steps.max()}")
    measured(f"{lanes} lanes, one session, 365 d", lambda: kernel.integrate(y, p, HORIZON, grid, RTOL, ATOL, LOWEST))
    measured(f"{count} draws x 2 zones x 4 layers x 4 sessions, whole stage", lambda: [
        heal([punctures] * len(DAYS), DAYS, skin, patient, HORIZON, draws) for _ in range(2)])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
