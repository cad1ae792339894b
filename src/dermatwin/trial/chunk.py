"""One chunk of the pool: some people under every arm, through the whole chain, down to what a trial is drawn from.

People of one kind are computed together. What nobody knows is at its median, or shared by the people of a world. A chunk
depends on what is in its task and on nothing else: not on other chunks, nor on who computes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .. import outcome
from ..case import Case
from ..core.chance import Luck
from ..core.vocabulary import SOURCES
from ..evidence import Draws
from ..flows import Reading, TissueHistory
from ..history import person_in
from ..outcome.prediction import effects
from ..population import draw_people
from ..twin.reading import course_of
from ..twin.resolve import resolve
from ..twin.stages import run_zone, untold, usual_course
from .eligible import Kind, band_width, kinds_of, patient_of
from .planned import Plan

BATCH = 250  # numerical: people of a kind who are computed at once
KNOWN = frozenset(SOURCES) - {"knowledge"}
MEAN, PAIN, DOWNTIME, SPREAD = "mean", "pain", "downtime", "spread"
_READ = {"pain_vas": PAIN, "downtime_makeup": DOWNTIME}

Table = dict[str, np.ndarray]


@dataclass(frozen=True)
class Task:
    """What is computed of every chunk."""

    plan: Plan
    seed: int
    drawn: bool  # what nobody knows: a world for each lot, or the median


@dataclass(frozen=True)
class Chunk:
    """Some people of the pool: their numbers in the population, and in which world each lives."""

    number: int
    people: tuple[int, ...]
    worlds: tuple[int, ...]


def column(arm: str, what: str, at: float | None = None) -> str:
    """The name of a column of the pool."""
    return f"{arm}|{what}" if at is None else f"{arm}|{what}|{at:g}"


def computed(task: Task, chunk: Chunk) -> Table:
    """The table of a chunk, one row a person, in their order."""
    plan, people = task.plan, draw_people(task.plan.preset, Luck(task.seed, len(chunk.people), people=chunk.people))
    width = band_width(plan)
    table: Table = {"person": people.number, "world": np.array(chunk.worlds)}
    for kind, places in _together(kinds_of(people, width)):
        for start in range(0, len(places), BATCH):
            some = places[start : start + BATCH]
            _put(table, some, _batch(task, kind, chunk, some, width))
    return table


def _together(kinds: list[Kind]) -> list[tuple[Kind, np.ndarray]]:
    """The places of the people of each kind."""
    places: dict[Kind, list[int]] = {}
    for place, kind in enumerate(kinds):
        places.setdefault(kind, []).append(place)
    return [(kind, np.array(places[kind])) for kind in sorted(places)]


def _put(table: Table, places: np.ndarray, found: Mapping[str, np.ndarray]) -> None:
    """Lay what was computed of some people into the table."""
    size = len(table["person"])
    for name, values in found.items():
        if name not in table:
            table[name] = np.full(size, np.nan)
        table[name][places] = values


def _batch(task: Task, kind: Kind, chunk: Chunk, places: np.ndarray, width: float) -> Table:
    """People of one kind under every arm."""
    plan = task.plan
    patient = patient_of(kind, plan, width)
    luck = Luck(
        task.seed,
        len(places),
        frozenset(SOURCES) if task.drawn else KNOWN,
        people=tuple(chunk.people[place] for place in places),
        worlds=tuple(chunk.worlds[place] for place in places),
    )
    draws = Draws(plan.evidence, luck)
    usual = usual_course(draws)
    found: Table = {SPREAD: effects(draws, plan.exclude).people}
    for arm, case in plan.cases.items():
        own = case.model_copy(update={"patient": patient})
        found |= {column(arm, *where): values for where, values in _read(own, plan, draws, usual).items()}
    return found


def _read(case: Case, plan: Plan, draws: Draws, usual: TissueHistory) -> dict[tuple[str, float | None], np.ndarray]:
    """What one arm comes to: mean improvement on every day that is read, pain and downtime of every session."""
    (zone,), who = resolve(case, plan.evidence), person_in(case, plan.evidence)
    run = run_zone(case, who, zone, draws, untold)
    belief = outcome.Belief(draws, plan.exclude, usual)
    read = outcome.read_out(run.zone, who, run.skin, course_of(case, run), belief, also=plan.reading_days, parts=frozenset())
    failed = (run.history.status != 0).any(axis=1)
    found: dict[tuple[str, float | None], np.ndarray] = {}
    for reading in read.readings:
        where = _where(reading, plan)
        if where is not None:
            found[where] = np.where(failed, np.nan, reading.values)
    return found


def _where(reading: Reading, plan: Plan) -> tuple[str, float | None] | None:
    """Where a reading is kept; None of what a trial does not need."""
    if reading.quantity == "trial_mean_relative_improvement":
        return (MEAN, reading.time) if reading.time in plan.reading_days else None
    session = reading.detail.session
    return (_READ[reading.quantity], float(session)) if reading.quantity in _READ and session is not None else None
