"""What a trial arm would report, from the other trials: for validation and for a new person.

    improvement = drift + m(x) [works (kind + concern - drift) + study + arm] + adjunct + scale     trial mean
                + person                                                                           one new person

Three spreads stay apart: what is not known of the mean effect, how trials (raters, operators, clinics) differ, and how
people differ. `exclude` leaves out whole studies everywhere: effects, spreads and baselines. A published arm is
predicted as published; for the next person the effect is shrunk for what was never printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..device import heated
from ..evidence import Draws
from ..evidence.rows.trials import OutcomeRow
from .arms import Cut, cut_of, kind_of, rater_of
from .pooling import EFFECTS, Effects, pooled
from .response import UNSTATED, Schedule, saturating, typical_change
from .scales import SCORED, Scale, driver_of, is_counted, missing, pool_of, scales, stated_baselines

ADJUNCT_NONE = "none"


@dataclass(frozen=True)
class ArmPrediction:
    """Predicted result of a trial arm; arrays (draw,). Signs follow the scale: lower is better means negative is better."""

    relative_improvement: np.ndarray  # share of the severity at baseline, positive = better
    relative_change: np.ndarray  # change / baseline, sign of the scale
    change: np.ndarray | None  # scale units; None for a scale without a usable baseline
    responders: np.ndarray  # share of people above the threshold
    direction_probability: float  # that the arm is better at all
    significant_probability: float | None  # that it is significantly better (2 SE) with n people; None without n
    sources: tuple[str, ...]


def effects(draws: Draws, exclude: frozenset[str] = frozenset()) -> Effects:
    """Pooled effects as believed by every draw: shared knowledge, the same for every zone and arm."""
    return pooled(draws, exclude).draw(draws)


@dataclass(frozen=True)
class Arm:
    """What an arm of a trial has in the words of the pool: its injury, its pool of concerns, and what goes beside it."""

    kind: str  # needle, rf, active or untreated
    group: str  # trials of one pool share an effect
    adjuncts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TrialArm:
    """One arm of a trial as it is printed; what is not stated is None, or ''."""

    indication: str
    scale: str
    role: str
    device_kind: str
    adjunct: str = ADJUNCT_NONE
    schedule: Schedule = UNSTATED
    baseline: float | None = None  # None: the scale's usual one, of other trials, else assumed
    people: float | None = None  # None: no sampling error
    definition: str = ""  # text of who counts as a responder; a quarter better if it says nothing
    percent: bool = False  # whether the result is printed as a percentage alone


def trial_mean(
    arm: Arm,
    driver: np.ndarray,
    draws: Draws,
    exclude: frozenset[str] = frozenset(),
    *,
    believed: np.ndarray | float = 1.0,
    known: Effects | None = None,
) -> np.ndarray:
    """Mean relative improvement of a new trial; `driver` x (draw, ...) sets the shape.

    drift + believed {m(x) [works (kind + concern - drift) + study + arm] + adjunct}.   Knowledge and study spread, no
    person.

    Law      drift + adjunct at x = 0 (tests/laws/test_needed_needle.py).
    """
    known, shape = known or effects(draws, exclude), (-1,) + (1,) * (driver.ndim - 1)
    drift = known["drift"].reshape(shape)
    if arm.kind == "untreated":
        rater = known.pooled.drift_between * draws.score("knowledge", "study effect", owner="drift_between_studies")[:, 0]
        return np.broadcast_to(drift + rater.reshape(shape), driver.shape)
    study = known.new("study", "study effect") + known.new("arm", "arm effect")
    others = [adjunct for adjunct in arm.adjuncts if adjunct not in ("", ADJUNCT_NONE)]
    if arm.kind == "active":
        which = sum((known[f"active:{name}"] for name in others), start=np.zeros(draws.count))
        acting = known.works("what goes without needles") * (known["active"] + which - known["drift"])
        gain = np.broadcast_to((acting + study).reshape(shape), driver.shape)
    else:
        alone = sum((known["adjunct"] + known[f"adjunct:{name}"] for name in others), start=np.zeros(draws.count))
        acting = known.works("needles") * (known[arm.kind] + known[f"concern:{arm.group}"] - known["drift"])
        m = saturating(driver, known["saturation"].reshape(shape))
        gain = m * (acting + study).reshape(shape) + alone.reshape(shape)
    return drift + np.reshape(believed, shape if np.ndim(believed) else ()) * gain


def predict_arm(
    arm: TrialArm, draws: Draws, exclude: frozenset[str] = frozenset(), *, driver: np.ndarray | None = None
) -> ArmPrediction:
    """Predict one trial arm, without the studies in `exclude`.

    driver = tissue change relative to the reference course, (draw,), where it was simulated; None takes it from the
    schedule. The publication shrinkage is not applied: published arms are predicted.
    """
    record, known = scales(draws.evidence).get(arm.scale), effects(draws, exclude)
    kind = kind_of(arm.device_kind, arm.role, heated(draws.evidence))
    pooled_as = Arm(kind, pool_of(arm.indication, draws.evidence), (arm.adjunct,))
    x = typical_change(arm.schedule, driver_of(arm.indication, draws.evidence), draws) if driver is None else driver
    true = trial_mean(pooled_as, x, draws, exclude, known=known)
    if record is not None and record.kind in SCORED and pooled_as.kind != "untreated":
        true = true + known[f"scale:{arm.scale}"]
    error = known.people / np.sqrt(arm.people) if arm.people else np.zeros(draws.count)
    printed = true + known["percent"] if arm.percent else true
    seen = np.minimum(printed + error * draws.score("chance", "sampling error", owner=EFFECTS)[:, 0], 1.0)
    base, base_sources = usual_baseline(record, arm.baseline, draws, exclude)
    sign, share = record.sign if record else -1.0, missing(record, draws)
    return ArmPrediction(
        seen,
        sign * share * seen,
        None if base is None or record is None else scale_change(record, base, share * seen),
        counted(_responding(arm, true, base, known), arm.people, draws),
        float(np.mean(seen > 0.0)),
        float(np.mean(seen > 2.0 * error)) if arm.people else None,
        tuple(sorted({*supporting(pooled_as, draws, exclude), *base_sources})),
    )


def _responding(arm: TrialArm, mean: np.ndarray, base: np.ndarray | None, known: Effects) -> np.ndarray:
    """Share of people above the line of the arm's definition of responders, else of the usual one."""
    if not arm.definition:
        return responder_share(mean, known.draws.median("responder_threshold", "1"), known.people, known.never)
    record = scales(known.draws.evidence).get(arm.scale)
    cut = cut_of(arm.definition, record, None if base is None else float(np.median(base)))
    return rated_share(mean, cut, known, rater_of(record))


