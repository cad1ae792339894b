# ruff: noqa: E402  threads are counted before anything is compiled
"""How fast the healing network is run for many people, beside libRoadRunner and SciPy, and with what error.

Run: python benchmarks/healing.py [--lanes N] [--people N] [--cold] [--write FILE]. Everything runs in one session of the
machine, ours and theirs by turns, each on both cores. `--write` makes the page docs/benchmarks-healing.md of it.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

CORES = 2
os.environ.setdefault("NUMBA_NUM_THREADS", str(CORES))

import numpy as np
from healing_rivals import Answer, Course, lsoda_answer, own, roadrunner_answer

from dermatwin.case.document import Patient
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import LAYERS, Punctures
from dermatwin.healing import heal
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.course import time_grid
from dermatwin.healing.person import constants
from dermatwin.healing.tissue import ATOL, LOWEST, RTOL
from dermatwin.history import stranger
from dermatwin.skin.section import Skin

DAYS = (0.0, 28.0, 56.0, 84.0)
HORIZON = 365.0
CHUNK = 2000  # lanes at a time
GROUP = 125  # people at a time
TARGET = 100_000
OWN = ((RTOL, ATOL), (1e-5, 1e-8))
LADDER = ((1e-3, 1e-5), (1e-4, 1e-7), (1e-5, 1e-8), (3e-6, 3e-9), (1e-6, 1e-9), (1e-6, 1e-12))
RIVALS: dict[str, tuple[tuple[str, ...], Callable[..., Answer], str]] = {
    "libRoadRunner": (("roadrunner", "antimony"), roadrunner_answer, "pip install libroadrunner antimony"),
    "SciPy LSODA": (("scipy",), lsoda_answer, "pip install scipy"),
}


@dataclass
class Row:
    """One line of the table: lane-years per second by the clock and by processor time, largest and median error."""

    who: str
    setting: str
    rate: float
    per_core: float
    worst: float
    typical: float

    def line(self, ours: Row) -> str:
        own = f"| {self.who} | {self.setting} | {self.worst:.1e} | {self.typical:.1e} | "
        own += f"{self.rate:,.0f} | {self.per_core:,.0f} | "
        return own + f"{ours.rate / self.rate:,.0f} | {ours.per_core / self.per_core:,.0f} |"


def inputs(count: int, seed: int = 1) -> tuple[Draws, Skin, Punctures, Patient]:
    draws = Draws(Evidence.packaged(), Luck(seed, count))
    one, needles = np.ones(count), np.ones((count, 4))
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
        35.0,
        "female",
        "III",
        False,
        one,
    )
    punctures = Punctures(
        "cheek",
        1,
        250 * one,
        250 * one,
        one,
        needles,
        needles,
        0.25 * needles,
        0.125 * needles,
        needles,
        np.ones((count, len(LAYERS))),
        0 * one,
    )
    return draws, skin, punctures, Patient.model_validate({"age": "35 yr", "sex": "female", "phototype": "III"})


def course_of(count: int) -> Course:
    """One lane for each of so many people: a layer of skin at the point that each of four monthly sessions hits."""
    draws, skin, _, patient = inputs(count)
    luck = np.random.default_rng(1)
    return Course(
        constants(skin, stranger(patient, draws.evidence), draws)[0],
        luck.uniform(0.08, 0.3, count),
        luck.uniform(0.03, 0.1, count),
        DAYS,
        HORIZON,
        time_grid(DAYS, HORIZON, ())[1:],
    )


def errors(found: np.ndarray, exact: np.ndarray) -> tuple[float, float]:
    """Largest error of any lane, and the median lane's largest; each state relative to its own peak."""
    scale = np.maximum(np.abs(exact).max(axis=1, keepdims=True), 1e-3)
    each = (np.abs(found - exact) / scale).max(axis=(1, 2))
    return float(each.max()), float(np.median(each))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    begin, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - spent


def own_row(course: Course, many: Course, exact: np.ndarray, setting: tuple[float, float]) -> Row:
    found = own(course, *setting, LOWEST)
    wall, spent = timed(lambda: own(many, *setting, LOWEST))
    return Row("dermatwin", f"{setting[0]:g} / {setting[1]:g}", CHUNK / wall, CORES * CHUNK / spent, *errors(found, exact))


