"""Rows of adverse_rates.csv: how often an event happens, how much needling hurts, how long redness lasts.

A rate is predicted for the people that were counted (phototypes, zone, sessions, heat), with the noise of counting them; a
mean pain score and a duration are predicted as trials report them. An event that a trial lists without a rate happened to
one of its people at least: a lower bound of the rate, scored apart as `listed:`. A review's 'up to' is an upper bound of
a study's mean. A single case is one person. Estimates leave the row's own study out. Not predicted: lists of regulators,
reviews without a rate, cases without a duration, procedures without needles, and events that no other study counts.
"""

from __future__ import annotations

import re
from typing import get_args

import numpy as np

from ..core.vocabulary import PHOTOTYPES
from ..device import heated
from ..evidence.rows.laboratory import HealingRow
from ..evidence.rows.trials import AdverseRow, Event
from ..outcome import Treated, predict_duration, predict_event, predict_pain
from ..outcome.counts import ASSUMED, HEAT, NEEDLE, class_of
from ..outcome.duration import hours_of, sign_of
from ..outcome.events import rate_pool
from .laboratory import Laboratory, unstated
from .outcomes import MAX_PEOPLE, MAX_SESSIONS, behind, leaning, left_out, studies
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row

PAIN = "pain_vas"
EVENTS: tuple[str, ...] = get_args(Event)
_RATE = (
    "rate_row_weight",
    "event_reference_sessions",
    "pigment_dose_exponent",
    "pih_site_factor",
    "pigment_drive",
    "event_heterogeneity_shape",
    "reaction_concentration",
    "unreported_event_rate",
    "unstated_trial_people",
    "tram_track_factor",
)
_DURATION = (
    "duration_prior_median",
    "duration_prior_spread",
    "duration_between_studies",
    "duration_ratio",
    "duration_between_people",
    "noticeable_erythema",
    "erythema_reference_peak",
    "reaction_ceiling",
    "reference_needle_length",
)
STANDS_ON = {
    "rate": _RATE,
    "listed": _RATE,
    "pain": (
        "pain_prior_score",
        "pain_prior_spread",
        "pain_between_studies",
        "pain_between_people",
        "pain_length_exponent",
        "pain_anchor_depth",
        "anaesthetised_relief",
    ),
    **dict.fromkeys(("redness", "swelling", "tenderness", "peeling", "any"), _DURATION),
}
"""Parameters behind each kind of answer; a study among their sources is not wholly left out of its own prediction."""

_KINDS = {"regulator_list": "a regulator's list states no rate", "sham": "sham: no needle pierces"}
_NUMBER = r"(\d+(?:\.\d+)?)"
_OF_TEN = re.compile(rf"{_NUMBER}(?:\s*[-\u2013]\s*{_NUMBER})?\s*(?:of|/|out of)\s*(100|10)\b", re.IGNORECASE)
_OF_MM = re.compile(rf"{_NUMBER} ?mm (?:on|of|out of) (?:a |the )?100(?: ?mm)?\b", re.IGNORECASE)
_NAMED = re.compile(rf"\b(?:VAS|NRS)\D{{0,12}}?{_NUMBER}(?:\s*[-\u2013]\s*{_NUMBER})?", re.IGNORECASE)
_DECLARED = re.compile(r"\b0\s*(?:-|\u2013|to)\s*(100|10)\b(?!\.)")
_NUMBED = re.compile(r"\b(?:EMLA|lidocaine|topical ana?esth\w+|numbing)\b", re.IGNORECASE)
_ROMAN = re.compile(rf"\b(?:{'|'.join(PHOTOTYPES)})\b")


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""
    evidence = laboratory.evidence
    inside = {kind: behind(evidence, names) for kind, names in STANDS_ON.items()}
    registered = studies(
        [
            *((row.source, row.doi_or_pmcid) for row in evidence.rows(AdverseRow)),
            *((row.source, "") for row in evidence.rows(HealingRow)),
        ]
    )

    def predict(row: Row) -> Answer:
        reason = _listed(row)
        if reason:
            return NotPredicted(reason)
        answer = _predicted(row, laboratory, left_out(row, registered))
        return leaning(answer, row, inside[answer.kind] if isinstance(answer, Prediction) else frozenset())

    return predict


def _listed(row: Row) -> str:
    """Why a row is not a reading of needled people, '' if it is."""
    sessions = row.number("sessions")
    if row["arm_kind"] in _KINDS:
        return _KINDS[row["arm_kind"]]
    if row["device_kind"] == "none" or row["arm_kind"] == "comparator":
        return "another injury or none: not needling"
    if row["event"] not in EVENTS:
        return f"the event {row['event']!r} is not one that is pooled"
    if sessions is not None and not 0.0 < sessions <= MAX_SESSIONS:
        return f"{sessions:g} sessions are not a course"
    return ""