def rated_share(mean: np.ndarray, cut: Cut | None, known: Effects, rater: str = "clinician") -> np.ndarray:
    """Share of responders that raters of a new trial would count by a definition (a quarter better if it says nothing).

    (1 - never) Phi[(mean + rating + patient + chosen (c - c_ref) + study's raters + reading - c) / s_rated]; the first three
    only where raters give impressions: what is counted in grades of the score itself has no bias of its own. `chosen` is
    how far definitions follow the results that they are to show, `never` the people who respond to no line.
    """
    draws = known.draws
    usual = draws.median("responder_threshold", "1")
    line = cut_line(cut, draws) if cut else usual
    noise = known.new("rating", "raters of the study") + known.new("reading", "count of responders")
    kind = known["patient"] if rater == "patient" else 0.0
    ahead = 0.0 if cut is not None and cut.graded else known["rating"] + kind + known["chosen"] * (line - usual)
    at = known[f"cut:{cut.word}"] if cut is not None and f"cut:{cut.word}" in known.pooled.names else line
    return responder_share(mean + ahead + noise, at, known.people * known["rating_ratio"], known.never)


def cut_line(cut: Cut, draws: Draws) -> float:
    """Nominal line of a definition, before anything is learnt about raters."""
    return draws.median(f"responder_cutoff[{cut.word}]", "1") if cut.word else cut.share


def supporting(arm: Arm, draws: Draws, exclude: frozenset[str]) -> tuple[str, ...]:
    """Studies behind a prediction: those of the same concern, adjunct or kind of injury; of an untreated arm, such arms."""
    found = pooled(draws, exclude).sources
    direct = {"needle": f"concern:{arm.group}", "rf": "rf", "active": "active", "untreated": "drift"}.get(arm.kind, "")
    injury = direct if found.get(direct) else "needle" if arm.kind == "needle" else direct
    names = [injury, *(f"adjunct:{adjunct}" for adjunct in arm.adjuncts)]
    return tuple(sorted({source for name in names for source in found.get(name, ())}))


def usual_baseline(
    scale: Scale | None, stated: float | None, draws: Draws, exclude: frozenset[str]
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Baseline for every draw (None if nothing is known) and the trials that it comes from."""
    if stated is not None:
        return np.full(draws.count, stated), ()
    if scale is None:
        return None, ()
    trials = stated_baselines(draws.evidence.rows(OutcomeRow), scales(draws.evidence), exclude).get(scale.id)
    usual, sources = trials if trials else (scale.usual, ())
    if not usual:
        return None, ()
    score = draws.score("person", f"baseline {scale.id}", owner="unstated_baseline_spread")[:, 0]
    spread = draws.median("hair_count_spread" if is_counted(scale) else "unstated_baseline_spread", "1") * score
    return scale.clamp(usual * np.exp(spread)), sources


def scale_change(scale: Scale, baseline: np.ndarray, improvement: np.ndarray) -> np.ndarray:
    """Change in scale units, kept within the range; shapes broadcast. Negative is better where lower is better.

    improvement : as a share of the value before (`scales.missing` of the share of the severity).
    """
    return scale.clamp(baseline * (1.0 + scale.sign * improvement)) - baseline


def counted(share: np.ndarray, n: float | None, draws: Draws) -> np.ndarray:
    """The share that n people would show: with counting noise; without n the share itself."""
    from scipy.stats import binom

    return binom.ppf(draws.share("chance", "responders counted", owner=EFFECTS), n, share) / n if n else share


def responder_share(
    mean: np.ndarray, cut: float | np.ndarray, spread: float | np.ndarray, never: float | np.ndarray = 0.0
) -> np.ndarray:
    """Share of people above a threshold of relative improvement: (1 - never) Phi((mean - cut) / spread) [-]."""
    from scipy.special import ndtr

    return (1.0 - never) * ndtr((mean - cut) / spread)
