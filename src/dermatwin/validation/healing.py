"""Rows of healing_timecourse.csv: tissue, cells, barrier, redness, pain and modifiers over time.

How each quantity is predicted stands in `validation_map.csv`: read from a simulated course (tissue, reading), sent to the
laboratory of another file (closure, insertion), predicted as a trial without its own study (arm, responders, event, pain,
erythema), or read from a parameter (factor, loss, power, decade). Lasers, excisions and implants make another wound; the
network takes its order of events from such wounds, but it predicts needle columns, so those rows are listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from ..case import Case
from ..evidence import Draws
from ..flows import LAYERS
from ..outcome import ArmPrediction, predict_arm, predict_erythema, predict_event, predict_pain
from ..twin import Run, simulate
from . import closure, insertion
from .experiment import species_of
from .insertion import bound_of
from .laboratory import Laboratory
from .protocol import case_of, interval_of, protocol_of, sessions_of
from .rows import Row
from .scoring import Answer, NotPredicted, Prediction, Predictor
from .spread import study_mean

NEEDLES_NOT = "a laser, excision, implant or heat: another wound than a needle column"
FROM_WOUNDS = frozenset({"reading"})  # ways that may be compared with other wounds: only the order of events
HOURS = {"h": 1.0, "d": 24.0}
MOST = 0.5


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time; each distinct course is simulated once."""
    table = {entry["quantity"]: entry for entry in laboratory.evidence.table("validation_map")}

    @cache
    def course(case: str) -> tuple[Run, Run]:
        document = Case.model_validate_json(case)
        return (simulate(document, laboratory.draws, laboratory.seed, vary=laboratory.people.luck.vary),
                simulate(document, laboratory.draws, laboratory.seed, vary=laboratory.known.luck.vary))

    def predict(row: Row) -> Answer:
        entry = table.get(row["quantity"])
        if entry is None and row.tags & {"other_injury", "thermal", "rf"}:
            return NotPredicted(NEEDLES_NOT)
        if entry is None or not entry["way"]:
            return NotPredicted(entry["note"] if entry and entry["note"] else f"{row['quantity']!r} is not predicted")
        if row.number("value") is None:
            return NotPredicted("no value")
        if row.tags & {"other_injury", "thermal", "rf"} and entry["way"] not in (*FROM_WOUNDS, *PARAMETERS):
            return NotPredicted(NEEDLES_NOT)
        return WAYS[entry["way"]](row, entry, laboratory, course)

    return predict


Course = Callable[[str], tuple[Run, Run]]
Entry = dict[str, str]


def _runs(row: Row, laboratory: Laboratory, course: Course) -> tuple[Run, Run] | str:
    species = species_of(row["species"])
    if species is None or "3D" in row["species"]:
        return f"the species {row['species']!r} is not in the catalogue of skin"
    protocol = protocol_of(row, species, laboratory.people)
    return course(case_of(protocol, (row.number("time_d") or 0.0) + 1.0).model_dump_json())


