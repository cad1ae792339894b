"""How long redness, swelling, soreness and peeling last after a session, as trials report it.

    ln T = mu + study + ln f_sign (+ ln f_heat) (+ ln f_length) (+ person),   f_length = 1 + ln(L/L_ref) / ln(1/y_n)

mu and the spread between studies are pooled on the logarithm, one observation per study: a value, the geometric
middle of a range, or an upper bound. Trials do not say what 'lasts' means to them, and the few that print a figure
differ more than tenfold; a spread of meaning, in every study and in the next, carries that. How the signs compare
(f_sign: swelling, soreness, peeling, 'any adverse event', each against redness) is assumed, as no trial follows two
of them apart; a row of another sign counts as that much less certain. A trial that states the length L of its needles is
read against the usual one: inflamed volume follows depth, and a sign that decays lasts longer by its logarithm
(`reaction`). Single cases and other injuries are not pooled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..core.units import factor
from ..device import heated
from ..evidence import Draws, Tables, view
from ..evidence.rows.laboratory import HealingRow
from ..evidence.rows.trials import AdverseRow
from .meta import Observation, ValuePool, pool_values
from .reaction import LEAST, driving

REDNESS, SWELLING, TENDERNESS, PEELING, ANY, SHORT = "redness", "swelling", "tenderness", "peeling", "any", "short_array"
SIGNS = {"erythema": REDNESS, "oedema": SWELLING, "pain_vas": TENDERNESS, "dryness_or_peeling": PEELING}
"""Event of adverse_rates.csv -> the sign whose duration it states."""

QUANTITIES = {"erythema_oedema_duration": REDNESS, "erythema_resolution_time": REDNESS, "adverse_event_duration": ANY}
"""Rows of healing_timecourse.csv that say how long a sign lasts."""

DURATIONS = "sign_durations"  # pool of studies
ABSURD = 1e9  # numerical: h, longer is a misprint

_PRESSED = re.compile(r"hydrogel|\barrays?\b", re.IGNORECASE)
_ANY = re.compile(r"any adverse|downtime", re.IGNORECASE)
_ORDER = (REDNESS, SWELLING, TENDERNESS, ANY, PEELING)


@dataclass(frozen=True)
class Stated:
    """What one row says: hours of a sign in n people, with heat or without; `upper` = an upper bound."""

    source: str
    sign: str
    hours: float
    people: float
    upper: bool = False
    everyone: bool = False  # the bound held for every one of the people
    heat: bool = False
    sd: float = 0.0  # h, between people
    length: float | None = None  # mm, of the needles, where it is stated


def sign_of(event: str, note: str) -> str:
    """The sign whose duration a row of adverse_rates.csv states, '' if it is none of ours."""
    return SIGNS.get(event) or (ANY if event == "other" and _ANY.search(note) else "")


def predict_duration(
    sign: str, draws: Draws, exclude: frozenset[str] = frozenset(), *, heat: bool = False, needle_length: float | None = None
) -> np.ndarray:
    """Mean duration of a sign that a trial would report [h], shape (draw,). `needle_length` (mm) where it is stated."""
    pool = duration_pool(draws, exclude)
    mean, between = pool.draw(draws.share("knowledge", "erythema pool", owner=DURATIONS))
    scatter = np.hypot(between, draws.median("duration_definition_spread", "1"))
    study = scatter * draws.score("knowledge", "erythema of a study", owner=DURATIONS)[:, 0]
    hotter = draws("duration_ratio[heat]", "1") if heat else 1.0
    longer = 1.0 if needle_length is None else length_factor(needle_length, _noticed(draws), draws)
    return np.exp(mean + study) * draws(f"duration_ratio[{sign}]", "1") * hotter * longer


def length_factor(length: float, noticed: np.ndarray | float, draws: Draws) -> np.ndarray:
    """Duration after needles of a length against the usual one, 1 + ln(L/L_ref)/ln(1/y_n) [-]; a tenth at the least.

    noticed : y_n, what drives redness that is just noticed against what drives it after the usual course.
    Law      1 at the usual length, rising with length (tests/laws/test_recovery.py).
    """
    longer = np.log(length / draws.median("reference_needle_length", "mm"))
    return np.maximum(1.0 - longer / np.log(noticed), LEAST)


def _noticed(draws: Draws) -> np.ndarray:
    just = draws("noticeable_erythema", "1") / draws("erythema_reference_peak", "1")
    return noticed_drive(just, draws("reaction_ceiling[redness]", "1"))


def noticed_drive(just: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    """What drives a sign that is just noticed [-], against what drives it at its usual strength; below 1.

    just : strength that is just noticed against the usual one; cut where it would not be noticed in the usual course.
    """
    return driving(np.minimum(just, np.exp(-LEAST)), ceiling)


def predict_erythema(draws: Draws, exclude: frozenset[str] = frozenset()) -> np.ndarray:
    """How long a trial says that redness lasts after needling without heat [h], shape (draw,)."""
    return predict_duration(REDNESS, draws, exclude)


def duration_of_person(sign: str, draws: Draws, exclude: frozenset[str] = frozenset()) -> np.ndarray:
    """How long a sign lasts in one person of a new trial after the usual course [h], shape (draw,)."""
    person = (
        draws.median("duration_between_people", "1")
        * draws.score("person", "duration", owner="duration_between_people")[:, 0]
    )
    return predict_duration(sign, draws, exclude) * np.exp(person)


def duration_pool(draws: Draws, exclude: frozenset[str]) -> ValuePool:
    """Pooled logarithm of the duration of redness in hours after needling without heat."""
    prior = (
        float(np.log(draws.median("duration_prior_median", "h"))),
        draws.median("duration_prior_spread", "1"),
        draws.median("duration_between_studies", "1"),
    )
    family = [draws.stated(ratio.name) for ratio in draws.evidence.family("duration_ratio").values()]
    ratios = tuple((ratio.member, (ratio.value, ratio.knowledge)) for ratio in family)
    spreads = draws.median("duration_between_people", "1"), draws.median("duration_definition_spread", "1")
    names = ("noticeable_erythema", "erythema_reference_peak", "reaction_ceiling[redness]")
    just, usual, ceiling = (draws.median(name, "1") for name in names)
    noticed = float(noticed_drive(np.asarray(just / usual), np.asarray(ceiling)))
    lengths = tuple(sorted({row.length for row in stated(draws.evidence) if row.length is not None}))
    longer = tuple((length, float(length_factor(length, noticed, draws))) for length in lengths)
    return _pool(draws.evidence, exclude, prior, ratios, spreads, longer)


@view
def _pool(
    tables: Tables,
    exclude: frozenset[str],
    prior: tuple[float, ...],
    ratios: tuple[tuple[str, tuple[float, float]], ...],
    spreads: tuple[float, float],
    longer: tuple[tuple[float, float], ...],
) -> ValuePool:
    factors = dict(longer)
    rows = [row for row in _one_each(stated(tables)) if row.source not in exclude]
    found = [_observation(row, dict(ratios), *spreads, factors.get(row.length or 0.0, 1.0)) for row in rows]
    return pool_values(found, *prior)


@view
def stated(tables: Tables) -> tuple[Stated, ...]:
    """Every duration after needling that the tables state; single cases and other injuries left out."""
    hot = heated(tables)
    events = (_of_event(row, row.device_kind in hot) for row in tables.rows(AdverseRow))
    rows = [*events, *map(_of_course, tables.rows(HealingRow))]
    return tuple(row for row in rows if row is not None)


def sign_of_course(quantity: str, procedure: str) -> str:
    """The sign whose duration a quantity of healing courses is; '' for other quantities. Pressed arrays are a sign apart."""
    sign = QUANTITIES.get(quantity, "")
    return SHORT if sign and _PRESSED.search(procedure) else sign


def _of_course(row: HealingRow) -> Stated | None:
    sign = sign_of_course(row.quantity, row.procedure)
    if not sign or row.species != "human" or "other_injury" in row.kind:
        return None
    scale, upper = factor(row.unit, "h"), "upper_bound" in row.kind
    return Stated(row.source, sign, row.value * scale, float(row.n or 1), upper, upper, sd=(row.sd or 0.0) * scale)


def _of_event(row: AdverseRow, heat: bool) -> Stated | None:
    sign, hours = sign_of(row.event, row.note), hours_of(row.duration_h, row.duration_h_min, row.duration_h_max)
    if not sign or hours is None or row.arm_kind not in ("needling", "review") or row.device_kind == "none":
        return None
    value, bound = hours
    if bound == "lower":
        return None
    return Stated(
        row.source,
        sign,
        value,
        float(row.population_n or 1),
        bound == "upper",
        heat=heat,
        sd=row.duration_h_sd or 0.0,
        length=row.needle_length_mm,
    )


def hours_of(value: float | None, low: float | None, high: float | None) -> tuple[float, str] | None:
    """Hours and how they are censored: a value, the geometric middle of a range, or one end as a bound."""
    value, low, high = (number if number is not None and 0.0 < number < ABSURD else None for number in (value, low, high))
    if value is None and low and high:
        value = float(np.sqrt(low * high))
    if value:
        return value, ""
    return (high, "upper") if high else (low, "lower") if low else None


def _one_each(rows: Iterable[Stated]) -> Sequence[Stated]:
    """One observation of each study: redness before the other signs, a value before a bound."""
    best: dict[str, Stated] = {}
    for row in sorted(rows, key=lambda r: (r.upper, _ORDER.index(r.sign) if r.sign in _ORDER else 0)):
        best.setdefault(row.source, row)
    return tuple(best.values())


def _observation(
    row: Stated, ratios: Mapping[str, tuple[float, float]], person: float, meant: float, longer: float = 1.0
) -> Observation:
    """The row as redness without heat after needles of the usual length.

    A bound that everybody keeps lies above the mean by the largest of n people.
    """
    from scipy.special import ndtri

    shifts = [ratios[row.sign], *([ratios["heat"]] if row.heat else [])]
    spread = row.sd / row.hours if row.sd else person
    value = np.log(row.hours / longer) - sum(np.log(middle) for middle, _ in shifts)
    if row.everyone:
        value -= person * ndtri(row.people / (row.people + 1.0))
    variance = spread**2 / row.people + meant**2 + sum(width**2 for _, width in shifts)
    return Observation(row.source, float(value), variance, row.upper)
