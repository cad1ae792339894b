"""What a trial arm would report, from the other trials: for validation and for a new person.

    improvement = drift + m (needle + concern + study) + adjunct            trial mean
                + person                                                    one new person

Three spreads stay apart: what is not known of the mean effect, how trials (raters, operators, clinics) differ, and how
people differ. `exclude` leaves out whole studies everywhere: effects, spreads and baselines. A published arm is
predicted as published; for the next person the effect is shrunk for what was never printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..evidence import Draws, Evidence
from .arms import ArmRules, arms, kind_of, outcome_rows, person_spread, threshold
from .pooling import Effects, Pooled, Priors, pool, terms
from .response import Schedule, saturating, typical_response
from .scales import Scale, concerns, pool_of, scales, stated_baselines

_POOLS: dict[tuple[Path, ArmRules, Priors, tuple[float, ...], frozenset[str]], Pooled] = {}
_KEPT = 256  # numerical, pools kept in memory


@dataclass(frozen=True)
class ArmPrediction:
    """Predicted result of a trial arm; arrays (draw,). Signs follow the scale: lower is better means negative is better."""

    relative_improvement: np.ndarray  # share of the baseline, positive = better
    relative_change: np.ndarray  # change / baseline, sign of the scale
    change: np.ndarray | None  # scale units; None for a scale without a usable baseline
    responders: np.ndarray  # share of people above the threshold
    direction_probability: float  # that the arm is better at all
    significant_probability: float | None  # that it is significantly better (2 SE) with n people; None without n
    sources: tuple[str, ...]


def pooled(draws: Draws, exclude: frozenset[str] = frozenset()) -> Pooled:
    """Pooled effects of the packaged trials without the studies in `exclude`; computed once."""
    evidence, rules, priors = draws.evidence, ArmRules.of(draws), Priors.of(draws)
    course = tuple(draws.median(name, unit) for name, unit in (
        ("reference_sessions", "1"), ("reference_interval", "d"), ("reference_followup", "d"),
        ("response_half_time", "d"), ("response_saturation", "1")))
    key = (evidence.folder, rules, priors, course, exclude)
    if key not in _POOLS:
        found = arms(evidence, rules, exclude)
        responses = np.array([float(typical_response(Schedule(a.sessions, a.interval, a.followup), draws, median=True))
                              for a in found])
        if len(_POOLS) >= _KEPT:
            _POOLS.clear()
        _POOLS[key] = pool(found, responses, priors, *_families(evidence))
    return _POOLS[key]


def effects(draws: Draws, exclude: frozenset[str] = frozenset()) -> Effects:
    """Pooled effects as believed by every draw: shared knowledge, the same for every zone and arm."""
    found = pooled(draws, exclude)
    uniform = draws.luck.uniform("knowledge", "outcome spreads")[:, 0]
    return found.draw(uniform, draws.luck.normal("knowledge", "outcome effects", width=len(found.names)))


def trial_mean(kind: str, group: str, adjuncts: tuple[str, ...], response: np.ndarray, draws: Draws,
               exclude: frozenset[str] = frozenset(), *, believed: np.ndarray | float = 1.0) -> np.ndarray:
    """Mean relative improvement of a new trial; `response` (draw, ...) sets the shape.

    drift + believed x [m (needle + concern + study) + adjunct].   Knowledge and study spread, no person.
    """
    known, shape = effects(draws, exclude), (-1,) + (1,) * (response.ndim - 1)
    clinic = draws.luck.normal("knowledge", "study effect")[:, 0]
    if kind == "untreated":
        rater = pooled(draws, exclude).drift_between * clinic
        return np.broadcast_to((known["drift"] + rater).reshape(shape), response.shape)
    names = {name for adjunct in adjuncts or ("none",) for name in terms(kind, group, adjunct, 1.0)} - {"drift"}
    waits = sum((known.get(name) for name in sorted(names) if not name.startswith("adjunct")), start=np.zeros(draws.count))
    alone = sum((known.get(name) for name in sorted(names) if name.startswith("adjunct")), start=np.zeros(draws.count))
    reach = np.ones_like(response) if kind == "active" else response
    gain = reach * (waits + known.between_studies * clinic).reshape(shape) + alone.reshape(shape)
    return known["drift"].reshape(shape) + np.reshape(believed, shape if np.ndim(believed) else ()) * gain


def predict_arm(indication: str, scale: str, role: str, adjunct: str, sessions: float | None, interval_days: float | None,
                followup_days: float | None, driver: np.ndarray | None, baseline: float | None, device_kind: str,
                draws: Draws, exclude: frozenset[str] = frozenset(), *, n: float | None = None,
                definition: str = "") -> ArmPrediction:
    """Predict one trial arm, without the studies in `exclude`.

    followup_days counts from the last session. driver = tissue change relative to the reference course, (draw,), where
    it was simulated; None takes it from sessions, interval and follow-up. baseline None takes the scale's usual one
    (of other trials, else assumed). n adds the sampling error of n people. definition = text of a responder definition
    (a quarter better if it says nothing); raters' classes run ahead of scores by the pooled offset `rating`. The
    publication shrinkage is not applied: published arms are predicted.
    """
    record, rules = scales(draws.evidence).get(scale), ArmRules.of(draws)
    kind, group = kind_of(device_kind, role), pool_of(indication, draws.evidence)
    response = (typical_response(Schedule(sessions, interval_days, followup_days), draws) if driver is None
                else saturating(driver, draws("response_saturation", "1")))
    true = trial_mean(kind, group, (adjunct,), response, draws, exclude)
    spread = person_spread(draws.evidence, rules, exclude)
    error = spread / np.sqrt(n) if n else 0.0
    seen = np.minimum(true + error * draws.luck.normal("chance", "sampling error")[:, 0], 1.0)
    base, base_sources = usual_baseline(record, baseline, draws, exclude)
    cut = threshold(definition, record, None if base is None else float(np.median(base)), rules) if definition else None
    sign = record.sign if record else -1.0
    rated = seen + effects(draws, exclude)["rating"] if definition else seen
    share = responder_share(rated, draws.median("responder_threshold", "1") if cut is None else cut, spread)
    return ArmPrediction(
        seen, sign * seen, None if base is None or record is None else scale_change(record, base, seen),
        counted(share, n, draws),
        float(np.mean(seen > 0.0)), float(np.mean(seen > 2.0 * error)) if n else None,
        tuple(sorted({*supporting(kind, group, (adjunct,), draws, exclude), *base_sources})))


def supporting(kind: str, group: str, adjuncts: tuple[str, ...], draws: Draws, exclude: frozenset[str]) -> tuple[str, ...]:
    """Studies behind a prediction: those of the same concern, adjunct or kind of injury, and the untreated arms."""
    found = pooled(draws, exclude).sources
    direct = {"needle": f"concern:{group}", "rf": "rf", "active": "active"}.get(kind, "")
    names = [direct if found.get(direct) else "needle" if kind == "needle" else direct, *(f"adjunct:{a}" for a in adjuncts)]
    return tuple(sorted({source for name in names for source in found.get(name, ())}))


def usual_baseline(scale: Scale | None, stated: float | None, draws: Draws,
                   exclude: frozenset[str]) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Baseline for every draw (None if nothing is known) and the trials that it comes from."""
    if stated is not None:
        return np.full(draws.count, stated), ()
    if scale is None:
        return None, ()
    trials = stated_baselines(outcome_rows(draws.evidence), scales(draws.evidence), exclude).get(scale.id)
    usual, sources = trials if trials else (scale.usual, ())
    if not usual:
        return None, ()
    spread = draws.median("unstated_baseline_spread", "1") * draws.luck.normal("person", f"baseline {scale.id}")[:, 0]
    return scale.clamp(usual * np.exp(spread)), sources


def scale_change(scale: Scale, baseline: np.ndarray, improvement: np.ndarray) -> np.ndarray:
    """Change in scale units, kept within the range; shapes broadcast. Negative is better where lower is better."""
    return scale.clamp(baseline * (1.0 + scale.sign * improvement)) - baseline


def counted(share: np.ndarray, n: float | None, draws: Draws) -> np.ndarray:
    """The share that n people would show: with counting noise; without n the share itself."""
    from scipy.stats import binom

    return binom.ppf(draws.luck.uniform("chance", "responders counted")[:, 0], n, share) / n if n else share


def responder_share(mean: np.ndarray, cut: float | np.ndarray, spread: float) -> np.ndarray:
    """Share of people above a threshold of relative improvement: Phi((mean - cut) / spread) [-]."""
    from scipy.special import ndtr

    return ndtr((mean - cut) / spread)


def _families(evidence: Evidence) -> tuple[list[str], list[str]]:
    """Pools of concerns and adjuncts that effects are written for."""
    pools = {rule.pool for rule in concerns(evidence).values()} | {"mixed"}
    adjuncts = {row["adjunct"] for row in outcome_rows(evidence)} - {"none", ""}
    return sorted(pools), sorted(adjuncts)
