"""How often side effects happen, pooled over trials with denominators.

A course of hazard e relative to the reference course has the risk p = 1 - (1 - p0)^e, and the rates of trials scatter
around it: k of n ~ beta-binomial(s, s (1 - p)/p). The base rate p0 carries the Jeffreys prior, so 'never seen in
N' bounds a risk and never makes it zero. Hazard counts sessions; for pigment it also counts phototype (pigment drive)
and body site, which is how trials in unlike people are matched. Reviews and radiofrequency arms count less; a trial
that saw no adverse event of any kind saw none of this kind. Rates without a denominator are not used. The hazards of
trials thus scatter like a gamma of shape s around the mean, and a rare event stays rare. Rows: adverse_rates.csv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..evidence import Draws
from ..evidence.gate import read_table

CELLS, SHAPES = 400, 10  # numerical
PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
BODY = ("abdomen", "body", "mixed")
PIGMENT = "pih"
_NONE_AT_ALL = ("other", r"any adverse|any significant adverse|no clinically significant")
WIDER: dict[str, tuple[tuple[str, str], ...]] = {
    PIGMENT: (_NONE_AT_ALL,), "hypertrophic_scar_or_keloid": (_NONE_AT_ALL,), "infection": (_NONE_AT_ALL,),
    "tram_track_scar": (_NONE_AT_ALL, ("hypertrophic_scar_or_keloid", r"any scar|scarring"))}
"""Event -> rows of wider classes (event, words of the note) whose zero is a zero of this event."""


@dataclass(frozen=True)
class Count:
    """k events in n people of one trial, at a hazard relative to the reference course."""

    source: str
    events: float
    people: float
    hazard: float
    weight: float


@dataclass(frozen=True)
class RatePool:
    """Posterior of the base rate and of how alike trials are (shape), sorted by the rate."""

    rate: np.ndarray  # (cell,)
    shape: np.ndarray  # (cell,)
    weight: np.ndarray  # (cell,)
    sources: tuple[str, ...]
    people: float

    def draw(self, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Base rate and shape from uniform numbers."""
        edges = np.cumsum(self.weight)
        cell = np.minimum(np.searchsorted(edges, uniform * edges[-1]), len(edges) - 1)
        return self.rate[cell], self.shape[cell]

    def median_rate(self) -> float:
        """Posterior median of the base rate [-]."""
        return float(self.rate[np.searchsorted(np.cumsum(self.weight), 0.5)])


def pool_counts(found: Sequence[Count], alike: tuple[float, float]) -> RatePool:
    """Posterior of a base rate from counts; `alike` = median and log spread of the lognormal prior of the shape."""
    from scipy.special import betaln, ndtri

    rate = np.repeat(np.sin(0.5 * np.pi * (np.arange(CELLS) + 0.5) / CELLS) ** 2, SHAPES)  # Jeffreys quantiles
    shape = np.tile(alike[0] * np.exp(alike[1] * ndtri((np.arange(SHAPES) + 0.5) / SHAPES)), CELLS)
    log = np.zeros_like(rate)
    for item in found:
        a, b = _beta(risk(rate, item.hazard), shape)
        log += item.weight * (betaln(item.events + a, item.people - item.events + b) - betaln(a, b))
    weight = np.exp(log - log.max())
    sources = tuple(sorted({item.source for item in found}))
    return RatePool(rate, shape, weight / weight.sum(), sources, sum(item.people for item in found))


