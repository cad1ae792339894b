"""Rows of outcomes.csv: what a trial arm would report, from the trials of other people.

One prediction per row, of the most informative thing that it reports: the change in scale units, the change relative to
the baseline, the share of responders, or the direction alone. The estimate is pooled from the packaged trials without
the row's own study. What a row does not state is the reference course (sessions, interval, follow-up), the scale's usual
baseline, and no sampling error where no number of people can be told. Values are predicted on scales on which the product
gives values: of an instrument that reads the whole skin (its lightness, its water), of histology and of quality of life,
no share of the reading is the concern's, and only the direction is predicted; so it is where the printed unit is doubtful.
A result of two arms together is that of their mean, a single case that of one person. Left out: ratings of a gain as
changes (they have no baseline).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from ..evidence import Evidence
from ..evidence.rows.trials import OutcomeRow
from ..outcome import ArmPrediction, Scale, Schedule, TrialArm, predict_arm, scales
from ..outcome.doubts import label_of
from ..outcome.prediction import effects
from ..outcome.scales import SCORED, pool_of
from . import arms, healing
from .laboratory import Laboratory
from .prediction import Answer, Common, NotPredicted, Prediction, Predictor
from .protocol import USUAL_INTERVAL, WORDS
from .rows import Row

POOLED, DOUBTFUL = "not_arm_specific", "unit_check"
"""Quality flags: a result of two arms together, whose mean is predicted; a value in a doubtful unit, of which only the
direction is."""
UNIT = "the printed unit is doubtful: no value, only the direction"

WHOLE = "the scale does not read the severity of the concern: no value, only the direction"
ARMS = {"comparator": "comparator", "led_only": "comparator", "untreated": "untreated or sham", "sham": "untreated or sham"}
"""What was done to an arm, by its role; every other role was needled."""
BETWEEN = "one arm against another"
NEEDLED = ("needling", "needling_plus")
OF_TISSUE = {"elastin_protein": "elastin_protein", "histometry_collagen": "histometry_collagen", "tewl": "tewl_direction"}
"""Outcomes that are readings of tissue, and what they are as readings: the network has the state itself."""
SHARED = ("indication", "outcome_scale", "followup_days_after_last_session", "followup_days_as_stated", "followup_reference")
"""What two arms that are compared have in common, whatever row of the other arm is found."""
MAX_SESSIONS = 1000.0  # more than that is a misprint
MAX_LENGTH = 20.0  # mm: longer is a misprint
MAX_PEOPLE = 1e6  # numerical: beyond it counting has no noise
SHARED_DESIGNS = ("rct_split", "nonrandomised_split", "single_arm", "retrospective")
"""Designs in which everybody is in the arm, so that the study's total is the arm's number."""
STANDS_ON = (
    "change_correlation",
    "rating_definition_spread",
    "unstated_baseline_spread",
    "unstated_person_spread",
    "responder_cutoff",
    "responder_cutoff_spread",
    "responder_threshold",
    "effect_prior_spread",
    "drift_prior_spread",
    "drift_between_studies",
    "rating_prior_spread",
    "between_study_prior",
    "between_concern_prior",
    "between_adjunct_prior",
    "between_scale_prior",
    "between_arm_prior",
    "between_rating_prior",
    "person_spread_prior",
    "person_spread_scatter",
    "rating_person_prior",
    "response_saturation_prior",
    "no_effect_odds",
    "no_effect_odds_prior",
    "never_odds",
    "never_odds_prior",
    "never_between",
    "never_between_prior",
    "percent_prior_spread",
    "patient_prior_spread",
    "hair_count_spread",
    "hair_missing_share",
    "driver_at_length",
    "driver_fade",
    "definition_choice",
    "definition_choice_prior",
    "indirect_scatter",
    "least_score_error",
    "unstated_arm_size",
    "reference_sessions",
    "reference_interval",
    "reference_followup",
    "response_half_time",
    "response_saturation",
)
"""Parameters behind every arm; a study among their sources is not wholly left out of its own prediction."""


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""
    registered = studies((row.source, row.doi_or_pmcid) for row in laboratory.evidence.rows(OutcomeRow))
    known, inside = scales(laboratory.evidence), behind(laboratory.evidence, STANDS_ON)
    tissue = healing.predictor(laboratory)

    def predict(row: Row) -> Answer:
        reason = _impossible(row)
        if reason:
            return NotPredicted(reason)
        if row["outcome_scale"] in OF_TISSUE and (seen := of_tissue(row)) is not None:
            return _tissue(row, seen, tissue(seen), laboratory.evidence)
        scale, arm = known.get(row["outcome_scale"]), arm_of(row, laboratory, left_out(row, registered))
        read_from = inside | frozenset(scale.sources if scale else ())
        answer = _first(row, arm, scale)
        if isinstance(answer, NotPredicted) and row.number("between_direction") is not None:
            answer = between(row, laboratory, left_out(row, registered))
        return leaning(_grouped(answer, row, scale, laboratory.evidence), row, read_from)

    return predict


def _groups(row: Row, evidence: Evidence) -> dict[str, str]:
    return {"concern": label_of(pool_of(row["indication"], evidence), evidence), "arm": ARMS.get(row["role"], "needled")}


def _grouped(answer: Answer, row: Row, scale: Scale | None, evidence: Evidence) -> Answer:
    """The answer with its concern, its kind of arm, and what makes a change a share of the baseline."""
    if not isinstance(answer, Prediction):
        return answer
    groups = _groups(row, evidence)
    if answer.quantity in ("direction", BETWEEN):
        return replace(answer, common=Common(groups))
    if answer.quantity == "responders_fraction":
        return replace(answer, common=Common(groups, "share of responders"))
    size = (sign_of(row, scale) or -1.0) * (_divisor(row, scale, answer.measured) if answer.kind == "change" else 1.0)
    return replace(answer, common=Common(groups, "improvement", size)) if size else answer


def of_tissue(row: Row) -> Row | None:
    """A reading of tissue among outcomes as a row of healing_timecourse.csv; None where no needle made the tissue."""
    way, higher = better(row), -1.0 if row["lower_is_better"] == "1" else 1.0
    relative, base, change = row.number("relative_change"), _baseline(row), _measured_change(row)
    if relative is None and base is not None and change is not None:
        relative = change / base
    if row["role"] not in NEEDLED or row["device_kind"] == "none" or (relative is None and way is None):
        return None
    sessions, interval = max(int(row.number("sessions") or 1), 1), row.number("interval_days") or USUAL_INTERVAL
    followup, length = followup_days(row), row.number("needle_length_mm")
    device = WORDS.get(row["device_kind"], "needling")
    cells = {
        "source": row["source"],
        "species": "human",
        "site": row["zone"],
        "procedure": f"{device}{f' {length:g} mm' if length else ''} x{sessions} every {max(round(interval), 1)} d",
        "quantity": OF_TISSUE[row["outcome_scale"]],
        "time_d": "" if followup is None else f"{interval * (sessions - 1) + followup:g}",
        "value": f"{higher * (way or 0):g}" if relative is None else f"{100.0 * relative:g}",
        "unit": "sign" if relative is None else "%",
        "n": row["n"],
    }
    return Row(row.file, row.line, cells)


def _tissue(row: Row, seen: Row, answer: Answer, evidence: Evidence) -> Answer:
    """The answer of the network, counted among the row's concern and arms."""
    if not isinstance(answer, Prediction):
        return answer
    return replace(answer, common=Common(_groups(row, evidence)))


