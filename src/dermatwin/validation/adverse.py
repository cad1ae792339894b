"""Rows of adverse_rates.csv: how often an event happens, how much needling hurts, how long redness lasts.

A rate is predicted for the people that were counted (phototypes, zone, sessions), with the noise of counting them; a mean
pain score and a duration are predicted as trials report them. Estimates leave the row's own study out. Not predicted:
lists, single cases, reviews without a rate, rates and redness after radiofrequency (heat is another injury), procedures
without needles, and events that no other study counts.
"""

from __future__ import annotations

import re

import numpy as np

from ..evidence.gate import read_table
from ..outcome import predict_erythema, predict_event, predict_pain
from ..outcome.events import PHOTOTYPES, rate_pool
from .laboratory import Laboratory
from .outcomes import MAX_PEOPLE, MAX_SESSIONS, behind, leaning, left_out, studies
from .rows import Row
from .scoring import Answer, NotPredicted, Prediction, Predictor

FILES = ("adverse_rates.csv", "healing_timecourse.csv")
"""Packaged tables that rates, pain and durations are pooled from."""

PAIN, REDNESS = "pain_vas", ("erythema", "oedema")
EVENTS = ("acneiform_or_milia", "bleeding", "bruising", "dryness_or_peeling", "erythema", "granuloma_or_allergy",
          "hsv_reactivation", "hypertrophic_scar_or_keloid", "infection", "oedema", "other", "pain_vas", "pih",
          "tram_track_scar")
STANDS_ON = {
    "rate": ("rate_row_weight", "event_reference_sessions", "pigment_dose_exponent", "pih_site_factor", "pigment_drive",
             "event_heterogeneity_shape"),
    "pain": ("pain_prior_score", "pain_prior_spread", "pain_between_studies", "pain_between_people", "pain_length_exponent",
             "pain_anchor_depth", "anaesthetised_relief"),
    "redness": ("duration_prior_median", "duration_prior_spread", "duration_between_studies")}
"""Parameters behind each kind of answer; a study among their sources is not wholly left out of its own prediction."""

_KINDS = {"regulator_list": "a regulator's list states no rate", "case_report": "case report: no denominator",
          "sham": "sham: no needle pierces"}
_NUMBER = r"(\d+(?:\.\d+)?)"
_OF_TEN = re.compile(rf"{_NUMBER}(?:\s*[-\u2013]\s*{_NUMBER})?\s*(?:of|/|out of)\s*(100|10)\b", re.IGNORECASE)
_NAMED = re.compile(rf"\b(?:VAS|NRS)\D{{0,12}}?{_NUMBER}(?:\s*[-\u2013]\s*{_NUMBER})?", re.IGNORECASE)
_DECLARED = re.compile(r"\b0\s*(?:-|\u2013|to)\s*(100|10)\b(?!\.)")
_NUMBED = re.compile(r"\b(?:EMLA|lidocaine|topical ana?esth\w+|numbing)\b", re.IGNORECASE)
_ROMAN = re.compile(r"\b(?:IV|VI|V|I{1,3})\b")


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""
    folder = laboratory.evidence.folder / "measurements"
    inside = {kind: behind(laboratory.evidence, names) for kind, names in STANDS_ON.items()}
    registered = studies(row for name in FILES for row in read_table(folder / name))

    def predict(row: Row) -> Answer:
        reason = _listed(row)
        if reason:
            return NotPredicted(reason)
        answer = _predicted(row, laboratory, left_out(row, registered))
        return leaning(answer, row, inside[answer.quantity.partition("_")[0].partition(":")[0]]
                       if isinstance(answer, Prediction) else frozenset())

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
    """A rate before a score before a duration."""
    if row.number("events_n") is not None or row.number("rate") is not None:
        return _rate(row, laboratory, exclude)
    if row["event"] == PAIN and re.search(r"\d", row["severity"]):
        return _pain(row, laboratory, exclude)
    if any(row.number(name) is not None for name in ("duration_h", "duration_h_min", "duration_h_max")):
        return _duration(row, laboratory, exclude)
    who = "a review" if row["arm_kind"] == "review" else "a trial"
    return NotPredicted(f"listed by {who} without a rate, score or duration")


