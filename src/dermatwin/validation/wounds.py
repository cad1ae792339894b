"""Courses of tissue for rows about healing: needled skin, and other wounds as lanes of the same network.

The network's scales are those of a full-thickness wound, so an excision is one lane with activation 1 and everything
destroyed; a fractional laser or radiofrequency is a lane with less of both (evidence `wounds.csv`). A study heals slower
or faster than the model by a factor of its own, and a rodent than a person: every rate is divided by it. Needled skin is
one layer of hit and spared tissue, as `healing.tissue` has it, without the point that every session hits. Left out:
migration into a wide wound, contraction, and what heat does beside wounding (but for the epidermis, see `front`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from .. import insertion
from ..evidence import Draws
from ..flows import LAYERS, Punctures
from ..healing import kernel_generated as kernel
from ..healing.course import time_grid
from ..healing.injury import injury_of
from ..healing.person import constants
from ..healing.tissue import ATOL, LOWEST, RTOL
from ..history import stranger
from ..skin import section_of
from ..twin.resolve import resolve
from .laboratory import Laboratory, unstated
from .protocol import Protocol, case_of
from .rows import Row

Needles = Callable[[Protocol, Draws], tuple[Punctures, ...]]
KINDS = (
    ("radiofrequency", r"\bRF\b|radio-?frequency"),
    ("nonablative_laser", r"non-?ablative|\bNAFL\b|\bPDL\b|Nd:YAG|\bIPL\b|\b1[345]\d0 ?nm"),
    ("ablative_laser", r"\bCO2\b|Er:YAG|erbium|ablative"),
    ("excision", r"excis|incision|mastectomy|dissection|split-thickness|\bpunch|\bwound\b"),
)
"""Kinds of wounds by the words of a procedure, the first that fits."""
OTHER = frozenset({"other_injury", "thermal", "rf"})
NEEDLES = re.compile(r"needl|\bPCI\b|\bMN\b|roller|\bpen\b|roll-cit|\bMTS\b", re.IGNORECASE)
HORIZONS = (9.0, 35.0, 95.0, 200.0, 400.0, 1200.0)  # a course is integrated to the first of them that reaches the row
DENSE = np.concatenate([np.arange(1, 32) / 4.0, np.arange(8.0, 30.0)])
WEEK = 7.0
PER_DAY = "1/d"


@dataclass(frozen=True)
class Bench:
    """Where courses are run: the laboratory, what pushes the needles, and the integrator's tolerances."""

    laboratory: Laboratory
    needles: Needles
    tolerance: tuple[float, float] = (RTOL, ATOL)

    def without(self, row: Row) -> Bench:
        """The same bench had the row's study taken no part in any fit."""
        return replace(self, laboratory=self.laboratory.without(row.sources))

    @property
    def pair(self) -> tuple[Draws, ...]:
        """Draws of people and of what is known of them; once where a fit has only one of them."""
        people, known = self.laboratory.people, self.laboratory.known
        return (people,) if people is known else (people, known)


@dataclass(frozen=True)
class Course:
    """One layer over time, one lane per person.

    time : (time,) d after the first session. mean : (lane, time, state) over the layer. hit : the same within the latest
    session's halos. constants : (lane, constant). last : day of the last session.
    """

    time: np.ndarray
    mean: np.ndarray
    hit: np.ndarray
    constants: np.ndarray
    last: float = 0.0

    def at(self, day: float | np.ndarray, name: str) -> np.ndarray:
        """Mean of a state on a day, or on a day of each lane's own, (lane,)."""
        values = self.mean[..., kernel.STATES.index(name)] if name in kernel.STATES else self.collagen()
        lanes, days = np.arange(len(values)), np.broadcast_to(day, len(values))
        after = np.clip(np.searchsorted(self.time, days), 1, self.time.size - 1)
        share = np.clip((days - self.time[after - 1]) / (self.time[after] - self.time[after - 1]), 0.0, 1.0)
        return values[lanes, after - 1] + share * (values[lanes, after] - values[lanes, after - 1])

    def collagen(self) -> np.ndarray:
        """Total collagen relative to baseline, (lane, time)."""
        return kernel.collagen(self.mean, self.constants[:, None, :])