def _tissue(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    runs = _runs(row, laboratory, course)
    if isinstance(runs, str):
        return NotPredicted(runs)
    people, known = (_change(run, entry, row.number("time_d")) for run in runs)
    value = row.number("value") or 0.0
    stands = tuple(f"mean_{name}" if f"mean_{name}" in laboratory.evidence.quantities else "collagen_density"
                   for name in entry["name"].split("+"))
    if entry["scale"] == "sign" or row["unit"] == "sign":
        return Prediction(known, value, "sign", row["quantity"], sign=int(np.sign(value)), stands_on=stands)
    draws = study_mean(people, known, row.number("n"), laboratory.people.luck, f"{row.file}:{row.line}", sd=row.number("sd"))
    return Prediction(draws, value, "absolute", row["quantity"], bound_of(row), int(np.sign(value)), stands_on=stands)


def _change(run: Run, entry: Entry, day: float | None) -> np.ndarray:
    """Change of a state from its start at a day [%] (12 weeks after the last session where none is stated)."""
    history = run.zones[0].history
    layer = LAYERS.index(entry["layer"])
    when = history.sessions[-1] + 84.0 if day is None else day
    values = np.sum([history.mean(name)[:, layer] for name in entry["name"].split("+")], axis=0)
    start = values[:, 0]
    later = np.array([np.interp(when, history.time, one) for one in values])
    return 100.0 * (later - start) / np.where(start > 0.0, start, 1.0)


def _reading(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    runs = _runs(row, laboratory, course)
    if isinstance(runs, str):
        return NotPredicted(runs)
    found = [run.find(entry["name"])[0] for run in runs]
    scale = HOURS.get(row["unit"])
    if scale is None or found[0].unit not in HOURS:
        return NotPredicted(f"the unit {row['unit']!r} is not a time")
    people, known = (end.values * HOURS[end.unit] / scale for end in found)
    healed = np.isfinite(people) & np.isfinite(known) & (people > 0.0) & (known > 0.0)  # people whom a needle pierced
    people, known = people[healed], known[healed]
    if healed.mean() < MOST:
        return NotPredicted("too few of the drawn people were pierced by such needles")
    draws = study_mean(people, known, row.number("n"), laboratory.people.luck, f"{row.file}:{row.line}", log=True)
    return Prediction(draws, row.number("value") or 0.0, "log", row["quantity"], bound_of(row), stands_on=(entry["name"],))


def _elsewhere(row: Row, quantity: str, readout: str, laboratory: Laboratory) -> Answer:
    """The same row as one of insertion.csv or closure.csv."""
    named = next((size for size in ("370", "770") if size in row["quantity"]), None)
    found = protocol_of(row, species_of(row["species"]) or "human", laboratory.people)
    length = named or ("770" if "770" in row["procedure"] else f"{1000.0 * found.length_mm:g}")
    hours = (row.number("value") or 0.0) * HOURS.get(row["unit"], 1.0)
    cells = {"source": row["source"], "skin": f"{row['species']}, in vivo, {row['site']}", "device": row["procedure"],
             "needle_length_um": length, "quantity": quantity, "readout": readout, "value": f"{hours:g}", "sd": row["sd"],
             "n": row["n"], "kind": row["kind"], "applied": "", "unit": "h",
             "occluded": "false" if "unocc" in row["quantity"] or "no occlusion" in row["procedure"] else ""}
    maker = closure.predictor if readout else insertion.predictor
    answer = maker(laboratory)(Row(row.file, row.line, cells))
    return replace(answer, quantity=row["quantity"]) if isinstance(answer, Prediction) else answer


def _closure(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return _elsewhere(row, "closure_time", entry["name"], laboratory)


def _insertion(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return _elsewhere(row, entry["name"], "", laboratory)


def _erythema(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    value = (row.number("value") or 0.0) * HOURS.get(row["unit"], 1.0)
    return Prediction(predict_erythema(laboratory.people, row.sources), value, "log", "redness duration", bound_of(row),
                      leans=False)


def _pain(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return Prediction(predict_pain("needling_unspecified", laboratory.people, row.sources), row.number("value") or 0.0,
                      "absolute", "pain score", bound_of(row), leans=False)


def _event(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    rate = predict_event(entry["name"], "", "face", "needling_unspecified", None, sessions_of(row["procedure"]),
                         row.number("n"), laboratory.people, row.sources)
    return Prediction(100.0 * rate, row.number("value") or 0.0, "absolute", row["quantity"], leans=False)


def arm_of(row: Row, entry: Entry, laboratory: Laboratory, *, role: str = "needling", definition: str = "") -> ArmPrediction:
    """The row's course as a trial arm, without its own study."""
    sessions, interval = sessions_of(row["procedure"]), interval_of(row["procedure"])
    day = row.number("time_d")
    followup = None if day is None else max(day - (sessions - 1) * interval, 0.0)
    return predict_arm(entry["name"], entry["layer"] if not definition else "", role, "none", float(sessions), interval,
                       followup, None, None, "needling_unspecified", laboratory.people, row.sources, n=row.number("n"),
                       definition=definition)


def _arm(row: Row, entry: Entry, laboratory: Laboratory, course: Course, role: str = "needling") -> Answer:
    found = arm_of(row, entry, laboratory, role=role)
    value = row.number("value") or 0.0
    if entry["scale"] == "sign":
        return Prediction(found.relative_improvement, value, "sign", row["quantity"], sign=int(value), leans=False)
    if found.change is None:
        return NotPredicted("the scale has no range or baseline on which a change could be predicted")
    sign = int(np.sign(value)) if role == "needling" else None
    return Prediction(-found.change, value, "absolute", row["quantity"], bound_of(row), sign, leans=False)


def _untreated(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return _arm(row, entry, laboratory, course, role="untreated")


def _relative(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    draws = -100.0 * arm_of(row, entry, laboratory).relative_improvement
    value = row.number("value") or 0.0
    return Prediction(draws, value, "absolute", row["quantity"], bound_of(row), int(np.sign(value)), leans=False)


def _share(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    draws = 100.0 * arm_of(row, entry, laboratory).relative_improvement
    return Prediction(draws, row.number("value") or 0.0, "absolute", row["quantity"], bound_of(row), leans=False)


def _responders(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    draws = 100.0 * arm_of(row, entry, laboratory, definition=entry["layer"]).responders
    return Prediction(draws, row.number("value") or 0.0, "absolute", row["quantity"], bound_of(row), leans=False)


def _parameter(row: Row, entry: Entry, laboratory: Laboratory, turn: Callable[[np.ndarray], np.ndarray]) -> Answer:
    """A prediction that is one parameter, turned into the row's quantity."""
    draws = turn(laboratory.people(entry["name"], "1"))
    behind = set(laboratory.evidence.parameters[entry["name"]].sources)
    return Prediction(draws, row.number("value") or 0.0, entry["scale"], row["quantity"], bound_of(row),
                      leans=bool(behind & row.sources))


def _factor(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return _parameter(row, entry, laboratory, lambda share: share)


def _percent(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return _parameter(row, entry, laboratory, lambda share: 100.0 * share)


def _loss(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return _parameter(row, entry, laboratory, lambda share: 100.0 * (share - 1.0))


def _power(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    return _parameter(row, entry, laboratory, lambda exponent: float(entry["layer"]) ** exponent)


def _decade(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    young, old = (getattr(laboratory.skin("upper_arm", laboratory.people, age=age, sex=entry["layer"]), entry["name"])
                  for age in (40.0, 50.0))
    return Prediction(100.0 * (old / young - 1.0), row.number("value") or 0.0, "absolute", row["quantity"], bound_of(row),
                      -1, stands_on=("baseline_dermis" if entry["name"] == "dermis" else "baseline_viable_epidermis",))


def _skin(row: Row, entry: Entry, laboratory: Laboratory, course: Course) -> Answer:
    draws: Draws = laboratory.known
    skin = laboratory.skin("body", draws)
    thickness = 1000.0 * (skin.viable_epidermis + skin.stratum_corneum)
    return Prediction(thickness, row.number("value") or 0.0, "log", row["quantity"], bound_of(row),
                      stands_on=("baseline_viable_epidermis", "baseline_stratum_corneum"))


WAYS: dict[str, Callable[[Row, Entry, Laboratory, Course], Answer]] = {
    "tissue": _tissue, "reading": _reading, "closure": _closure, "insertion": _insertion, "erythema": _erythema,
    "pain": _pain, "event": _event, "arm": _arm, "untreated": _untreated, "relative": _relative, "share": _share,
    "responders": _responders, "factor": _factor, "percent": _percent, "loss": _loss, "power": _power, "decade": _decade,
    "skin": _skin,
}
PARAMETERS = ("factor", "percent", "loss", "power", "decade", "skin")