def between(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    """Which of two arms got better by more, as the study would see it: 1 the row's, 0 neither, -1 the other.

    Both share the study's effect; each has an effect of its own, and both were measured in so many people.
    """
    against, direction = opponents(row), row.number("between_direction")
    if not against or direction is None:
        return NotPredicted("only a comparison, with an arm of which nothing says what was done to it")
    draws = laboratory.people
    own, *others = (
        predict_arm(replace(_trial_arm(one), people=None), draws, exclude).relative_improvement for one in (row, *against)
    )
    chance = draws.luck.uniform("knowledge", f"other arm of {row['source']}")[:, 0]
    other = np.choose(np.minimum((chance * len(others)).astype(int), len(others) - 1), others)
    known = effects(draws, exclude)
    apart = known.new("arm", "arm effect") - known.new("arm", "other arm effect")
    size = sum(1.0 / n if (n := people(one)) else 1.0 / draws.median("unstated_arm_size", "1") for one in (row, against[0]))
    error = known.people * np.sqrt(size) * draws.luck.normal("chance", f"{row.file}:{row.line}:arms")[:, 0]
    return Prediction(own - other + apart + error, direction, "sign", BETWEEN, sign=int(np.sign(direction)), kind="between")


def opponents(row: Row) -> tuple[Row, ...]:
    """The arm that a row is compared with, of the same scale where the study has it, else what its name may mean."""
    beside = [other for other in row.beside if other["arm_id"] == row["compared_with"] and row["compared_with"]]
    alike = [other for other in beside if other["outcome_scale"] == row["outcome_scale"]]
    if beside:
        found = (alike or beside)[0]
        return (replace(found, cells={**found.cells, **{name: row[name] for name in SHARED}}),)
    return arms.opponents(row)


def _divisor(row: Row, scale: Scale | None, change: float) -> float:
    """Baseline of a change: the row's, else what its relative change says, else the scale's usual one; 0 if unknown."""
    stated, relative = _baseline(row), row.number("relative_change")
    if stated is None and relative:
        stated = abs(change / relative)
    return stated or (scale.usual if scale else None) or 0.0


def studies(rows: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Every source of a table of the evidence with the names of its study: its id, and identifiers (DOI and the like)."""
    found: dict[str, frozenset[str]] = {}
    for source, identifier in rows:
        found[source] = found.get(source, frozenset()) | frozenset({source, identifier.casefold()} - {""})
    return found


def behind(evidence: Evidence, names: tuple[str, ...]) -> frozenset[str]:
    """Sources of parameters (a family, written without its member, counts whole)."""
    return frozenset(
        source for parameter in evidence.parameters.values() if parameter.family in names for source in parameter.sources
    )


def leaning(answer: Answer, row: Row, inside: frozenset[str]) -> Answer:
    """The answer, marked with whether the row's own study is among the sources of its parameters."""
    return replace(answer, leans=bool(inside & row.sources)) if isinstance(answer, Prediction) else answer


def left_out(row: Row, registered: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Packaged sources that are the row's own study, by id or by identifier; empty for a study that was never seen."""
    own = row.sources | ({row["doi_or_pmcid"].casefold()} - {""})
    return frozenset(source for source, names in registered.items() if names & own)


def people(row: Row) -> float | None:
    """People in the arm; from the study's total where the design says how it is shared; None where it cannot be told.

    Half of the total in a parallel trial (two arms are the fewest that it can have) or where no design is stated.
    """
    own, total = row.number("n"), row.number("n_total")
    if own is None and total is not None:
        own = total if row["design"] in SHARED_DESIGNS else total / 2
    return float(min(max(round(own), 1), MAX_PEOPLE)) if own is not None and own > 0.0 else None


def needle_length(row: Row) -> float | None:
    """Length of an arm's needles, mm: as stated, the middle of a range, or its one end; None where nobody says."""
    own, low, high = (row.number(f"needle_length_{name}mm") for name in ("", "min_", "max_"))
    ends = [end for end in (low, high) if end is not None]
    length = own if own is not None else sum(ends) / len(ends) if ends else None
    return length if length is not None and 0.0 <= length <= MAX_LENGTH else None


def followup_days(row: Row) -> float | None:
    """Days after the last session; a time from the first session is moved, or left open if the course is not stated."""
    stated = row.number("followup_days_after_last_session")
    if stated is not None:
        return stated
    printed = row.number("followup_days_as_stated")
    if printed is None or row["followup_reference"] != "from_first":
        return printed
    sessions, interval = row.number("sessions"), row.number("interval_days")
    return None if sessions is None or interval is None else max(printed - max(sessions - 1, 0) * interval, 0.0)


def sign_of(row: Row, scale: Scale | None) -> float | None:
    """+1 if higher is better, -1 if lower is better: as the row says, else as the scale does; None if neither says."""
    if row["lower_is_better"] in ("0", "1"):
        return 1.0 if row["lower_is_better"] == "0" else -1.0
    return None if scale is None or scale.lower_is_better is None else scale.sign


def better(row: Row) -> int | None:
    """Direction that was measured (1 better, 0 none, -1 worse): with significance if stated, else the plain effect."""
    for column in ("direction", "effect_sign"):
        value = row.number(column)
        if value is not None:
            return int(np.sign(value))
    return None


def _impossible(row: Row) -> str:
    """Why a row's course cannot be a course, '' if it can."""
    sessions, interval, followup = row.number("sessions"), row.number("interval_days"), followup_days(row)
    if sessions is not None and not 0.0 <= sessions <= MAX_SESSIONS:
        return f"{sessions:g} sessions are not a course"
    if min(interval or 0.0, followup or 0.0) < 0.0:
        return "the interval or the follow-up is negative"
    return ""


def arm_of(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> ArmPrediction:
    """The row's arm; of a result of two arms together the mean of that arm and of the same without what was added."""
    own = predict_arm(_trial_arm(row), laboratory.people, exclude)
    if POOLED not in flags(row) or row["adjunct"] in ("", "none") or row["role"] not in NEEDLED:
        return own
    bare = predict_arm(_trial_arm(arms.needled(row, "none", hot=False)), laboratory.people, exclude)
    shares = ("relative_improvement", "relative_change", "responders")
    both = {name: 0.5 * (getattr(own, name) + getattr(bare, name)) for name in shares}
    change = None if own.change is None or bare.change is None else 0.5 * (own.change + bare.change)
    return replace(own, **both, change=change)


def flags(row: Row) -> frozenset[str]:
    """What the table warns of in a row."""
    return frozenset(flag.strip() for flag in row["quality_flag"].split(";"))


def _trial_arm(row: Row) -> TrialArm:
    adjunct = row["adjunct"] or ("other" if row["role"] == "needling_plus" else "none")
    return TrialArm(
        row["indication"],
        row["outcome_scale"],
        row["role"],
        row["device_kind"],
        adjunct,
        Schedule(row.number("sessions"), row.number("interval_days"), followup_days(row), needle_length(row)),
        _baseline(row),
        people(row),
        row["responders_definition"],
        percent=row.number("relative_change") is not None and _measured_change(row) is None,
    )


def _baseline(row: Row) -> float | None:
    value = row.number("baseline_mean")
    return value if value is not None and value > 0.0 else None


def _first(row: Row, arm: ArmPrediction, scale: Scale | None) -> Answer:
    """The first thing that is reported and can be predicted, else why nothing can."""
    tried = [_change(row, arm, scale), _relative(row, arm, scale), _responders(row, arm), _direction(row, arm, scale)]
    found = next((answer for answer in tried if isinstance(answer, Prediction)), None)
    if found is not None:
        return found
    reasons = [answer.reason for answer in tried if isinstance(answer, NotPredicted)]
    return NotPredicted("; ".join(reasons) or _silent(row))


def _silent(row: Row) -> str:
    if row["between_direction"] or row["between_p"]:
        return "only a comparison between arms is reported"
    return "no change, share of responders or direction is reported"


def _change(row: Row, arm: ArmPrediction, scale: Scale | None) -> Answer | None:
    """Change in scale units."""
    measured = _measured_change(row)
    if measured is None:
        return None
    draws = _change_draws(row, arm, scale)
    if isinstance(draws, str):
        return NotPredicted(draws)
    sign = _sign(row, sign_of(row, scale), measured)
    return Prediction(draws, measured, "absolute", f"change:{row['outcome_scale']}", sign=sign, kind="change")


def _measured_change(row: Row) -> float | None:
    stated, before, after = (row.number(name) for name in ("change_mean", "baseline_mean", "followup_mean"))
    return after - before if stated is None and after is not None and before is not None else stated


def _change_draws(row: Row, arm: ArmPrediction, scale: Scale | None) -> np.ndarray | str:
    """Draws of the change in the row's direction, or why there are none."""
    sign, base = sign_of(row, scale), _baseline(row)
    if DOUBTFUL in flags(row):
        return UNIT
    if sign is None:
        return "it is not stated which direction of the scale is better"
    if scale is not None and scale.kind == "category":
        return "a rating of the gain, not a change from a baseline"
    if _whole(scale):
        return WHOLE
    if arm.change is not None and scale is not None and scale.sign == sign:
        return arm.change
    if base is None:
        return "no baseline is stated and the scale has no usual one: no change in scale units"
    low, high = (row.number(name) for name in ("scale_min", "scale_max"))
    after = base + sign * np.abs(base) * _share(scale, arm)
    return np.clip(after, -np.inf if low is None else low, np.inf if high is None else high) - base


def _relative(row: Row, arm: ArmPrediction, scale: Scale | None) -> Answer | None:
    """Change relative to the baseline, in the direction of the scale."""
    measured, sign = row.number("relative_change"), sign_of(row, scale)
    if measured is None:
        return None
    if sign is None:
        return NotPredicted("it is not stated which direction of the scale is better")
    if _whole(scale):
        return NotPredicted(WHOLE)
    if (sign < 0.0 and measured < -1.0) or abs(measured) > 10:
        return NotPredicted("the relative change cannot be a share of the baseline")
    return Prediction(sign * _share(scale, arm), measured, "absolute", "relative_change", sign=_sign(row, sign, measured))


def _share(scale: Scale | None, arm: ArmPrediction) -> np.ndarray:
    """Improvement as a share of the value before, positive = better."""
    return arm.relative_change * (scale.sign if scale is not None else -1.0)


def _whole(scale: Scale | None) -> bool:
    """Whether a scale reads the whole skin or person, so that no share of the reading is the concern's."""
    return scale is not None and scale.kind not in (*SCORED, "category")


def _sign(row: Row, sign: float | None, measured: float) -> int | None:
    """Direction that was measured, in the sign of the drawn quantity; None if the row contradicts itself."""
    direction = better(row)
    if direction is None or sign is None:
        return int(np.sign(measured))
    turned = int(sign * direction)
    return None if turned * measured < 0.0 else turned


def _responders(row: Row, arm: ArmPrediction) -> Answer | None:
    measured = row.number("responders_fraction")
    if measured is None:
        return None
    if not 0.0 <= measured <= 1.0:
        return NotPredicted("the share of responders is outside 0-1")
    if not row["responders_definition"]:
        return NotPredicted("it is not stated who counts as a responder")
    return Prediction(arm.responders, measured, "absolute", "responders_fraction")


def _direction(row: Row, arm: ArmPrediction, scale: Scale | None) -> Answer | None:
    """Direction alone; where the scale's is not stated, positive means better.

    That of the change where only this is stated and its size says nothing of the concern.
    """
    direction = better(row)
    if direction is None and (_whole(scale) or DOUBTFUL in flags(row)):
        way, moved = sign_of(row, scale), _measured_change(row) or row.number("relative_change")
        direction = None if way is None or moved is None else int(np.sign(way * moved))
    if direction is None:
        return None
    turned = sign_of(row, scale) or 1.0
    measured = int(turned * direction)
    return Prediction(turned * arm.relative_improvement, float(measured), "sign", "direction", sign=measured)
