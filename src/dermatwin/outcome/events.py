"""How often side effects happen, pooled over trials with denominators.

A course of hazard e relative to the reference course has the risk p = 1 - (1 - p0)^e, and the rates of trials scatter
around it (partial pooling, with p the mean over trials):

    harm       k of n ~ beta-binomial(s, s (1 - p)/p): hazards scatter like a gamma of shape s, a rare event stays rare
    reaction   k of n ~ beta-binomial(p c, (1 - p) c): redness, swelling and the like, which trials count by their own bar

The base rate p0 carries the Jeffreys prior, or the assumed rate of events that no trial counts by name, so 'never seen in
N' bounds a risk and never makes it zero. Hazard counts sessions; for pigment it also counts phototype (pigment drive) and
body site, for tram tracks the device (needles of a roller follow one another along a line), which is how trials in unlike
people are matched. Reviews and arms of the other kind of needle (with heat or without) count less; a trial that saw no
adverse event of any kind saw none of this kind. Rates without a denominator are not used. Rows: adverse_rates.csv.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..core.vocabulary import PHOTOTYPES, REFERENCE_PHOTOTYPE
from ..device import heated
from ..evidence import Draws, Tables, view
from ..evidence.rows.trials import AdverseRow
from ..skin.site import FACE, HUMAN, find_site
from .counts import ASSUMED, HEAT, NEEDLE, PIGMENT, REACTIONS, REVIEW, TRACKS, kind_of, one_each

CELLS, SHAPES = 400, 10  # numerical
SEVERAL, SITE_OF_SEVERAL = "mixed", "body"
"""What a trial says that treated several sites, and the one that it counts as."""


@dataclass(frozen=True)
class Count:
    """k events in n people of one trial, at a hazard relative to the reference course."""

    source: str
    events: float
    people: float
    hazard: float
    weight: float
    kind: str = NEEDLE


@dataclass(frozen=True)
class Treated:
    """People of a trial and what was done to them; what is not stated is '', or None."""

    phototypes: str  # a range from low to high, 'III-V'
    zone: str
    device_kind: str
    sessions: float | None = None
    people: float | None = None  # None: the trial's true rate, without the noise of counting


@dataclass(frozen=True)
class RatePool:
    """Posterior of the base rate and of how alike trials are, sorted by the rate."""

    rate: np.ndarray  # (cell,)
    shape: np.ndarray  # (cell,)
    weight: np.ndarray  # (cell,)
    sources: tuple[str, ...]
    people: float
    reaction: bool = False

    def draw(self, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Base rate and shape from uniform numbers."""
        edges = np.cumsum(self.weight)
        cell = np.minimum(np.searchsorted(edges, uniform * edges[-1]), len(edges) - 1)
        return self.rate[cell], self.shape[cell]

    def median_rate(self) -> float:
        """Posterior median of the base rate [-]."""
        return float(self.rate[np.searchsorted(np.cumsum(self.weight), 0.5)])


def pool_counts(
    found: Sequence[Count], alike: tuple[float, float], *, reaction: bool = False, assumed: tuple[float, float] | None = None
) -> RatePool:
    """Posterior of a base rate from counts.

    alike : median and log spread of the lognormal prior of the shape (for a reaction: of the concentration).
    assumed : median and log spread of a lognormal prior of the rate; without it the Jeffreys prior.
    """
    from scipy.special import betaln, ndtri

    rate = np.repeat(_prior_rates(assumed), SHAPES)
    shape = np.tile(alike[0] * np.exp(alike[1] * ndtri((np.arange(SHAPES) + 0.5) / SHAPES)), CELLS)
    log = np.zeros_like(rate)
    for item in found:
        a, b = _beta(risk(rate, item.hazard), shape, reaction)
        log += item.weight * (betaln(item.events + a, item.people - item.events + b) - betaln(a, b))
    weight = np.exp(log - log.max())
    sources = tuple(sorted({item.source for item in found}))
    return RatePool(rate, shape, weight / weight.sum(), sources, sum(item.people for item in found), reaction)


