"""Is the law of halos true? Mean gains of a layer by `healing.injury` against the same network solved in space.

Run: python benchmarks/halo.py > docs/benchmarks-halo.md. One session, needle of 0.25 mm, median constants; holes thrown
at random into periodic windows, about fifty per window, as many windows as given (default 5; some minutes on two cores).
"""

from __future__ import annotations

import argparse

import numpy as np

from dermatwin.case.document import Patient
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import LAYERS, Punctures
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.injury import injury_of
from dermatwin.healing.patch import Needling, follow, slab_of
from dermatwin.healing.person import constants
from dermatwin.history import stranger
from dermatwin.skin.section import Skin

RADIUS, HOLES = 0.062, 50  # mm, per window
DENSITIES = (50.0, 100.0, 250.0, 500.0, 1000.0)
READ = {"collagen": (90.0, 180.0), "epidermis": (28.0, 60.0)}
DAYS = (28.0, 60.0, 90.0, 180.0)
CELLS = (0.08, 0.05)  # mm: at most, and in the densest field


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--windows", type=int, default=5)
    windows = options.parse_args().windows
    draws = Draws(Evidence.packaged(), Luck(3, 1, frozenset()))
    values = median(draws)
    print(
        f"# The law of halos against the patch\n\nMade by `python benchmarks/halo.py --windows {windows}`. Gain over the "
        "papillary dermis and the epidermis, mean and standard error over windows of random holes; `law` is the "
        "homogenised model's gain over the patch's, minus 1.\n"
    )
    heads = [f"{what} {day:.0f} d | law" for what, days in READ.items() for day in days]
    print(f"| punctures/cm2 | {' | '.join(heads)} |\n|---{'|---|---' * len(heads)}|")
    for density in DENSITIES:
        space = np.array([in_space(density, number, values, draws) for number in range(windows)])
        ratio = homogenised(density, values, draws) / space.mean(axis=0) - 1.0
        error = space.std(axis=0, ddof=1) / np.sqrt(windows) if windows > 1 else np.zeros(space.shape[1])
        cells = [
            f"{100.0 * gain:.2f} +- {100.0 * e:.2f} % | {100.0 * r:+.0f} %"
            for gain, e, r in zip(space.mean(axis=0), error, ratio, strict=True)
        ]
        print(f"| {density:.0f} | {' | '.join(cells)} |", flush=True)


def median(draws: Draws) -> np.ndarray:
    """Constants of median skin of 25 years, (1, constant)."""
    one = np.ones(1)
    skin = Skin(
        "cheek",
        "cheek",
        "human",
        True,
        0.012 * one,
        0.08 * one,
        0.2 * one,
        1.5 * one,
        one,
        0.1 * one,
        10 * one,
        32 * one,
        one,
        25.0,
        "female",
        "III",
        False,
        one,
    )
    return constants(
        skin, stranger(Patient.model_validate({"age": "25 yr", "sex": "female", "phototype": "III"}), draws.evidence), draws
    )[0]


def in_space(density: float, seed: int, values: np.ndarray, draws: Draws) -> np.ndarray:
    """Gains as `READ` orders them, of one window."""
    side = 10.0 * np.sqrt(HOLES / density)
    cells = int(np.ceil(side / (CELLS[1] if density > 500.0 else CELLS[0])))
    places = np.random.default_rng(seed).uniform(0.0, side, (HOLES, 2))
    session = Needling(0.0, places, np.full(HOLES, RADIUS), np.full(HOLES, np.inf))
    field = follow(slab_of(side, cells, "papillary_dermis", values, draws), [session], DAYS)
    return np.array([field.mean(what)[DAYS.index(day)] - 1.0 for what, days in READ.items() for day in days])


def homogenised(density: float, values: np.ndarray, draws: Draws) -> np.ndarray:
    """The same gains by the law of halos."""
    one, needle = np.ones(1), np.ones((1, 1))
    injury = injury_of(
        Punctures(
            "cheek",
            1,
            density * one,
            density * one,
            one,
            needle,
            needle,
            needle,
            2.0 * RADIUS * needle,
            needle,
            np.ones((1, len(LAYERS))),
            0.0 * one,
        ),
        draws,
    )
    y = kernel.untreated(values)
    kernel.session(y, values, injury.activation[:, 1], injury.destroyed_share[:, 1])
    states = kernel.integrate(y, values, DAYS[-1], np.array(DAYS), 1e-9, 1e-11, -1e-6)[1][0]
    gains = {
        "collagen": kernel.collagen(states, values) - 1.0,
        "epidermis": states[:, kernel.STATES.index("epidermis")] - 1.0,
    }
    return injury.activated_fraction[0, 1] * np.array(
        [gains[what][DAYS.index(day)] for what, days in READ.items() for day in days]
    )


if __name__ == "__main__":
    main()