def _predicted(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    """A rate before a score before a duration before a mere listing."""
    if row["arm_kind"] == "case_report":
        return _case(row, laboratory, exclude)
    if row.number("events_n") is not None or row.number("rate") is not None:
        return _rate(row, laboratory, exclude)
    if row["event"] == PAIN and re.search(r"\d", row["severity"]):
        return _pain(row, laboratory, exclude)
    if any(row.number(name) is not None for name in ("duration_h", "duration_h_min", "duration_h_max")):
        return _duration(row, laboratory, exclude)
    if row["arm_kind"] == "review":
        return NotPredicted("listed by a review without a rate, score or duration")
    return _at_least_one(row, laboratory, exclude)


def _case(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    """A single case is one person: its duration is predicted, its rate has no denominator."""
    if row["event"] not in ("erythema", "oedema", PAIN, "dryness_or_peeling") or _hours(row) is None:
        return NotPredicted("case report: no denominator")
    return _duration(row, laboratory, exclude)


def _rate(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    measured, event = measured_rate(row), class_of(row["event"], row["severity"], row["note"])
    if isinstance(measured, str):
        return NotPredicted(measured)
    reason = _uncounted(row, event, laboratory, exclude)
    if reason:
        return NotPredicted(reason)
    rate, uniform = _true_rate(row, event, laboratory, exclude), _luck(row, laboratory, "count")
    n = denominator(row)
    people = (
        np.full(rate.shape, n)
        if n is not None
        else np.round(unstated("unstated_trial_people", "1", row["source"], laboratory.people))
    )
    share = counted(rate, np.clip(people, 1, MAX_PEOPLE), uniform)
    return Prediction(share, measured, "absolute", f"rate:{event}", kind="rate")


def _at_least_one(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    """An event that a trial lists befell one of its people at least; how many these were may be unknown."""
    n, event = row.number("population_n"), class_of(row["event"], row["severity"], row["note"])
    reason = _uncounted(row, event, laboratory, exclude)
    if reason:
        return NotPredicted(reason)
    draws = laboratory.people
    usual = draws.median("unstated_trial_people", "1")
    people = np.full(draws.count, n) if n and n >= 1.0 else unstated("unstated_trial_people", "1", row["source"], draws)
    people = np.clip(np.round(people), 1, MAX_PEOPLE)
    some = n if n and n >= 1.0 else usual
    befell = people * counted(_true_rate(row, event, laboratory, exclude), people, _luck(row, laboratory, "count"))
    size = min(round(some), MAX_PEOPLE)
    return Prediction(befell / size, 1.0 / size, "absolute", f"listed:{event}", "lower", kind="listed")


def _uncounted(row: Row, event: str, laboratory: Laboratory, exclude: frozenset[str]) -> str:
    """Why there is nothing to pool for an event, '' if there is."""
    if event == "other":
        return "an event of no class that other studies count"
    kind = HEAT if _heated(row, laboratory) else NEEDLE
    known = event in ASSUMED or rate_pool(event, laboratory.people, exclude, kind).sources
    return "" if known else f"no other study counts {event}"


def _heated(row: Row, laboratory: Laboratory) -> bool:
    return row["device_kind"] in heated(laboratory.evidence)


def _true_rate(row: Row, event: str, laboratory: Laboratory, exclude: frozenset[str]) -> np.ndarray:
    treated = Treated(phototypes(row["phototypes"]), row["zone"], row["device_kind"], row.number("sessions"))
    return predict_event(event, treated, laboratory.people, exclude)


def _luck(row: Row, laboratory: Laboratory, what: str) -> np.ndarray:
    return laboratory.people.luck.uniform("chance", f"{row.file}:{row.line}:{what}")[:, 0]


def denominator(row: Row) -> float | None:
    """People that were counted; from the events and the printed rate where the number itself is missing."""
    n, events, rate = (row.number(name) for name in ("population_n", "events_n", "rate"))
    if n is None and events and rate:
        n = round(events / rate)
    return n if n is not None and n >= 1.0 else None


def measured_rate(row: Row) -> float | str:
    """The rate that was counted or printed, or why there is none."""
    n, events, rate = denominator(row), row.number("events_n"), row.number("rate")
    if n is None and (rate is None or row.number("population_n") is not None or row["rate_basis"] != "percent_stated"):
        return "no denominator: how well the rate was counted cannot be told"
    value = events / n if events is not None and n is not None else rate or 0.0
    if not 0.0 <= value <= 1.0:
        return "the rate is outside 0-1: events, not people, or a misprint"
    if rate is not None and n is not None and abs(value - rate) > 0.5 / n + 0.01:
        return "the count and the rate contradict each other"
    return value


def counted(rate: np.ndarray, n: np.ndarray | float, uniform: np.ndarray) -> np.ndarray:
    """Share of n people with an event of true rate `rate` (draw,): binomial, by inversion of `uniform` (draw,)."""
    from scipy.stats import binom

    return binom.ppf(uniform, n, rate) / n


def phototypes(text: str) -> str:
    """Phototypes as a range from low to high, '' where none can be read (the reference type)."""
    known: tuple[str, ...] = PHOTOTYPES
    found = sorted(known.index(name) for name in _ROMAN.findall(text))
    return f"{PHOTOTYPES[found[0]]}-{PHOTOTYPES[found[-1]]}" if found else ""


def pain_score(text: str) -> float | None:
    """Mean score from 0 to 10 in a description, the middle of a range; None where it or its scale cannot be told."""
    if re.search(r"\b(?:max|peak|worst|highest)", text, re.IGNORECASE):
        return None
    text = _OF_MM.sub(r"\1 of 100", text)
    declared = _DECLARED.search(text)
    bare = _DECLARED.sub(" ", text)
    match = _OF_TEN.search(bare)
    whole = float(match[3] if match else declared[1] if declared else 100 if re.search(r"\d ?mm\b", text) else 10)
    match = match or _NAMED.search(bare)
    if match is None:
        return None
    score = 0.5 * (float(match[1]) + float(match[2] or match[1])) * 10 / whole
    return score if 0.0 <= score <= 10 else None


def _pain(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    measured = pain_score(row["severity"])
    if measured is None:
        return NotPredicted("no mean pain score with a scale")
    if "not pain of needling" in row["note"]:
        return NotPredicted("pain of another procedure")
    length, draws = row.number("needle_length_mm"), laboratory.people
    mean = predict_pain(
        row["device_kind"],
        draws,
        exclude,
        needle_length=length if length and length > 0.0 else None,
        anaesthetised=_NUMBED.search(row["note"]) is not None,
    )
    n = row.number("population_n")
    error = draws.median("pain_between_people", "1") / np.sqrt(n) if n and n >= 1.0 else 0.0
    noise = error * draws.luck.normal("chance", f"{row.file}:{row.line}:people")[:, 0]
    name = f"{PAIN}_rf" if _heated(row, laboratory) else PAIN
    return Prediction(shifted(mean, noise), measured, "absolute", name, kind="pain")


def shifted(score: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Scores from 0 to 10 moved on the logit scale, on which people differ; they stay within the scale."""
    odds = score * np.exp(shift)
    return 10 * odds / (odds + 10 - score)


def _duration(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    sign, hours = sign_of(row["event"], row["note"]), _hours(row)
    if not sign or hours is None:
        return NotPredicted(
            "the duration is not a positive time"
            if sign
            else f"the duration of redness, swelling, soreness and peeling is predicted, not of {row['event']}"
        )
    if row["arm_kind"] == "review" and hours[1] != "upper":
        return NotPredicted("a review's duration is not the mean of a study")
    draws = laboratory.people
    noise = _between_people(row, hours[0], laboratory) * draws.luck.normal("chance", f"{row.file}:{row.line}:people")[:, 0]
    length = row.number("needle_length_mm")
    mean = predict_duration(
        sign, draws, exclude, heat=_heated(row, laboratory), needle_length=length if length and length > 0.0 else None
    )
    return Prediction(mean * np.exp(noise), hours[0], "log", f"{sign}_duration", hours[1], kind=sign)


def _hours(row: Row) -> tuple[float, str] | None:
    """How long a row says that a sign lasts [h], and how that is censored."""
    return hours_of(row.number("duration_h"), row.number("duration_h_min"), row.number("duration_h_max"))


def _between_people(row: Row, hours: float, laboratory: Laboratory) -> float:
    """Standard error of the logarithm of a mean duration; that of one person in a single case, none for a review."""
    n, sd = row.number("population_n"), row.number("duration_h_sd")
    spread = sd / hours if sd and sd > 0.0 else laboratory.people.median("duration_between_people", "1")
    if row["arm_kind"] == "case_report":
        return spread
    return spread / np.sqrt(n) if n and n >= 1.0 and row["arm_kind"] != "review" else 0.0