def _prior_rates(assumed: tuple[float, float] | None) -> np.ndarray:
    """Quantiles of the prior of a rate, (CELLS,): Jeffreys, or lognormal."""
    from scipy.special import ndtri

    levels = (np.arange(CELLS) + 0.5) / CELLS
    if assumed is None:
        return np.sin(0.5 * np.pi * levels) ** 2
    return np.minimum(assumed[0] * np.exp(assumed[1] * ndtri(levels)), 0.5)


def _beta(mean: np.ndarray, shape: np.ndarray, reaction: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Parameters of the beta distribution of trials' rates around their mean."""
    p = np.clip(mean, 1e-9, 1.0 - 1e-9)
    return (shape * p, shape * (1.0 - p)) if reaction else (shape, shape * (1.0 - p) / p)


def risk(rate: np.ndarray, hazard: np.ndarray | float) -> np.ndarray:
    """Risk 1 - (1 - p0)^e at hazard e relative to the reference course [-]; increasing in both, 0 at e = 0."""
    return -np.expm1(hazard * np.log1p(-rate))


def rate_pool(event: str, draws: Draws, exclude: frozenset[str] = frozenset(), kind: str = NEEDLE) -> RatePool:
    """Pooled rate of an event after one kind of needle over the packaged trials without the studies in `exclude`."""
    names = (
        "rate_row_weight[needling]",
        "rate_row_weight[rf_needle]",
        "rate_row_weight[review]",
        "event_reference_sessions",
        "pigment_dose_exponent",
        *_site_factors(draws),
        *_device_factors(event, draws),
        *(f"pigment_drive[{p}]" for p in PHOTOTYPES),
    )
    alike = draws.stated("reaction_concentration" if event in REACTIONS else "event_heterogeneity_shape")
    prior = draws.stated(f"unreported_event_rate[{ASSUMED[event]}]") if event in ASSUMED else None
    priors = _Priors(
        tuple((name, draws.median(name, "1")) for name in names),
        (alike.value, alike.knowledge),
        None if prior is None else (prior.value, prior.knowledge),
    )
    return _rate_pool(draws.evidence, event, exclude, kind, priors)


@dataclass(frozen=True)
class _Priors:
    """What a pool believes before the counts: hashable, for a pool is computed once."""

    numbers: tuple[tuple[str, float], ...]  # parameter, its median: what makes courses comparable
    alike: tuple[float, float]  # median and log spread of how alike trials are
    assumed: tuple[float, float] | None  # the same of the rate; None: nothing is assumed of it


@view
def _rate_pool(tables: Tables, event: str, exclude: frozenset[str], kind: str, priors: _Priors) -> RatePool:
    rows = [row for row in tables.rows(AdverseRow) if row.source not in exclude]
    found = [_count(tables, row, event, kind, dict(priors.numbers)) for row in one_each(rows, event)]
    return pool_counts(found, priors.alike, reaction=event in REACTIONS, assumed=priors.assumed)


def _count(tables: Tables, row: AdverseRow, event: str, kind: str, numbers: Mapping[str, float]) -> Count:
    own = kind_of(row, heated(tables))
    treated = Treated(row.phototypes, row.zone, row.device_kind, row.sessions)
    hazard = float(trial_hazard(event, treated, series_of(tables, row.zone), numbers))
    weight = (
        numbers[f"rate_row_weight[{REVIEW}]"]
        if own == REVIEW
        else numbers[f"rate_row_weight[{NEEDLE if own == kind else HEAT}]"]
    )
    return Count(row.source, float(row.events_n or 0), float(row.population_n or 0), hazard, weight, own)


def trial_hazard(
    event: str, treated: Treated, series: str, numbers: Mapping[str, float] | Mapping[str, np.ndarray]
) -> np.ndarray | float:
    """Hazard of a trial's course relative to the reference course [-]; what is not stated is the reference's.

    sessions / n_ref; for pigment (sessions / n_ref x pigment drive)^b x site factor, for tram tracks times the factor of the
    device, for a reaction 1. `series` is the one of sites by pigment (`series_of`).
    """
    if event in REACTIONS:
        return 1.0
    ratio = 1.0 if treated.sessions is None else treated.sessions / numbers["event_reference_sessions"]
    if event == TRACKS:
        return ratio * numbers.get(f"tram_track_factor[{treated.device_kind}]", numbers["tram_track_factor[unspecified]"])
    if event != PIGMENT:
        return ratio
    drives = [np.asarray(numbers[f"pigment_drive[{p}]"], float) for p in phototype_range(treated.phototypes)]
    drive = np.mean(np.stack(drives), axis=0)
    site = numbers[f"pih_site_factor[{series}]"]
    return (ratio * drive) ** numbers["pigment_dose_exponent"] * site


@view
def series_of(tables: Tables, zone: str) -> str:
    """The series of sites by pigment that a trial's zone belongs to; that of the face, the reference, where none is said."""
    try:
        return find_site(SITE_OF_SEVERAL if zone == SEVERAL else zone, HUMAN, tables).region.pigment
    except KeyError:
        return FACE


def _site_factors(draws: Draws) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in draws.evidence.family("pih_site_factor").values())


