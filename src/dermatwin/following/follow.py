"""`follow(case)`: a course that is under way, seen beside the twin.

    observations -> asked about, judged -> weights of possible people -> forecast before and after, next measurement
    symptoms     -> reassure, contact, urgent

The people are those of `simulate(case as it was held, draws, seed)`. An observation gives each of them a weight, by how well
he would have shown it; nothing else about him changes, and nothing that all people share is learnt from one. More people are
drawn while too few speak, then the weights are tempered (`weights`). The old forecast is kept beside the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import numpy as np

from ..case import Case
from ..core.chance import Luck
from ..core.errors import CaseError, Fault
from ..core.units import factor
from ..evidence import Evidence
from ..naming import Name
from ..screening import Screening, screen
from ..twin import Run
from ..twin.simulate import Progress, untold
from .coming import Coming, best, narrowing
from .forecast import Foreseen, Moved, foresee, moved
from .held import Course, as_held
from .judged import BAND, Judged, judge
from .measure import measures, scale_of, step_of
from .people import ALL, Ask, People
from .predicted import before
from .seen import Seen, seen_in
from .triage import Level, Triage, gravest, triage
from .wanted import Wanted, now_of
from .weights import Reading, Weighed, effective, equal, log_likelihood, quantiles, resampled, weigh

LEAST = 60.0  # numerical: people who have to speak, three beyond each end of a band of 90 %
PEOPLE = 400  # numerical: to begin with
PART = 0.2  # numerical: of few people, that have to speak
MOST = 4  # numerical: times as many people as were asked for are drawn at most


@dataclass(frozen=True)
class Follow:
    """A course under way. `weights` (draw,) are those of her among the people 0 to draws - 1 of the seed.

    done : planned numbers of the sessions that were held until now. asked : observations that are asked about before they
    count. forecast : the same numbers before and after. coming : what to measure next. run : the first of the people.
    """

    case: Case  # as it was held
    planned: Case  # as it was handed in
    screening: Screening
    draws: int
    seed: int
    weights: np.ndarray = field(repr=False)
    weighed: Weighed = field(repr=False)
    done: tuple[int, ...]
    day: float  # until which something is known
    observations: tuple[Judged, ...]
    forecast: tuple[Foreseen, ...]
    moved: tuple[Moved, ...]
    awaited: str
    coming: tuple[Coming, ...]
    triage: tuple[Triage, ...]
    asked: tuple[Fault, ...]
    run: Run = field(repr=False)
    courses: tuple[CourseBand, ...] = field(default=(), repr=False)

    @property
    def level(self) -> Level | None:
        """The gravest thing that symptoms ask for."""
        return gravest(self.triage)

    def like_her(self, count: int) -> tuple[int, ...]:
        """Numbers of `count` people of the seed who stand for her, in an order of luck."""
        return tuple(int(number) for number in resampled(self.weights, count, Luck(self.seed, count)))

    @property
    def effective(self) -> float:
        """How many people speak for her."""
        return self.weighed.effective


@dataclass(frozen=True)
class CourseBand:
    """A quantity of a zone over days, before and after: arrays (band, day), with what was observed of it."""

    name: Name
    title: str
    zone: str
    unit: str
    days: np.ndarray
    before: np.ndarray
    after: np.ndarray
    observations: tuple[Judged, ...]


def follow(
    case: Case,
    draws: int | tuple[int, int] = PEOPLE,
    seed: int = 1,
    *,
    today: date | None = None,
    latest: date | None = None,
    awaited: str | None = None,
    progress: Progress | None = None,
    evidence: Evidence | None = None,
) -> Follow:
    """Follow a course.

    Parameters
    ----------
    case : with what was observed, noted and held.
    draws : people to begin with, and at most: more are drawn while fewer than sixty speak; at most four times as many
        where one number is given.
    seed : as in `simulate`: the same people.
    today : the day on which this is asked; what is noted for a later day is a fault, and sessions until it were held. Left
        out, the day of the last thing that was told.
    latest : a day that today cannot lie behind, such as that of the clock: what is noted for a later one is a fault.
    awaited : the result that the next measurement is to narrow, such as 'relative_improvement[acne_scar]'; left out, the
        result of the first concern, else how long redness lasts after the next session.

    Raises
    ------
    CaseError : for what cannot be, each fault with its place. What can be and hardly ever is stands in `asked` instead.
    """
    believed = evidence or Evidence.packaged()
    course = as_held(case)
    seen, faults = seen_in(course, believed, today or latest)
    if faults:
        raise CaseError(faults)
    now, zones = now_of(course, seen, today), [zone.key for zone in case.zones if zone.treated]
    wanted = Wanted.of(course, seen, now, zones, believed)
    people = People(course.case, seed, believed, wanted.every, progress or untold)
    first, most = draws if isinstance(draws, tuple) else (draws, MOST * draws)
    people.grow(first)
    judged = _judged(people, wanted, seen)
    learnt = [one for one in judged if one.learnt]
    weighed = _learn(people, wanted, learnt, most)
    old = equal(people.count)
    judged = _judged(people, wanted, seen, frozenset(one.seen.number for one in learnt))
    forecast = _forecast(people, wanted, old, weighed.weights)
    target = _awaited(awaited, forecast, course)
    assert people.last is not None
    still = partial(_still, people, wanted, weighed.weights)
    return Follow(
        course.case,
        case,
        screen(course.case, believed),
        people.count,
        seed,
        weighed.weights,
        weighed,
        tuple(course.planned[n] for n, day in enumerate(course.days) if day <= now),
        now,
        judged,
        forecast,
        moved(people.read([(one.seen.name, one.seen.zone) for one in learnt]), weighed.weights, believed) if learnt else (),
        target.title if target is not None else "",
        _coming(people, wanted, target, weighed.weights, believed),
        triage(course.case, believed, still, course.days),
        tuple(one.asked for one in judged if one.asked is not None),
        people.last,
        _courses(people, wanted, old, weighed.weights, judged),
    )


# ---- what is made of it ------------------------------------------------------------------------------------------------


def _judged(people: People, wanted: Wanted, seen: Sequence[Seen], kept: frozenset[int] | None = None) -> tuple[Judged, ...]:
    """Every observation beside people like her; `kept` are those that were learnt from, whatever more people would say."""
    old = equal(people.count)
    found = [judge(one, people.values(wanted.seen[one.number]), old, people.evidence) for one in seen]
    if kept is None:
        return tuple(found)
    return tuple(_settled(one, one.seen.number in kept) for one in found)


def _settled(one: Judged, learnt: bool) -> Judged:
    """The same question as when it was decided what to learn from."""
    return replace(one, asked=None) if learnt else one


def _learn(people: People, wanted: Wanted, learnt: Sequence[Judged], most: int) -> Weighed:
    """Weights of all people drawn; more are drawn while too few speak."""
    if not learnt:
        return Weighed(equal(people.count), float(people.count), 1.0)
    readings = [one.seen.reading for one in learnt]
    assert all(reading is not None for reading in readings)
    while True:
        predicted = [people.values(wanted.seen[one.seen.number]) for one in learnt]
        likelihood = log_likelihood(readings, predicted, people.count)  # pyright: ignore[reportArgumentType]
        known = np.isfinite(likelihood)
        raised = np.where(known, np.exp(np.where(known, likelihood, 0.0) - likelihood[known].max(initial=-np.inf)), 0.0)
        enough = known.any() and effective(raised / raised.sum()) >= LEAST
        if enough or 2 * people.count > most:
            return weigh(likelihood, min(LEAST, PART * people.count))
        people.grow(people.count)


def _forecast(people: People, wanted: Wanted, old: np.ndarray, new: np.ndarray) -> tuple[Foreseen, ...]:
    found: list[Foreseen] = []
    for ask in wanted.forecast:
        values = people.values(ask)
        if values is not None and np.isfinite(values).any():
            found.append(foresee(ask, values, old, new, _title(ask, people.evidence), people.evidence))
    return tuple(found)


def _title(ask: Ask, evidence: Evidence) -> str:
    row, quantity = measures(evidence).get(ask.name.quantity), evidence.quantities[ask.name.quantity]
    title = row.label if row is not None else quantity.title[:1].lower() + quantity.title[1:]
    if ask.name.detail.session is not None:
        return f"{title}, session {ask.name.detail.session}"
    about = ask.name.detail.text.replace("_", " ")
    return f"{title} ({about})" if about else title


def _awaited(wanted: str | None, forecast: Sequence[Foreseen], course: Course) -> Foreseen | None:
    """The result that the next measurement is to narrow."""
    if wanted is not None:
        found = next((one for one in forecast if one.name.text == wanted), None)
        if found is None:
            known = ", ".join(dict.fromkeys(one.name.text for one in forecast))
            raise CaseError([Fault("--awaited", wanted, f"is not foreseen here; one of {known}")])
        return found
    results = [one for one in forecast if one.name.quantity == "relative_improvement"]
    later = [one for one in forecast if one.name.quantity == "redness_duration"]
    return next(iter((*results, *reversed(later))), None)


def _coming(
    people: People, wanted: Wanted, target: Foreseen | None, weights: np.ndarray, evidence: Evidence
) -> tuple[Coming, ...]:
    if target is None:
        return ()
    awaited = next(
        values
        for ask in wanted.forecast
        if (ask.name, ask.zone, ask.session) == (target.name, target.zone, target.session)
        and (values := people.values(ask)) is not None
    )
    ranked = _ranked(awaited)
    found: list[Coming] = []
    for ask in wanted.coming:
        values, reading = people.values(ask), _usual(ask, people, evidence)
        if values is None or reading is None:
            continue
        noise = Luck(people.seed, people.count, ALL).normal("chance", "follow reading", 0)[:, 0]
        narrowed = narrowing(ranked, reading[0], values, weights, noise)
        found.append(Coming(ask, _title(ask, evidence), reading[1], narrowed))
    return best(found)


def _ranked(values: np.ndarray) -> np.ndarray:
    """Normal scores by rank, NaN where there is no number."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    good = np.isfinite(values)
    ranked = np.full(values.shape, np.nan)
    ranked[good] = ndtri((rankdata(values[good]) - 0.5) / good.sum())
    return ranked


