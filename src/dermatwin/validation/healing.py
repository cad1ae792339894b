"""Rows of healing_timecourse.csv: tissue, cells, barrier, redness, pain and modifiers over time.

How each quantity is predicted stands in `validation_map.csv`: read from a course of tissue (`biopsy`: needled skin, and
lasers and excisions as lanes of the same network), sent to the laboratory of another file (closure, insertion), predicted
as a trial without its own study (arm, responders, event, pain, erythema), or read from a parameter (factor, steroid,
power, decade). A study that took part in the fit of the network is predicted by the fit without it. What is not in the
network is listed with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..evidence import Draws
from ..evidence.rows.knowledge import ReadingRow
from ..healing.person import age_factor
from ..outcome import ArmPrediction, Schedule, Treated, TrialArm, predict_arm, predict_duration, predict_event, predict_pain
from ..outcome.duration import REDNESS, sign_of_course
from . import biopsy, closure, insertion
from .biopsy import NO_KIND, Unreadable
from .experiment import species_of
from .insertion import bound_of
from .laboratory import Laboratory
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .protocol import PERIOD, days_of, interval_of, protocol_of, sessions_of
from .rows import Row
from .wounds import Bench, Needles, another_wound, pushed

HOURS = {"h": 1.0, "d": 24.0}
WEEK = 7.0
HALF_LIFE = "pore_half_life"
RENEWED = 3.0  # turnover times after which all but 5 % of an epidermis is new


def predictor(laboratory: Laboratory, needles: Needles = pushed, tolerance: tuple[float, float] | None = None) -> Predictor:
    """Predict one row at a time; rows of one study share their course. A fit hands in needles of its own."""
    table = {entry.quantity: entry for entry in laboratory.evidence.rows(ReadingRow)}
    of_days = {_days_left_open(name): entry for name, entry in table.items() if entry.way in ("steroid", "off")}
    whole = Bench(laboratory, needles) if tolerance is None else Bench(laboratory, needles, tolerance)

    def predict(row: Row) -> Answer:
        entry = table.get(row["quantity"]) or of_days.get(_days_left_open(row["quantity"]))
        if entry is None or not entry.way:
            return NotPredicted(_reason(row, entry))
        if row.number("value") is None:
            return NotPredicted("no value")
        try:
            if entry.way == "opposite" and _renewing(row, laboratory):
                return _water_loss(row, laboratory)
            if entry.way in biopsy.WAYS:
                return biopsy.WAYS[entry.way](row, entry, whole.without(row))
            if another_wound(row) and entry.way not in PARAMETERS:
                return NotPredicted(NO_KIND)
            return WAYS[entry.way](row, entry, laboratory)
        except Unreadable as unreadable:
            return NotPredicted(str(unreadable))

    return predict


def _days_left_open(quantity: str) -> str:
    """A quantity without its number of days: 'after_14d_off' and 'after_7d_off' are read alike."""
    return re.sub(r"\d+(?=d_off|_d_week)", "#", quantity)


def _reason(row: Row, entry: ReadingRow | None) -> str:
    """Why a quantity is not predicted."""
    return entry.note if entry is not None and entry.note else f"{row['quantity']!r} is not predicted"


def _elsewhere(row: Row, quantity: str, readout: str, laboratory: Laboratory) -> Answer:
    """The same row as one of insertion.csv or closure.csv."""
    maker = closure.predictor if readout else insertion.predictor
    answer = maker(laboratory)(_pushed_row(row, quantity, readout, laboratory))
    return replace(answer, quantity=row["quantity"]) if isinstance(answer, Prediction) else answer


def _pushed_row(row: Row, quantity: str, readout: str, laboratory: Laboratory) -> Row:
    """The row in the columns of insertion.csv and closure.csv."""
    named = next((size for size in ("370", "770") if size in row["quantity"]), None)
    found = protocol_of(row, species_of(row["species"]) or "human", laboratory.people)
    length = named or ("770" if "770" in row["procedure"] else f"{1000.0 * found.length_mm:g}")
    hours = (row.number("value") or 0.0) * HOURS.get(row["unit"], 1.0)
    cells = {
        "source": row["source"],
        "skin": f"{row['species']}, in vivo, {row['site']}",
        "device": row["procedure"],
        "needle_length_um": length,
        "quantity": quantity,
        "readout": readout,
        "value": f"{hours:g}",
        "sd": row["sd"],
        "n": row["n"],
        "kind": row["kind"],
        "applied": "",
        "unit": "h",
        "occluded": "false" if "unocc" in row["quantity"] or "no occlusion" in row["procedure"] else "",
    }
    return Row(row.file, row.line, cells)


def _after_last(row: Row) -> float | None:
    """Days from the latest session before the reading; None where the day is not stated."""
    day = row.number("time_d")
    if day is None:
        return None
    held = interval_of(row["procedure"]) * np.arange(sessions_of(row["procedure"]))
    return float(day - max((session for session in held if session <= day), default=0.0))


def _renewing(row: Row, laboratory: Laboratory) -> bool:
    """Whether a reading of water loss comes before the epidermis is new: within three of its turnover times.

    Until then water is lost through what the needles opened, and a thickened epidermis says nothing of it.
    """
    since = _after_last(row)
    return since is not None and since < RENEWED / laboratory.people.median("epidermis_turnover", "1/d")


def _water_loss(row: Row, laboratory: Laboratory) -> Answer:
    """Direction of water loss against rest while channels close, on days for which they are described."""
    since, value = _after_last(row), row.number("value") or 0.0
    if another_wound(row):
        return NotPredicted("water loss over a wound that is not one of needles")
    if since is None or HOURS["d"] * since > closure.LAST_H:
        return NotPredicted("water loss after the channels are closed and before the epidermis is new: not in the network")
    own = laboratory.without(row.sources)
    pushed = _pushed_row(row, "TEWL", "TEWL", own)
    raised = closure.tewl_rise(pushed, own, HOURS["d"] * since)
    missed = (
        own.people("healing_direction_noise", "1") * own.people.luck.normal("chance", f"{row.file}:{row.line}:missed")[:, 0]
    )
    return Prediction(
        raised + missed, value, "sign", row["quantity"], sign=int(np.sign(value)), stands_on=("tewl",), leans=False
    )


def _closure(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    if entry.name == HALF_LIFE:
        return _elsewhere(row, HALF_LIFE, "impedance", laboratory)
    return _elsewhere(row, "closure_time", entry.name, laboratory)


def _insertion(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    return _elsewhere(row, entry.name, "", laboratory)


def _erythema(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    value = (row.number("value") or 0.0) * HOURS.get(row["unit"], 1.0)
    sign = sign_of_course(row["quantity"], row["procedure"]) or REDNESS
    return Prediction(
        predict_duration(sign, laboratory.people, row.sources), value, "log", f"{sign}_duration", bound_of(row), leans=False
    )


def _pain(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    return Prediction(
        predict_pain("needling_unspecified", laboratory.people, row.sources),
        row.number("value") or 0.0,
        "absolute",
        "pain score",
        bound_of(row),
        leans=False,
    )


def _event(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    treated = Treated("", "face", "needling_unspecified", sessions_of(row["procedure"]), row.number("n"))
    rate = predict_event(entry.name, treated, laboratory.people, row.sources)
    return Prediction(100.0 * rate, row.number("value") or 0.0, "absolute", row["quantity"], leans=False)


def arm_of(
    row: Row, entry: ReadingRow, laboratory: Laboratory, *, role: str = "needling", definition: str = ""
) -> ArmPrediction:
    """The row's course as a trial arm, without its own study."""
    sessions, interval = sessions_of(row["procedure"]), interval_of(row["procedure"])
    day = row.number("time_d")
    followup = None if day is None else max(day - (sessions - 1) * interval, 0.0)
    arm = TrialArm(
        entry.name,
        entry.layer if not definition else "",
        role,
        "needling_unspecified",
        schedule=Schedule(float(sessions), interval, followup),
        people=row.number("n"),
        definition=definition,
    )
    return predict_arm(arm, laboratory.people, row.sources)