def _device_factors(event: str, draws: Draws) -> tuple[str, ...]:
    if event != TRACKS:
        return ()
    return tuple(parameter.name for parameter in draws.evidence.family("tram_track_factor").values())


def phototype_range(text: str) -> tuple[str, ...]:
    """'III-V' -> III, IV, V; what cannot be read is the reference type."""
    known: tuple[str, ...] = PHOTOTYPES
    ends = [part.strip() for part in text.split("-")]
    if not all(end in known for end in ends):
        return (REFERENCE_PHOTOTYPE,)
    first, last = sorted(known.index(end) for end in (ends[0], ends[-1]))
    return known[first : last + 1]


def predict_event(event: str, treated: Treated, draws: Draws, exclude: frozenset[str] = frozenset()) -> np.ndarray:
    """Rate of an event that a trial would report [-], shape (draw,), with the counting noise of its people.

    What is not known of phototype and site is drawn. Heat counts as another kind of needle; no packaged rate states a
    needle length, which does not change the answer.
    """
    from scipy.stats import binom

    names = (
        "event_reference_sessions",
        "pigment_dose_exponent",
        *_site_factors(draws),
        *_device_factors(event, draws),
        *(f"pigment_drive[{p}]" for p in PHOTOTYPES),
    )
    numbers = {name: draws(name, "1") for name in names}
    series = series_of(draws.evidence, treated.zone)
    hazard = np.asarray(trial_hazard(event, treated, series, numbers), float)
    kind, n = HEAT if treated.device_kind in heated(draws.evidence) else NEEDLE, treated.people
    rate = study_risk(event, np.broadcast_to(hazard, (draws.count,)), draws, exclude, kind)
    if not n:
        return rate
    return binom.ppf(draws.share("chance", f"count {event}", owner=_owner(event)), n, rate) / n


def _owner(event: str) -> str:
    """The pool whose spread an event's rate has."""
    return "assumed_event_rates" if event in ASSUMED else "event_rates"


def study_risk(
    event: str, hazard: np.ndarray, draws: Draws, exclude: frozenset[str] = frozenset(), kind: str = NEEDLE
) -> np.ndarray:
    """Risk at a hazard (draw,) with what is not known and what differs between trials, (draw,)."""
    from scipy.special import betaincinv

    pool = rate_pool(event, draws, exclude, kind)
    rate, shape = pool.draw(draws.share("knowledge", f"rate {event}", owner=_owner(event)))
    level = draws.share("knowledge", f"rate of a study {event}", owner=_owner(event))
    return np.where(hazard == 0.0, 0.0, betaincinv(*_beta(risk(rate, hazard), shape, pool.reaction), level))
