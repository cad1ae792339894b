"""What is learnt from a first session, and from the earlier time points of published courses.

    python benchmarks/follow.py [people]

First part: synthetic people. Of each of 300 among so many (1600 unless said) redness on three days and the pain of the first
session are read with the errors of their readers; the second session is asked about. Printed: coverage of 90 % bands, width
left, Kolmogorov-Smirnov p of the places of the true values, people who speak, how much was believed.

Second part: every measured course of the packaged evidence with two time points that the twin predicts as numbers. The later
one is predicted by all draws, and by those weighed with the earlier one, under the same luck; the error of both is printed.
Predictions leave the study itself out of every fit.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from importlib import import_module
from itertools import pairwise

import numpy as np
from scipy.stats import kstest

from dermatwin.case import Case
from dermatwin.evidence import Evidence
from dermatwin.following.measure import measures
from dermatwin.following.people import Ask, People
from dermatwin.following.rehearsal import Target, rehearse
from dermatwin.following.weights import Reading, equal, log_likelihood, quantiles, weigh
from dermatwin.naming import Detail, Name
from dermatwin.validation.laboratory import Laboratory
from dermatwin.validation.prediction import Prediction
from dermatwin.validation.rows import Row, measured
from dermatwin.validation.validate import PREDICTORS

TAKEN, LEAST = 300, 60.0
DAYS = (1.0, 3.0, 7.0)
LATER = ("pain_vas", "redness_duration", "swelling_duration", "soreness_duration", "downtime_makeup")
READ = {
    "eye": ("redness_grade", "clinician"),
    "meter, rise": ("erythema_rise", "device"),
    "meter": ("erythema_index", "device"),
}
CASE = {
    "patient": {"age": "34 yr", "sex": "female", "phototype": "III"},
    "zones": [{"zone": "cheek", "area": "60 cm^2"}],
    "course": {
        "device": "pen-12",
        "start": "2026-01-12",
        "sessions": {"count": 2, "interval": "4 weeks"},
        "settings": {"cheek": {"needle_length": "1.5 mm", "passes": 6, "hand_speed": "3 cm/s"}},
    },
    "horizon": "6 weeks",
}
DRAWS, ERROR = 1000, 0.15  # of the second part; the error where a row states none, on the logarithm or of a share
TIMES = {"outcomes.csv": "followup_days_after_last_session", "healing_timecourse.csv": "time_d", "numbness.csv": "time_min"}
SAME = {
    "outcomes.csv": ("source", "arm_id", "outcome_scale", "responders_definition"),
    "healing_timecourse.csv": ("source", "species", "procedure", "quantity", "site"),
    "numbness.csv": ("source", "product", "test", "readout"),
}


def main() -> None:
    """Print both parts."""
    synthetic(int(sys.argv[1]) if len(sys.argv) > 1 else 1600)
    real()


def synthetic(count: int) -> None:
    """Coverage, width left and places of the second session, by who read the redness of the first."""
    evidence = Evidence.packaged()
    known = measures(evidence)
    asks = {name: [Ask(Name(name), "cheek", day, 0) for day in DAYS] for name, _ in READ.values()}
    pain = Ask(Name("pain_vas", Detail(session=1)), "cheek", 0.0, 0)
    later = [Ask(Name(name, Detail(session=2)), "cheek", 28.0, 1, later=True) for name in LATER]
    later += [Ask(Name("redness_grade"), "cheek", 31.0, 1, later=True)]
    people = People(Case.model_validate(CASE), 1, evidence, (*(a for found in asks.values() for a in found), pain, *later))
    while people.count < count:
        people.grow(min(400, count - people.count))
    targets = {
        ask.name.text: Target(values_of(people, ask), known[ask.name.quantity].form, known[ask.name.quantity].floor)
        for ask in later
    }
    print(f"{people.count} people, {TAKEN} taken; readings on days {DAYS} and of the pain; second session")
    for reader, (name, who) in READ.items():
        row = known[name]
        form = "ratio" if row.form == "ratio" else "additive"
        readings = [Reading(0.0, form, row.floor, getattr(row, who), row.between_sessions, "session 1")] * len(DAYS)
        readings += [Reading(0.0, "additive", 0.0, known["pain_vas"].patient or 0.0)]
        predicted = [values_of(people, ask) for ask in (*asks[name], pain)]
        for target, found in rehearse(readings, predicted, targets, TAKEN, LEAST).items():
            p = kstest(found.places, "uniform").pvalue
            told = f"coverage {found.inside.mean():.3f}  width {found.width.mean():.2f}  p {p:.3f}"
            spoke = f"speak {np.median(found.effective):4.0f}  believed {found.exponent.mean():.2f}"
            print(f"  {reader:12s} {target:22s} {told}  {spoke}", flush=True)


def values_of(people: People, ask: Ask) -> np.ndarray:
    """What every person shows; asks of this file are always answered."""
    values = people.values(ask)
    assert values is not None, ask
    return values


def real() -> None:
    """Error of the later time point with and without the earlier one."""
    laboratory = Laboratory(Evidence.packaged(), draws=DRAWS, seed=1)
    print("\nmeasured courses: |error| of the later time point, by all draws and by those weighed with the earlier one")
    total: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for file, column in TIMES.items():
        module, name = PREDICTORS[file]
        predict = getattr(import_module(f"dermatwin.validation.{module}"), name)(laboratory)
        groups: dict[tuple[str, ...], list[tuple[float, Row, Prediction]]] = defaultdict(list)
        for row in measured(laboratory.evidence, unfitted=True)[file]:
            time, found = row.number(column), predict(row)
            if time is not None and isinstance(found, Prediction) and found.scale != "sign" and not found.bound:
                groups[tuple(row[key] for key in SAME[file])].append((time, row, found))
        for key, rows in groups.items():
            ordered = sorted(rows, key=lambda one: one[0])
            for (early, first, seen), (late, _, asked) in pairwise(ordered):
                if late > early:
                    total[seen.scale].append(compared(file, key, early, late, first, seen, asked))
    for scale, pairs in total.items():
        without, with_it = np.array(pairs).T
        told = f"; decades {without.mean():.2f} without, {with_it.mean():.2f} with" if scale == "log" else ""
        print(f"  {scale}: {len(pairs)} pairs, nearer in {int((with_it < without).sum())}{told}")


def compared(
    file: str, key: tuple[str, ...], early: float, late: float, row: Row, seen: Prediction, asked: Prediction
) -> tuple[float, float]:
    """Errors of the median of the later one, without and with the earlier one: decades on a ratio scale, else its unit."""
    log = seen.scale == "log"
    form = "ratio" if log else "additive"
    reading = Reading(seen.measured, form, 0.0, error_of(row, seen))
    weights = weigh(log_likelihood([reading], [seen.draws], len(seen.draws)), LEAST).weights
    found = [float(quantiles(asked.draws, each, (0.5,))[0]) for each in (equal(len(asked.draws)), weights)]
    errors = [abs(np.log10(one / asked.measured)) if log else abs(one - asked.measured) for one in found]
    what = " | ".join(part for part in key if part)[:90]
    told = f"measured {asked.measured:.3g}, {found[0]:.3g} -> {found[1]:.3g}; error {errors[0]:.3f} -> {errors[1]:.3f}"
    print(f"  {file} {what}: {early:g} -> {late:g}: {told}", flush=True)
    return float(errors[0]), float(errors[1])


def error_of(row: Row, seen: Prediction) -> float:
    """How sure the earlier mean is: its interval or its spread over the people, else the assumed error."""
    low, high, n = row.number("change_ci_low"), row.number("change_ci_high"), row.number("n")
    if low is not None and high is not None and high > low:
        return (high - low) / (2.0 * 1.96)
    spread = row.number("sd") or row.number("change_sd")
    if spread and n:
        error = spread / np.sqrt(n)
        return float(error / seen.measured) if seen.scale == "log" else float(error)
    if seen.scale != "log" and 0.0 < seen.measured < 1.0 and n:
        return float(np.sqrt(seen.measured * (1.0 - seen.measured) / n))
    return ERROR if seen.scale == "log" else ERROR * max(abs(seen.measured), 1e-6)


if __name__ == "__main__":
    main()