def _arm(row: Row, entry: ReadingRow, laboratory: Laboratory, role: str = "needling") -> Answer:
    found = arm_of(row, entry, laboratory, role=role)
    value = row.number("value") or 0.0
    if entry.scale == "sign":
        return Prediction(found.relative_improvement, value, "sign", row["quantity"], sign=int(value), leans=False)
    if found.change is None:
        return NotPredicted("the scale has no range or baseline on which a change could be predicted")
    sign = int(np.sign(value)) if role == "needling" else None
    return Prediction(-found.change, value, "absolute", row["quantity"], bound_of(row), sign, leans=False)


def _untreated(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    return _arm(row, entry, laboratory, role="untreated")


def _relative(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    draws = -100.0 * arm_of(row, entry, laboratory).relative_improvement
    value = row.number("value") or 0.0
    return Prediction(draws, value, "absolute", row["quantity"], bound_of(row), int(np.sign(value)), leans=False)


def _share(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    draws = 100.0 * arm_of(row, entry, laboratory).relative_improvement
    return Prediction(draws, row.number("value") or 0.0, "absolute", row["quantity"], bound_of(row), leans=False)


def _responders(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    draws = 100.0 * arm_of(row, entry, laboratory, definition=entry.layer).responders
    return Prediction(draws, row.number("value") or 0.0, "absolute", row["quantity"], bound_of(row), leans=False)


def _parameter(row: Row, entry: ReadingRow, laboratory: Laboratory, turn: Callable[[np.ndarray], np.ndarray]) -> Answer:
    """A prediction that is one parameter, turned into the row's quantity."""
    assert entry.scale is not None  # a way has one, by the gate
    draws = turn(laboratory.people(entry.name, "1"))
    behind = set(laboratory.evidence.parameters[entry.name].sources)
    return Prediction(
        draws, row.number("value") or 0.0, entry.scale, row["quantity"], bound_of(row), leans=bool(behind & row.sources)
    )


def _factor(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    return _parameter(row, entry, laboratory, lambda share: share)


def _percent(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    return _parameter(row, entry, laboratory, lambda share: 100.0 * share)


def _loss(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    return _parameter(row, entry, laboratory, lambda share: 100.0 * (share - 1.0))


def _power(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    return _parameter(row, entry, laboratory, lambda exponent: float(entry.layer) ** exponent)


def _decade(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    young, old = (
        getattr(laboratory.skin("upper_arm", laboratory.people, age=age, sex=entry.layer), entry.name)
        for age in (40.0, 50.0)
    )
    return Prediction(
        100.0 * (old / young - 1.0),
        row.number("value") or 0.0,
        "absolute",
        row["quantity"],
        bound_of(row),
        -1,
        stands_on=("baseline_dermis" if entry.name == "dermis" else "baseline_viable_epidermis",),
    )


def _skin(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    draws: Draws = laboratory.known
    skin = laboratory.skin("body", draws)
    thickness = 1000.0 * (skin.viable_epidermis + skin.stratum_corneum)
    return Prediction(
        thickness,
        row.number("value") or 0.0,
        "log",
        row["quantity"],
        bound_of(row),
        stands_on=("baseline_viable_epidermis", "baseline_stratum_corneum"),
    )


def _steroid(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    """Loss of collagen synthesis under a topical steroid on some days of the week [%].

    On days a share of the full loss is gained at the rate of onset, off days it is lost at the rate of recovery; in the
    mean over weeks of quick switching:  loss = full x (w/t_on) / (w/t_on + (1 - w)/t_off),  w = share of days. Under daily
    use the loss comes with 1 - exp(-t/t_on).
    """
    draws, value = laboratory.people, row.number("value") or 0.0
    days = re.search(r"(\d)_d_week", row["quantity"])
    share = int(days[1]) / WEEK if days else 1.0
    on, off = (draws(f"steroid_{name}_time", "d") for name in ("onset", "recovery"))
    time = row.number("time_d")
    begun = 1.0 if time is None else -np.expm1(-time / on)
    kept = share / on / (share / on + (1.0 - share) / off)
    loss = 100.0 * (draws(entry.name, "1") - 1.0) * kept * begun
    behind = set(laboratory.evidence.parameters[entry.name].sources)
    return Prediction(loss, value, "absolute", row["quantity"], bound_of(row), leans=bool(behind & row.sources))


def _off(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    """Collagen synthesis some days after a topical steroid was stopped [% of untreated skin].

    synthesis = 100 (1 + (f - 1) (1 - exp(-t/t_on)) exp(-off/t_off)),  t the time of use, unlimited where it is not stated.
    """
    stopped = re.search(r"after_(\d+)d_off", row["quantity"])
    if stopped is None:
        return NotPredicted("the days without the steroid are not stated")
    draws, used = laboratory.people, re.search(rf"(\d+)\s*{PERIOD}", row["procedure"])
    on, off = (draws(f"steroid_{name}_time", "d") for name in ("onset", "recovery"))
    lasted = None if used is None else float(used[1]) * days_of(used[2])
    begun = 1.0 if lasted is None else -np.expm1(-lasted / on)
    full = draws(entry.name, "1") - 1.0
    draw = 100.0 * (1.0 + full * begun * np.exp(-float(stopped[1]) / off))
    behind = set(laboratory.evidence.parameters[entry.name].sources)
    return Prediction(
        draw, row.number("value") or 0.0, "absolute", row["quantity"], bound_of(row), leans=bool(behind & row.sources)
    )


def _scored(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    """A score after the course from the row's own score before it: (1 - improvement) of it; or the direction alone."""
    found, value = arm_of(row, entry, laboratory), row.number("value") or 0.0
    if row["unit"] == "sign":
        return Prediction(found.relative_improvement, value, "sign", row["quantity"], sign=int(np.sign(value)), leans=False)
    before = re.search(biopsy.NUMBER, row["baseline_or_control"])
    if before is None or float(before[1]) <= 0.0:
        return NotPredicted("a score without the score before the course")
    draws = float(before[1]) * (1.0 - found.relative_improvement)
    return Prediction(draws, value, "absolute", row["quantity"], bound_of(row), leans=False)


def _aged(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    """A figure of old skin from the row's own figure of young skin: it goes with the synthesis of collagen."""
    ages, young = (
        re.search(r"(\d+)(?:-(\d+))? y vs (\d+)", row["procedure"]),
        re.search(biopsy.NUMBER, row["baseline_or_control"]),
    )
    if ages is None or young is None:
        return NotPredicted("ages or the figure of the young are not stated")
    draws = laboratory.people
    first = 0.5 * (float(ages[1]) + float(ages[2] or ages[1]))
    factor = age_factor(float(ages[3]), draws, entry.name) / age_factor(first, draws, entry.name)
    behind = set(laboratory.evidence.parameters[f"{entry.name}_age_slope"].sources)
    return Prediction(
        float(young[1]) * factor,
        row.number("value") or 0.0,
        "log",
        row["quantity"],
        bound_of(row),
        leans=bool(behind & row.sources),
    )


def _delay(row: Row, entry: ReadingRow, laboratory: Laboratory) -> Answer:
    """By how much longer a split-thickness wound of the old takes to epithelialise [d]."""
    ages = re.search(r">\s?(\d+) y vs (\d+)-(\d+) y", row["procedure"])
    if ages is None or row["unit"] != "d":
        return NotPredicted("ages are not stated")
    draws = laboratory.people
    old, young = float(ages[1]), 0.5 * (float(ages[2]) + float(ages[3]))
    slower = age_factor(young, draws, "epithelial") / age_factor(old, draws, "epithelial")
    behind = set(laboratory.evidence.parameters["epithelial_age_slope"].sources)
    return Prediction(
        draws(entry.name, "d") * (slower - 1.0),
        row.number("value") or 0.0,
        "absolute",
        row["quantity"],
        bound_of(row),
        leans=bool(behind & row.sources),
    )


WAYS: dict[str, Callable[[Row, ReadingRow, Laboratory], Answer]] = {
    "closure": _closure,
    "insertion": _insertion,
    "erythema": _erythema,
    "pain": _pain,
    "event": _event,
    "arm": _arm,
    "untreated": _untreated,
    "relative": _relative,
    "share": _share,
    "responders": _responders,
    "factor": _factor,
    "percent": _percent,
    "loss": _loss,
    "power": _power,
    "decade": _decade,
    "skin": _skin,
    "steroid": _steroid,
    "aged": _aged,
    "delay": _delay,
    "off": _off,
    "scored": _scored,
}
PARAMETERS = ("factor", "percent", "loss", "power", "decade", "skin", "steroid", "aged", "delay", "off")
