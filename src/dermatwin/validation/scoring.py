"""Scores: a prediction with a band against a measured value, censored values as what they are.

A prediction is a set of draws of the quantity that the row reports (the study's mean, share or time). Its band is the
5-95 % range of the draws. A bound is inside when some value that it allows lies in the band. The naive baseline
predicts each row from the other studies of the same quantity: their (geometric) mean, and their spread as a band.
Errors are summed up by quantity, where they share a unit; a bound has no distance, so that factors and differences by
quantity are those of the rows that state a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..evidence import Evidence
from .groups import by_group
from .prediction import Answer, Failed, NotPredicted, Prediction, Predictor, Scored
from .rows import Row

LEAST_REPORTED = 0.1  # share of the draws
SCALES = ("log", "absolute", "sign")
WIDEST = 300.0  # decades: the largest factor that a float can hold
UNIT_OF_COLUMN = {"log10_kp_cm_s": "cm/s", "log10_kp_epidermis_cm_s": "cm/s", "log10_kp_dermis_cm_s": "cm/s"}
ABOUT = {
    "compound": "{}",
    "permeant": "{}",
    "species": "{}",
    "skin": "{}",
    "layer": "{}",
    "indication": "{}",
    "zone": "{}",
    "procedure": "{}",
    "device": "{}",
    "device_kind": "{}",
    "needle_length_um": "{} um",
    "needle_length_mm": "{} mm",
    "spacing_um": "spacing {} um",
    "applied": "{}",
    "readout": "by {}",
    "occluded": "{}",
    "time_d": "day {}",
}
"""Columns that say what a row is about, in the order in which they are read, and how each is put."""
TOLD = {"true": "covered", "false": "not covered", "unknown": "", "none": ""}


def score(row: Row, prediction: Prediction, leans: bool = False) -> Scored:
    """Score one row."""
    low, median, high = (float(q) for q in np.quantile(prediction.draws, (0.05, 0.5, 0.95)))
    return Scored(
        row,
        prediction,
        low,
        median,
        high,
        _inside(prediction, low, high),
        _error(prediction, median),
        _sign_right(prediction),
        leans,
    )


def leans_on(row: Row, prediction: Prediction, evidence: Evidence) -> bool:
    """Whether a source of the row is among the sources of the parameters behind its prediction."""
    if prediction.leans is not None:
        return prediction.leans
    names = prediction.stands_on or (prediction.quantity,)
    known = [name for name in names if name in evidence.quantities]
    return any(row.sources & set(evidence.sources_of(name)) for name in known)


def _inside(p: Prediction, low: float, high: float) -> bool:
    slack = 1e-9 * max(abs(low), abs(high), 1e-12)
    if p.bound == "upper":
        return low <= p.measured + slack
    if p.bound == "lower":
        return high >= p.measured - slack
    return low - slack <= p.measured <= high + slack


def _error(p: Prediction, median: float) -> float | None:
    """Distance of the median from the measured value; a bound that holds is no error."""
    if p.scale == "sign":
        return None
    if (p.bound == "upper" and median <= p.measured) or (p.bound == "lower" and median >= p.measured):
        return 0.0
    if p.scale == "log":
        return abs(float(np.log10(median) - np.log10(p.measured))) if median > 0.0 and p.measured > 0.0 else None
    return abs(median - p.measured)


def _sign_right(p: Prediction) -> bool | None:
    """Whether the more probable direction is the measured one; None where no direction was measured."""
    if p.sign is None:
        return None
    up, down = float(np.mean(p.draws > p.zero)), float(np.mean(p.draws < p.zero))
    if p.sign == 0:  # no effect was seen: right if the twin does not exclude it
        return bool(np.quantile(p.draws, 0.05) <= p.zero <= np.quantile(p.draws, 0.95))
    return (up > down) if p.sign > 0 else (down > up)


def summarise(rows: Sequence[Row], predictor: Predictor, evidence: Evidence) -> dict[str, Any]:
    """Scores of one file, with the baseline and every row that is not predicted.

    'not_leaning' are the same figures over the rows whose study is not among the sources of the prediction; 'quantities'
    are the figures of each quantity, see `by_quantity`; 'groups' those of rows on one footing, see `groups.by_group`.
    """
    answers = [(row, _answer(row, predictor)) for row in rows]
    scored = [
        score(row, answer, leans_on(row, answer, evidence)) for row, answer in answers if isinstance(answer, Prediction)
    ]
    pairs = [(entry, naive) for entry in scored if (naive := _naive(entry, scored)) is not None]
    missing = [
        {"row": row.line, "source": row["source"], "quantity": row["quantity"], "reason": answer.reason}
        for row, answer in answers
        if isinstance(answer, NotPredicted)
    ]
    return {
        "rows": len(rows),
        "scored": len(scored),
        **figures(scored),
        "baseline": _baseline_figures(pairs),
        "not_leaning": figures([s for s in scored if not s.leans]),
        "quantities": by_quantity(scored, pairs),
        "groups": by_group(scored),
        "failed": sum(isinstance(answer, Failed) for _, answer in answers),
        "not_predicted": missing,
        "predictions": [plain(entry) for entry in scored],
    }


def _answer(row: Row, predictor: Predictor) -> Answer:
    """The predictor's answer; a row on which it breaks is listed with the error, not dropped and not fatal."""
    try:
        answer = predictor(row)
    except Exception as error:
        return Failed(f"failed: {type(error).__name__}: {error}")
    if isinstance(answer, Prediction):
        answer = given_report(answer)
    if isinstance(answer, Prediction) and not np.isfinite(answer.draws).all():
        good = answer.draws[np.isfinite(answer.draws)]
        if good.size < 0.9 * answer.draws.size:
            return Failed(f"failed: only {good.size} of {answer.draws.size} draws are numbers")
        return replace(answer, draws=good)
    return answer