def _rate(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    measured = measured_rate(row)
    if isinstance(measured, str):
        return NotPredicted(measured)
    if row["device_kind"] == "rf_needle":
        return NotPredicted("heat: radiofrequency is another injury")
    if not rate_pool(row["event"], laboratory.people, exclude).sources:
        return NotPredicted(f"no other study counts {row['event']}")
    rate = predict_event(row["event"], phototypes(row["phototypes"]), row["zone"], row["device_kind"],
                         row.number("needle_length_mm"), row.number("sessions"), None, laboratory.people, exclude)
    n = int(min(round(row.number("population_n") or 1.0), MAX_PEOPLE))
    uniform = laboratory.people.luck.uniform("chance", f"{row.file}:{row.line}:count")[:, 0]
    return Prediction(counted(rate, n, uniform), measured, "absolute", f"rate:{row['event']}")


def measured_rate(row: Row) -> float | str:
    """The rate that was counted, or why there is none."""
    n, events, rate = (row.number(name) for name in ("population_n", "events_n", "rate"))
    if n is None or n < 1.0:
        return "no denominator: how well the rate was counted cannot be told"
    value = events / n if events is not None else rate or 0.0
    if not 0.0 <= value <= 1.0:
        return "the rate is outside 0-1: events, not people, or a misprint"
    if rate is not None and abs(value - rate) > 0.5 / n + 0.01:
        return "the count and the rate contradict each other"
    return value


def counted(rate: np.ndarray, n: int, uniform: np.ndarray) -> np.ndarray:
    """Share of n people with an event of true rate `rate` (draw,): binomial, by inversion of `uniform` (draw,)."""
    from scipy.stats import binom

    return binom.ppf(uniform, n, rate) / n


def phototypes(text: str) -> str:
    """Phototypes as a range from low to high, '' where none can be read (the reference type)."""
    found = sorted(PHOTOTYPES.index(name) for name in _ROMAN.findall(text))
    return f"{PHOTOTYPES[found[0]]}-{PHOTOTYPES[found[-1]]}" if found else ""


def pain_score(text: str) -> float | None:
    """Mean score from 0 to 10 in a description, the middle of a range; None where it or its scale cannot be told."""
    if re.search(r"\b(?:max|peak|worst|highest)", text, re.IGNORECASE):
        return None
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
    mean = predict_pain(row["device_kind"], draws, exclude, needle_length=length if length and length > 0.0 else None,
                        anaesthetised=_NUMBED.search(row["note"]) is not None)
    n = row.number("population_n")
    error = draws.median("pain_between_people", "1") / np.sqrt(n) if n and n >= 1.0 else 0.0
    noise = error * draws.luck.normal("chance", f"{row.file}:{row.line}:people")[:, 0]
    name = f"{PAIN}_rf" if row["device_kind"] == "rf_needle" else PAIN
    return Prediction(_shifted(mean, noise), measured, "absolute", name)


def _shifted(score: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Scores from 0 to 10 moved on the logit scale, on which people differ; they stay within the scale."""
    odds = score * np.exp(shift)
    return 10 * odds / (odds + 10 - score)


def _duration(row: Row, laboratory: Laboratory, exclude: frozenset[str]) -> Answer:
    reason, measured = _no_duration(row), _stated_duration(row)
    if reason or measured is None:
        return NotPredicted(reason or "the duration is not a positive time")
    draws, n, sd = laboratory.people, row.number("population_n"), row.number("duration_h_sd")
    error = sd / (measured[0] * np.sqrt(n)) if sd and n and min(sd, n) > 0.0 else 0.0
    noise = error * draws.luck.normal("chance", f"{row.file}:{row.line}:people")[:, 0]
    return Prediction(predict_erythema(draws, exclude) * np.exp(noise), measured[0], "log", "redness_duration", measured[1])


def _no_duration(row: Row) -> str:
    """Why a duration is not predicted, '' if it is; that of any adverse event is read as that of redness."""
    if row["arm_kind"] == "review":
        return "a review's longest duration is not the mean of a study"
    if row["event"] not in REDNESS and not re.search(r"any adverse", row["note"], re.IGNORECASE):
        return f"only the duration of redness and swelling is predicted, not of {row['event']}"
    return "heat: radiofrequency is another injury" if row["device_kind"] == "rf_needle" else ""


def _stated_duration(row: Row) -> tuple[float, str] | None:
    """Hours and how they are censored: a value, the geometric middle of a range, or one end as a bound."""
    value, low, high = (row.number(name) for name in ("duration_h", "duration_h_min", "duration_h_max"))
    if value is None and low and high:
        value = float(np.sqrt(max(low * high, 0.0)))
    bound = "" if value is not None else "upper" if high else "lower"
    stated = value if value is not None else high or low
    return (stated, bound) if stated and stated > 0.0 else None
