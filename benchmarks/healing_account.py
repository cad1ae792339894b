"""What the healing network says of itself: order of events, gain, schedules, and the rows that it misses.

Run: python benchmarks/healing_account.py > docs/healing-account.md (a minute). One needle of 0.25 mm reaches every layer;
the skin is a cheek of 40 years. Bands are 5 to 95 % of the possible people.
"""

from __future__ import annotations

import math

import numpy as np

from dermatwin.case.document import Patient
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import LAYERS, Punctures, TissueHistory
from dermatwin.healing import heal
from dermatwin.healing.tissue import myofibroblast_ratio
from dermatwin.history import stranger
from dermatwin.skin.section import Skin
from dermatwin.validation import validate

PEOPLE, PAPILLARY = 200, 1
DENSITIES = (250.0, 1000.0)
COURSES = ((1, 28.0), (4, 28.0), (6, 28.0), (6, 14.0), (12, 7.0), (20, 3.0))
EVENTS = (
    "neutrophils",
    "macrophages_m1",
    "macrophages_m2",
    "tgf_beta_1",
    "tgf_beta_3",
    "vegf",
    "vessels",
    "fibroblasts",
    "myofibroblasts",
    "collagen_iii",
    "collagen_i",
    "tropoelastin",
)
WEEKS = (13, 26, 52)


def main() -> None:
    """Print every table."""
    draws = Draws(Evidence.packaged(), Luck(3, PEOPLE))
    print(
        "# What the healing network says of itself\n\nMade by `python benchmarks/healing_account.py`. Medians with 5 to "
        f"95 % of {PEOPLE} possible people; papillary dermis of a cheek of 40 years.\n"
    )
    events(draws)
    courses(draws)
    misses()


def events(draws: Draws) -> None:
    """Days of the peaks after one session, within the halos."""
    history = course(DENSITIES[0], 1, 28.0, draws, 370.0)
    print(f"## Order of events after one session, {DENSITIES[0]:.0f}/cm2\n\n| state | day of its peak |\n|---|---|")
    for name in EVENTS:
        values = history.state(name)[:, PAPILLARY]
        print(f"| {name} | {band(history.time[values.argmax(axis=1)])} |")
    print()


def courses(draws: Draws) -> None:
    """Gains and alarm of series."""
    print("## Series: change of the layer after the last session [%]\n")
    print(
        f"| punctures/cm2 | sessions | {' | '.join(f'collagen, week {week}' for week in WEEKS)} | epidermis, week 13 "
        "| elastin, week 26 | myofibroblasts per fibroblast | people with the alarm |"
    )
    print(f"|---|---|{'---|' * (len(WEEKS) + 4)}")
    for density in DENSITIES:
        for sessions, interval in COURSES:
            history = course(density, sessions, interval, draws, 370.0)
            gains = [band(change(history, "collagen", week)) for week in WEEKS]
            ratio = myofibroblast_ratio(history.state("fibroblasts"), history.state("myofibroblasts"))[:, PAPILLARY]
            share = np.mean(ratio > draws.median("alarm_fraction", "1"))
            every = "" if sessions == 1 else f", every {interval:.0f} d"
            print(
                f"| {density:.0f} | {sessions}{every} | {' | '.join(gains)} | {band(change(history, 'epidermis', 13))} "
                f"| {band(change(history, 'elastin', 26))} | {band(ratio)} | {100.0 * share:.0f} % |"
            )
    print("\nMore sessions in less time give more collagen and more myofibroblasts: haste is paid with the alarm.\n")


def misses() -> None:
    """Rows outside their band, and directions that are wrong."""
    scored = validate(draws=PEOPLE, seed=1)["files"]["healing_timecourse.csv"]
    inside, right = 100.0 * scored["coverage_90"], 100.0 * scored["sign_accuracy"]
    print(
        f"## Rows that are missed\n\n{scored['scored']} of {scored['rows']} rows are predicted, each by a fit that did "
        f"not see its study; {inside:.0f} % lie within nine tenths of the people, {right:.0f} % of signs are right.\n"
    )
    print("| study | what | measured | predicted |\n|---|---|---|---|")
    for one in scored["predictions"]:
        if one["inside"] and one["sign_right"] is not False:
            continue
        bound = {"upper": "at most ", "lower": "at least "}.get(one["bound"] or "", "")
        print(
            f"| {one['source']} | {one['quantity']} | {bound}{one['measured']:.3g} | {one['median']:.3g} "
            f"({one['p05']:.3g} to {one['p95']:.3g}) |"
        )


def course(density: float, sessions: int, interval: float, draws: Draws, after: float) -> TissueHistory:
    """A series with a year behind it."""
    one, needles = np.ones(PEOPLE), np.ones((PEOPLE, 2))
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
        40.0,
        "female",
        "III",
        False,
        one,
    )
    punctures = Punctures(
        "cheek",
        1,
        density * one,
        density * one,
        one,
        needles,
        needles,
        needles,
        0.124 * needles,
        needles,
        np.ones((PEOPLE, len(LAYERS))),
        0.0 * one,
    )
    person = Patient.model_validate({"age": "40 yr", "sex": "female", "phototype": "III"})
    days = [interval * number for number in range(sessions)]
    return heal([punctures] * sessions, days, skin, stranger(person, draws.evidence), days[-1] + after, draws)


def change(history: TissueHistory, name: str, week: float) -> np.ndarray:
    """Change of the layer's mean so many weeks after the last session [%], (draw,)."""
    day = history.sessions[-1] + 7.0 * week
    return np.array(
        [100.0 * (np.interp(day, history.time, values) / values[0] - 1.0) for values in history.mean(name)[:, PAPILLARY]]
    )


def band(values: np.ndarray) -> str:
    """Median and nine tenths, three figures."""
    low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95))
    scale = max(abs(low), abs(high))
    digits = max(0, 1 - math.floor(math.log10(scale))) if scale else 0
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


if __name__ == "__main__":
    main()