def given_report(prediction: Prediction) -> Prediction:
    """The prediction under the draws in which there would have been something to report.

    Where hardly any draw allows the report, the report speaks against the twin and all draws are kept.
    """
    allowed = prediction.reported
    if allowed is None or allowed.mean() < LEAST_REPORTED:
        return prediction
    return replace(prediction, draws=prediction.draws[allowed], reported=None)


def figures(scored: Sequence[Scored]) -> dict[str, Any]:
    """Coverage, errors and direction over scored rows; None where there is nothing to count."""
    values = [s for s in scored if s.prediction.scale != "sign"]
    logs = [s.error for s in values if s.prediction.scale == "log" and s.error is not None]
    absolutes = [s.error for s in values if s.prediction.scale == "absolute" and s.error is not None]
    signs = [s.sign_right for s in scored if s.sign_right is not None]
    return {
        "coverage_90": _share([s.inside for s in values]),
        "median_abs_log10_error": _digits(np.median(logs)) if logs else None,
        "median_factor": _factor(_stated(values, "log")),
        "mean_abs_error": _digits(np.mean(absolutes)) if absolutes else None,
        "sign_accuracy": _share(signs),
        "counted": {"coverage": len(values), "log": len(logs), "absolute": len(absolutes), "sign": len(signs)},
    }


def _stated(scored: Sequence[Scored], scale: str) -> list[Scored]:
    """Rows of a scale that state a value from which there is a distance: no bounds."""
    return [s for s in scored if s.prediction.scale == scale and not s.prediction.bound and s.error is not None]


def _factor(stated: Sequence[Scored]) -> float | None:
    """10^median |log10(predicted/measured)|: half of the rows are nearer than this factor."""
    errors = [s.error for s in stated if s.error is not None]
    return _digits(10.0 ** min(float(np.median(errors)), WIDEST)) if errors else None


def _difference(stated: Sequence[Scored]) -> float | None:
    """Mean |predicted - measured|; None where the rows do not share a unit."""
    errors = [s.error for s in stated if s.error is not None]
    return _digits(np.mean(errors)) if errors and len({unit_of(s) for s in stated}) == 1 else None


def by_quantity(scored: Sequence[Scored], pairs: Sequence[tuple[Scored, Scored]]) -> dict[str, dict[str, Any]]:
    """Figures of each quantity, the one with most rows first; `pairs` are scored rows with their naive counterparts.

    {"scored", "studies", "bounds", "leaning", "coverage_90", "median_factor", "mean_abs_error", "unit", "sign_accuracy",
    "baseline": {"scored", "coverage_90", "median_factor", "mean_abs_error", "twin_on_the_same_rows"},
    "better_than_baseline"}, each None where there is nothing to count.
    """
    names = [name for name, _ in Counter(s.prediction.quantity for s in scored).most_common()]
    return {
        name: _of_quantity(
            [s for s in scored if s.prediction.quantity == name],
            [pair for pair in pairs if pair[0].prediction.quantity == name],
        )
        for name in names
    }


def _of_quantity(scored: Sequence[Scored], pairs: Sequence[tuple[Scored, Scored]]) -> dict[str, Any]:
    twin, naive = (_distances(side) for side in ([own for own, _ in pairs], [other for _, other in pairs]))
    units = {unit_of(s) for s in scored if s.prediction.scale != "sign"}
    return {
        "scored": len(scored),
        "studies": len({s.row["source"] for s in scored}),
        "bounds": sum(bool(s.prediction.bound) for s in scored),
        "leaning": sum(s.leans for s in scored),
        **_distances(scored),
        "unit": units.pop() if len(units) == 1 else "",
        "sign_accuracy": _share([s.sign_right for s in scored if s.sign_right is not None]),
        "baseline": {"scored": len(pairs), **naive, "twin_on_the_same_rows": twin},
        "better_than_baseline": better(twin, naive),
    }