def side_by_side(count: int, rounds: int = 3) -> tuple[list[Row], float]:
    """Ours and every rival's whole ladder by turns, the best of the rounds for each; and the error of the reference."""
    course, many = course_of(count), course_of(CHUNK)
    exact = own(course, 1e-11, 1e-13, LOWEST)
    best: dict[tuple[str, str], Row] = {}

    def keep(row: Row) -> None:
        known = best.setdefault((row.who, row.setting), row)
        known.rate, known.per_core = max(known.rate, row.rate), max(known.per_core, row.per_core)

    def ours() -> None:
        for setting in OWN:
            keep(own_row(course, many, exact, setting))

    with ProcessPoolExecutor(CORES, get_context("spawn")) as pool:
        check = lsoda_answer(course.part(slice(0, 4)), 1e-11, 1e-13)[0]
        for _ in range(rounds):
            ours()
            for name, (_, run, _) in RIVALS.items():
                for setting in LADDER if available(name) else ():
                    keep(rival_row(pool, name, run, course, exact, setting))
                ours()
    return list(best.values()), errors(check, exact[:4])[0]


def available(name: str) -> bool:
    return all(importlib.util.find_spec(module) for module in RIVALS[name][0])


def rival_row(
    pool: ProcessPoolExecutor,
    name: str,
    run: Callable[..., Answer],
    course: Course,
    exact: np.ndarray,
    setting: tuple[float, float],
) -> Row:
    """Half of the lanes in each of two processes that run at the same time."""
    half = len(course.p) // CORES
    jobs = [pool.submit(run, course.part(slice(i * half, (i + 1) * half)), *setting) for i in range(CORES)]
    answers = [job.result() for job in jobs]
    found = np.concatenate([answer[0] for answer in answers])
    return Row(
        name,
        f"{setting[0]:g} / {setting[1]:g}",
        sum(half / answer[1] for answer in answers),
        len(found) / sum(answer[2] for answer in answers) * CORES,
        *errors(found, exact[: len(found)]),
    )


def matched(ours: Row, rows: list[Row], name: str) -> Row | None:
    """The rival's setting nearest to our error among those where neither of its errors is smaller than ours."""
    worse = [row for row in rows if row.who == name and row.typical >= ours.typical and row.worst >= ours.worst]
    return min(worse, key=lambda row: row.typical, default=None)


def comparison(ours: Row, rows: list[Row]) -> str:
    found = [
        f"{ours.rate / row.rate:.0f} times as fast as {name} at {row.setting} by the clock, "
        f"{ours.per_core / row.per_core:.0f} times by processor time"
        for name in RIVALS
        if (row := matched(ours, rows, name))
    ]
    return f"- at {ours.setting}: " + "; ".join(found)