def kind_of(row: Row) -> str | None:
    """Kind of wound that the row's words name, or None."""
    return next((kind for kind, pattern in KINDS if re.search(pattern, row["procedure"], re.IGNORECASE)), None)


def another_wound(row: Row) -> bool:
    """Whether tissue was hurt by something else than plain needles: tagged so, or said so."""
    kind = kind_of(row)
    return bool(row.tags & OTHER) or kind == KINDS[0][0] or (kind is not None and not NEEDLES.search(row["procedure"]))


def needled(protocol: Protocol, layer: str, day: float, study: str, bench: Bench, draws: Draws) -> Course:
    """One layer of needled skin until a day, with the study's own density and tempo; dense after the last session."""
    place = LAYERS.index(layer)
    density = unstated("healing_density_factor", "1", study, draws)
    injuries = []
    for punctures in bench.needles(protocol, draws):
        injury = injury_of(_denser(punctures, density), draws)
        injuries.append((injury.activated_fraction[:, place], injury.activation[:, place], injury.destroyed_share[:, place]))
    days = [protocol.interval_d * number for number in range(protocol.sessions)]
    values = paced(_constants(bench.laboratory, draws, protocol.species, protocol.site), protocol.species, study, draws)
    times = time_grid(days[-1:], max(day, days[-1] + 1.0), [day])
    return layer_course(values, injuries, days, np.unique(np.append(times, 0.0)), bench.tolerance)


def wounded(kind: str, species: str, day: float, study: str, bench: Bench, draws: Draws) -> Course:
    """A wound of some kind until at least a day, with the study's own tempo."""
    values = paced(_constants(bench.laboratory, draws, "human", "body"), species, study, draws)
    given = {name: draws(f"wound_{name}[{kind}]", "1") for name in ("activation", "destroyed_share", "matrix_loss")}
    values[:, kernel.CONSTANTS.index("matrix_loss_share")] = given["matrix_loss"]
    horizon = next((end for end in HORIZONS if end > day), day + WEEK)
    times = np.unique(np.concatenate([[0.0], DENSE[horizon > DENSE], np.arange(30.0, horizon, WEEK), [horizon]]))
    injury = (np.ones(draws.count), given["activation"], given["destroyed_share"])
    return layer_course(values, [injury], [0.0], times, bench.tolerance)


def layer_course(
    values: np.ndarray,
    injuries: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    days: Sequence[float],
    times: np.ndarray,
    tolerance: tuple[float, float] = (RTOL, ATOL),
) -> Course:
    """One layer through its sessions: hit and spared tissue, mixed by their shares before each session.

    values : (lane, constant). injuries : per session activated fraction, activation and destroyed share, (lane,) each.
    times : d, ascending from 0; the value at a session's own time is that just before it, as in `healing.heal`.
    """
    start = kernel.untreated(values)
    whole = all((share == 1.0).all() for share, _, _ in injuries)
    hit, spared = start.copy(), start.copy()
    means = np.repeat(start[:, None, :], times.size, axis=1)
    within = means.copy()
    for number, (share, activation, destroyed) in enumerate(injuries):
        if number:
            hit = spared + injuries[number - 1][0][:, None] * (hit - spared)
            spared = hit.copy()
        struck = hit.copy()
        kernel.session(struck, values, activation, destroyed)
        hit = np.where(activation[:, None] > 0.0, struck, hit)
        end = days[number + 1] if number + 1 < len(days) else float(times[-1])
        inside = (times > days[number]) & (times <= end)
        span, marks = end - days[number], times[inside] - days[number]
        hit, found = _integrated(hit, values, span, marks, tolerance)
        within[:, inside] = found
        if not whole:  # nothing is spared by a wound that takes all; what was never needled rests
            spared, beside = _integrated(spared, values, span, marks, tolerance) if number else (spared, start[:, None, :])
            means[:, inside] = beside + share[:, None, None] * (found - beside)
    return Course(times, within if whole else means, within, values, float(days[-1]) if len(days) else 0.0)