def _beta(mean: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parameters of the beta distribution of trials' rates: mean p, first parameter s."""
    p = np.clip(mean, 1e-9, 1.0 - 1e-9)
    return shape, shape * (1.0 - p) / p


def risk(rate: np.ndarray, hazard: np.ndarray | float) -> np.ndarray:
    """Risk 1 - (1 - p0)^e at hazard e relative to the reference course [-]; increasing in both, 0 at e = 0."""
    return -np.expm1(hazard * np.log1p(-rate))


def rate_pool(event: str, draws: Draws, exclude: frozenset[str] = frozenset()) -> RatePool:
    """Pooled rate of an event over the packaged trials without the studies in `exclude`."""
    names = ("rate_row_weight[needling]", "rate_row_weight[rf_needle]", "rate_row_weight[review]",
             "event_reference_sessions", "pigment_dose_exponent", "pih_site_factor[body]",
             *(f"pigment_drive[{p}]" for p in PHOTOTYPES))
    prior = draws.evidence.parameters["event_heterogeneity_shape"]
    numbers = tuple((name, draws.median(name, "1")) for name in names)
    return _rate_pool(draws.evidence.folder, event, exclude, numbers, (prior.value, prior.knowledge))


@lru_cache(maxsize=512)
def _rate_pool(folder: Path, event: str, exclude: frozenset[str], numbers: tuple[tuple[str, float], ...],
               alike: tuple[float, float]) -> RatePool:
    rows = read_table(folder / "measurements" / "adverse_rates.csv")
    found = [_count(row, event, dict(numbers)) for row in rows if row["source"] not in exclude and counted(row, event)]
    return pool_counts(found, alike)


def counted(row: Mapping[str, str], event: str) -> bool:
    """Whether a row counts people with an event after needling; a zero of a wider class is a zero of this one."""
    if not row["population_n"] or not row["events_n"] or row["device_kind"] == "none":
        return False
    if row["arm_kind"] not in ("needling", "review"):
        return False
    none = float(row["events_n"]) == 0.0
    return row["event"] == event or (none and any(
        row["event"] == kind and re.search(words, row["note"]) for kind, words in WIDER.get(event, ())))


def _count(row: Mapping[str, str], event: str, numbers: Mapping[str, float]) -> Count:
    kind = "review" if row["arm_kind"] == "review" else "rf_needle" if row["device_kind"] == "rf_needle" else "needling"
    sessions = float(row["sessions"]) if row["sessions"] else None
    hazard = trial_hazard(event, row["phototypes"], row["zone"], sessions, numbers)
    return Count(row["source"], float(row["events_n"]), float(row["population_n"]), hazard,
                 numbers[f"rate_row_weight[{kind}]"])


def trial_hazard(event: str, phototypes: str, zone: str, sessions: float | None, numbers: Mapping[str, float]) -> float:
    """Hazard of a trial's course relative to the reference course [-]; what is not stated is the reference's.

    sessions / n_ref, and for pigment (sessions / n_ref x pigment drive)^b x site factor
    """
    ratio = 1.0 if sessions is None else sessions / numbers["event_reference_sessions"]
    if event != PIGMENT:
        return ratio
    drive = np.mean([numbers[f"pigment_drive[{p}]"] for p in phototype_range(phototypes)])
    site = numbers["pih_site_factor[body]"] if zone in BODY else 1.0
    return float((ratio * drive) ** numbers["pigment_dose_exponent"] * site)


def phototype_range(text: str) -> tuple[str, ...]:
    """'III-V' -> III, IV, V; what cannot be read is the reference type III."""
    ends = [part.strip() for part in text.split("-")]
    if not all(end in PHOTOTYPES for end in ends):
        return ("III",)
    first, last = sorted(PHOTOTYPES.index(end) for end in (ends[0], ends[-1]))
    return PHOTOTYPES[first:last + 1]


def predict_event(event: str, phototypes: str, zone: str, device_kind: str, needle_length: float | None,
                  sessions: float | None, n: float | None, draws: Draws,
                  exclude: frozenset[str] = frozenset()) -> np.ndarray:
    """Rate of an event that a trial would report [-], shape (draw,).

    With `n` the counting noise of n people is part of it; without, the trial's true rate. No packaged rate states a
    needle length and few a device, so `needle_length` and `device_kind` do not change the answer.
    """
    from scipy.stats import binom

    numbers = {name: draws.median(name, "1") for name in (
        "event_reference_sessions", "pigment_dose_exponent", "pih_site_factor[body]",
        *(f"pigment_drive[{p}]" for p in PHOTOTYPES))}
    hazard = trial_hazard(event, phototypes, zone, sessions, numbers)
    rate = study_risk(event, np.full(draws.count, hazard), draws, exclude)
    if not n:
        return rate
    return binom.ppf(draws.luck.uniform("chance", f"count {event}")[:, 0], n, rate) / n


def study_risk(event: str, hazard: np.ndarray, draws: Draws, exclude: frozenset[str] = frozenset()) -> np.ndarray:
    """Risk at a hazard (draw,) with what is not known and what differs between trials, (draw,)."""
    from scipy.special import betaincinv

    pool = rate_pool(event, draws, exclude)
    rate, shape = pool.draw(draws.luck.uniform("knowledge", f"rate {event}")[:, 0])
    level = draws.luck.uniform("knowledge", f"rate of a study {event}")[:, 0]
    return np.where(hazard == 0.0, 0.0, betaincinv(*_beta(risk(rate, hazard), shape), level))