def lanes_a_year(count: int) -> tuple[float, float]:
    """Seconds for so many lanes of a year, four sessions, all states at all times; and processor time."""
    course = course_of(CHUNK)
    own(course, RTOL, ATOL, LOWEST)
    return timed(lambda: [own(course, RTOL, ATOL, LOWEST) for _ in range(count // CHUNK)])


def people_a_year(count: int) -> tuple[float, float]:
    """Seconds for so many people as the twin runs them, everything but drawing the skin: `heal`, group by group."""
    draws, skin, punctures, patient = inputs(GROUP)
    heal([punctures] * len(DAYS), DAYS, skin, stranger(patient, draws.evidence), HORIZON, draws)

    def group(seed: int) -> None:
        heal(
            [punctures] * len(DAYS),
            DAYS,
            skin,
            stranger(patient, draws.evidence),
            HORIZON,
            Draws(draws.evidence, Luck(seed, GROUP)),
        )

    return timed(lambda: [group(seed) for seed in range(1, count // GROUP + 1)])


def cold() -> list[float]:
    """Seconds from an empty cache and from a full one by the clock, then by processor time: import, first lane."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import healing as h; h.own(h.course_of(1), 1e-5, 1e-7, -1e-6)"
    clock, spent = [], []
    with tempfile.TemporaryDirectory() as cache:
        for _ in range(2):
            before = getrusage(RUSAGE_CHILDREN)
            clock.append(
                timed(
                    lambda: subprocess.run(
                        [sys.executable, "-c", code, str(Path(__file__).parent)],
                        check=True,
                        env={**os.environ, "NUMBA_CACHE_DIR": cache},
                    )
                )[0]
            )
            after = getrusage(RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return clock + spent


def report(given: argparse.Namespace) -> str:
    load = os.getloadavg()[0]
    rows, doubt = side_by_side(given.side)
    lanes, lanes_cpu = lanes_a_year(given.lanes)
    people, people_cpu = people_a_year(given.people)
    start = (
        [
            "A first run in a fresh process takes {:.0f} s from an empty cache and {:.1f} s from a full one by the clock, "
            "{:.0f} s and {:.1f} s of processor time, imports included.".format(*cold())
        ]
        if given.cold
        else []
    )
    missing = [f"{name} is not installed ({RIVALS[name][2]}): left out." for name in RIVALS if not available(name)]
    _, _, status, steps = kernel.integrate(*_after_one_session(), HORIZON, np.array([HORIZON]), RTOL, ATOL, LOWEST)
    found = "\n".join(comparison(row, rows) for row in rows if row.who == "dermatwin")
    return PAGE.format(
        cores=os.cpu_count(),
        before=load,
        after=os.getloadavg()[0],
        table="\n".join(row.line(rows[0]) for row in rows),
        found=found,
        doubt=doubt,
        side=given.side,
        chunk=CHUNK,
        steps=steps.mean(),
        most=steps.max(),
        failed=int((status != 0).sum()),
        lanes=given.lanes,
        lane_wall=lanes * TARGET / given.lanes,
        lane_cpu=lanes_cpu * TARGET / given.lanes / CORES,
        people=given.people,
        people_wall=people * TARGET / given.people,
        people_cpu=people_cpu * TARGET / given.people / CORES,
        group=GROUP,
        notes="\n".join([*start, *missing]),
        states=len(kernel.STATES),
        times=course_of(1).times.size,
    )


def _after_one_session() -> tuple[np.ndarray, np.ndarray]:
    course = course_of(CHUNK)
    y = kernel.untreated(course.p)
    kernel.session(y, course.p, course.activation, course.destroyed)
    return y, course.p


PAGE = """# Healing: how fast, beside whom, with what error

Written by `python benchmarks/healing.py --cold --write docs/benchmarks-healing.md`; nothing here is typed by hand. The
rivals are installable packages, `pip install libroadrunner antimony` and `pip install scipy`; one that is missing is left
out with a line that says so. {cores} cores, load {before:.1f} before and {after:.1f} after. Other work on the machine slows
everybody's clock; processor time is the fairer measure then, and both are given.

## Side by side

A lane-year is one layer of one person at a point that all of four monthly sessions hit, over 365 days: {states} states at
{times} times. Ours runs {chunk} lanes at a time on two threads ({failed} of them failed), a rival {side} lanes in two
processes; errors are those of the same {side} people. Rivals get whole vectors of constants and states, the sessions between
two calls instead of as events to be searched for, compilation and start-up for nothing. The same model file, through
Antimony and SBML, feeds libRoadRunner (CVODE, BDF); LSODA gets our own compiled rates and Jacobian. Error: largest
difference of any state at any time from our own answer at a tolerance of 1e-11, over the state's peak (LSODA at that
tolerance differs from it by {doubt:.0e} in four people). Best of three rounds, ours and theirs by turns.

- *error*: of the worst lane, and of the median lane
- *per s*: lane-years per second by the clock on two cores; *alone*: by processor time, as if nothing else ran there
- *ratio*: of our first line's speed to this line's, by the clock and by processor time

| program | relative / absolute tolerance | error, worst | error, median | per s | alone | ratio | ratio, alone |
|---|---|---|---|---|---|---|---|
{table}

Against the setting of each rival that comes nearest and where neither error is smaller than ours:

{found}

## A hundred thousand person-years

A *lane* is one layer of one person at one kind of point, four sessions, all states kept at all times. A *person* is what the
twin runs for one zone: four layers of three pieces of tissue (12 lanes), four sessions, constants drawn, means, collagen,
gap and checks (`heal`, {group} people at a time).

| unit | run | 100 000 by the clock | processor time for 100 000, shared by two cores |
|---|---|---|---|
| lane | {lanes} | {lane_wall:.1f} s | {lane_cpu:.1f} s |
| person | {people} | {people_wall:.0f} s | {people_cpu:.0f} s |

Lanes run on both cores nearly all the time. Of a person, constants are drawn on one core, so that one process needs more
than the last column even on an idle machine; two processes, each with half of the people, do not.

A year after one session takes {steps:.0f} steps in the mean and {most} at most.

{notes}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=64, help="people that every program runs")
    parser.add_argument("--lanes", type=int, default=20_000, help="lanes for the first line of the second table")
    parser.add_argument("--people", type=int, default=2_000, help="people for its second line")
    parser.add_argument("--cold", action="store_true", help="measure the compilation too")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page")
    given = parser.parse_args()
    page = report(given)
    print(page)
    if given.write:
        given.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