def _integrated(
    piece: np.ndarray, values: np.ndarray, span: float, times: np.ndarray, tolerance: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The piece after a span and at some times; lanes that fail are NaN."""
    end, out, status, _ = kernel.integrate(piece, values, span, times, *tolerance, LOWEST)
    end[status != 0], out[status != 0] = np.nan, np.nan
    return end, np.maximum(out, 0.0, out=out)


def paced(values: np.ndarray, species: str, study: str, draws: Draws) -> np.ndarray:
    """Constants with every rate divided by how much longer this study's wounds take, (lane, constant)."""
    own = draws("healing_time_spread", "1") * draws.luck.normal("knowledge", f"healing_tempo@{study}")[:, 0]
    slower = species_factor(species, draws) * np.exp(own)
    paced_ = values.copy()
    paced_[:, _rates(draws)] /= slower[:, None]
    return paced_


def species_factor(species: str, draws: Draws) -> np.ndarray:
    """How long healing takes in a species, relative to people, (draw,); that of rats for other rodents."""
    name = f"healing_time_factor[{species.removeprefix('hairless_')}]"
    return draws(name if name in draws.evidence.parameters else "healing_time_factor[rat]", "1")


def amplitude(study: str, draws: Draws) -> np.ndarray:
    """Factor between a study's changes and the model's, (draw,)."""
    return np.exp(draws("healing_amplitude_spread", "1") * draws.luck.normal("knowledge", f"healing_size@{study}")[:, 0])


def front(kind: str, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Speed [mm/d] and lag [d] with which the epidermis closes over a column of this kind, each (draw,)."""
    slower = draws(f"wound_front_slowing[{kind}]", "1")
    return draws("epithelial_front_speed", "mm/d") / slower, draws("epithelial_lag", "d")


def new_collagen(course: Course, day: float | np.ndarray, kind: str = "collagen_i") -> np.ndarray:
    """Synthesis of collagen I or III on a day over that of untreated skin, minus 1, (lane,).

    From the rate of its pool: s (1 + gain - C) - lysis MMP C = dC/dt, s = turnover/share, solved for the gain.
    """
    state = np.stack([course.at(day, name) for name in kernel.STATES], axis=1)
    rates = np.zeros_like(state)
    for lane in range(len(state)):
        kernel.rates(state[lane], course.constants[lane], rates[lane])
    pool = kernel.STATES.index(kind)

    def constant(name: str) -> np.ndarray:
        return course.constants[:, kernel.CONSTANTS.index(name)]

    made = rates[:, pool] + constant("collagen_lysis") * state[:, kernel.STATES.index("mmp")] * state[:, pool]
    return made * constant(f"{kind}_share") / constant(f"{kind}_turnover") - 1.0 + state[:, pool]


def pushed(protocol: Protocol, draws: Draws) -> tuple[Punctures, ...]:
    """The needles of every session of a course."""
    case = case_of(protocol, 0.0)
    plan = resolve(case, draws.evidence)[0]
    assert plan.device is not None
    assert plan.settings is not None
    skin = section_of(plan.zone, case.patient, draws)
    return tuple(insertion.insert(plan.device, plan.settings, skin, draws, number) for number in range(protocol.sessions))


def _denser(punctures: Punctures, times_over: np.ndarray) -> Punctures:
    return replace(punctures, density=punctures.density * times_over)


def _constants(laboratory: Laboratory, draws: Draws, species: str, site: str) -> np.ndarray:
    """Constants of the network in a person's or an animal's skin, (draw, constant)."""

    def make() -> np.ndarray:
        case = case_of(Protocol("roller-192", 1.0, 1, 1.0, site, species), 0.0)
        skin = section_of(case.zones[0], case.patient, draws)
        return constants(skin, stranger(case.patient, draws.evidence), draws)[0]

    return laboratory.once(("constants", draws is laboratory.people, species, site), make)


def _rates(draws: Draws) -> tuple[int, ...]:
    units = tuple(
        (name, draws.evidence.parameters[name].unit) for name in kernel.CONSTANTS if name in draws.evidence.parameters
    )
    return _places(units)


@cache
def _places(units: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
    """Places of the constants that are rates: those in 1/d, and the two that follow from such."""
    rates = {name for name, unit in units if unit == PER_DAY} | {"danger_from_neutrophils", "danger_from_m1"}
    return tuple(n for n, name in enumerate(kernel.CONSTANTS) if name in rates)