def _usual(ask: Ask, people: People, evidence: Evidence) -> tuple[Reading, str] | None:
    """A reading by who usually reads such a thing."""
    row = measures(evidence).get(ask.name.quantity)
    if row is None:
        return None
    scale = scale_of(ask.name.quantity, ask.name.detail.scale, evidence)
    start = before(people.case.zone(ask.zone), ask.name.detail.scale, evidence)
    size = 1.0 if scale is None else step_of(scale, start, evidence)
    scaled = size if row.form == "steps" else 1.0
    chance = 0.0 if ask.later else row.between_sessions * scaled  # that of a later session is in the values already
    form = "ratio" if row.form == "ratio" else "additive"
    return Reading(0.0, form, row.floor, getattr(row, row.usual) * scaled, chance), row.usual


def _still(
    people: People, wanted: Wanted, weights: np.ndarray, quantity: str, zone: str, day: float, session: int
) -> float | None:
    """Share of people like her, as they now count, who still have a sign of a session on a day."""
    ask = next(
        (one for one in wanted.lasting if one.name.quantity == quantity and one.zone == zone and one.session == session),
        None,
    )
    values = None if ask is None else people.values(ask)
    if values is None or ask is None or ask.day is None:
        return None
    unit = people.evidence.quantities[quantity].unit
    good = np.isfinite(values)
    lasted = values[good] * factor(unit, "d") >= day - ask.day
    return float(np.average(lasted, weights=weights[good]))


def _courses(
    people: People, wanted: Wanted, old: np.ndarray, new: np.ndarray, judged: Sequence[Judged]
) -> tuple[CourseBand, ...]:
    """Bands of every observed course, before and after, with what was observed."""
    found: list[CourseBand] = []
    for (name, zone), asks in wanted.courses.items():
        known = [(ask.day, values) for ask in asks if (values := people.values(ask)) is not None]
        if not known:
            continue
        days = np.array([day for day, _ in known], float)
        bands = [np.array([quantiles(values, weights, BAND) for _, values in known]).T for weights in (old, new)]
        there = tuple(one for one in judged if one.seen.name.text == name and one.seen.zone == zone)
        title = there[0].seen.title if there else name
        unit = people.evidence.quantities[asks[0].name.quantity].unit
        found.append(CourseBand(asks[0].name, title, zone, unit, days, bands[0], bands[1], there))
    return tuple(found)