def _distances(scored: Sequence[Scored]) -> dict[str, float | None]:
    return {
        "coverage_90": _share([s.inside for s in scored if s.prediction.scale != "sign"]),
        "median_factor": _factor(_stated(scored, "log")),
        "mean_abs_error": _difference(_stated(scored, "absolute")),
    }


def better(twin: dict[str, float | None], naive: dict[str, float | None]) -> bool | None:
    """Whether the twin is nearer than the baseline on the same rows; None where there is no baseline, or a tie.

    A baseline needs two other studies: with fewer than three studies of a quantity there is none.
    """
    for key in ("median_factor", "mean_abs_error"):
        own, other = twin[key], naive[key]
        if own is not None and other is not None:
            return None if own == other else own < other
    return None


def _naive(entry: Scored, everyone: Sequence[Scored]) -> Scored | None:
    """The row as the baseline predicts it; None where it cannot."""
    prediction = None if entry.prediction.scale == "sign" else baseline(entry, everyone)
    return None if prediction is None else score(entry.row, prediction)


def _baseline_figures(pairs: Sequence[tuple[Scored, Scored]]) -> dict[str, Any]:
    """Figures of the naive baseline, and the twin's own over the same rows: not every row has a baseline."""
    return {**figures([naive for _, naive in pairs]), "twin_on_the_same_rows": figures([own for own, _ in pairs])}


def baseline(entry: Scored, everyone: Sequence[Scored]) -> Prediction | None:
    """The naive prediction of one row: normal around the mean of the other studies' means, needs two of them."""
    mine = entry.prediction
    others: dict[str, list[float]] = {}
    for other in everyone:
        p = other.prediction
        same = p.quantity == mine.quantity and p.scale == mine.scale and not other.row.sources & entry.row.sources
        if same and not (p.scale == "log" and p.measured <= 0.0):
            others.setdefault(other.row["source"], []).append(np.log(p.measured) if p.scale == "log" else p.measured)
    if len(others) < 2:
        return None
    means = np.array([np.mean(v) for v in others.values()])
    spread = means.std(ddof=1) * np.sqrt(1.0 + 1.0 / len(means))
    from scipy.stats import t

    draws = means.mean() + spread * t.ppf((np.arange(200) + 0.5) / 200, len(means) - 1)
    furthest = WIDEST * np.log(10.0)  # three studies far apart have tails that no float holds
    values = np.exp(np.clip(draws, -furthest, furthest)) if mine.scale == "log" else draws
    return Prediction(values, mine.measured, mine.scale, mine.quantity, mine.bound, mine.sign, mine.zero)


def plain(entry: Scored) -> dict[str, Any]:
    """One scored row as plain data."""
    p = entry.prediction
    return {
        "row": entry.row.line,
        "source": entry.row["source"],
        "quantity": p.quantity,
        "kind": p.kind,
        "measured": p.measured,
        "bound": p.bound,
        "median": _digits(entry.median),
        "p05": _digits(entry.low),
        "p95": _digits(entry.high),
        "inside": entry.inside,
        "scale": p.scale,
        "error": _digits(entry.error),
        "sign_right": entry.sign_right,
        "leans_on_itself": entry.leans,
        "unit": unit_of(entry),
        "about": about(entry.row),
    }


def unit_of(entry: Scored) -> str:
    """Unit of the measured value, '' where the row does not tell it.

    The row's `unit` is that of its `value`: it says nothing where something else is compared, such as a ratio of two arms.
    """
    if entry.prediction.scale == "sign":
        return ""
    stated = UNIT_OF_COLUMN.get(next((column for column in UNIT_OF_COLUMN if entry.row[column]), ""), "")
    return entry.row["unit"] if entry.row.number("value") == entry.prediction.measured else stated


def about(row: Row) -> str:
    """What was looked at, in the row's own words: '770 um', 'human, ex vivo'; '' where no known column says it."""
    cells = {column: TOLD.get(row[column].casefold(), row[column]) for column in ABOUT}
    return "; ".join(ABOUT[column].format(cell) for column, cell in cells.items() if cell)


def _share(flags: Sequence[bool | None]) -> float | None:
    return _digits(np.mean([bool(f) for f in flags])) if flags else None


def _digits(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else float(f"{float(value):.6g}")
