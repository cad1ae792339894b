"""Scores: a prediction with a band against a measured value, censored values as what they are.

A prediction is a set of draws of the quantity that the row reports (the study's mean, share or time). Its bands are the
central ranges of the draws, of 50, 80 and 90 %. A bound is inside when some value that it allows lies in the band. The
naive baseline predicts each row from the other packaged studies of the same quantity (see `naive`): their (geometric)
mean, and their spread as a band. Errors are summed up by quantity, where they share a unit; a bound has no distance, so
that factors, differences and probability scores are those of the rows that state a value. Rows of one study are no
independent tests: shares are given over rows and over studies, each of which then counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..evidence import Evidence
from .groups import by_group
from .measures import bands, crps, decades, holds, narrowest, shared
from .naive import WIDEST, others
from .prediction import Answer, Failed, NotPredicted, Prediction, Predictor, Scored
from .rows import Row

LEAST_REPORTED = 0.1  # share of the draws
SCALES = ("log", "absolute", "sign")
SHARES = ("rate", "listed")  # kinds of answers that are shares of people, whatever the quantity
COVERED = (0.5, 0.8, 0.9)  # levels of which the coverage is told
UNIT_OF_COLUMN = {"log10_kp_cm_s": "cm/s", "log10_kp_epidermis_cm_s": "cm/s", "log10_kp_dermis_cm_s": "cm/s"}
ABOUT = {
    "compound": "{}",
    "permeant": "{}",
    "product": "{}",
    "time_min": "{} min on the skin",
    "needled_first_mm": "needled before, {} mm",
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


@dataclass(frozen=True)
class Pair:
    """A row that is scored, the baseline's prediction of it, and the probability score of the other studies' means."""

    own: Scored
    naive: Scored
    crps: float | None


def score(row: Row, prediction: Prediction, leans: bool = False) -> Scored:
    """Score one row."""
    found = bands(prediction.draws)
    low, high = found.low[-1], found.high[-1]
    held = narrowest(found, prediction.measured, prediction.bound)
    return Scored(
        row,
        prediction,
        low,
        found.median,
        high,
        holds(low, high, prediction.measured, prediction.bound),
        _error(prediction, found.median),
        _sign_right(prediction),
        leans,
        held,
        _crps(prediction),
    )


def _crps(p: Prediction) -> float | None:
    """Probability score of a row that states a value: in decades on a scale of ratios, else in its unit."""
    if p.bound or p.scale == "sign" or (p.scale == "log" and p.measured <= 0.0):
        return None
    return crps(decades(p.draws, p.measured), 0.0) if p.scale == "log" else crps(p.draws, p.measured)


def leans_on(row: Row, prediction: Prediction, evidence: Evidence) -> bool:
    """Whether a source of the row is among the sources of the parameters behind its prediction."""
    if prediction.leans is not None:
        return prediction.leans
    names = prediction.stands_on or (prediction.quantity,)
    known = [name for name in names if name in evidence.quantities]
    return any(row.sources & set(evidence.sources_of(name)) for name in known)


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
    given = answers(rows, predictor)
    scored = [score(row, answer, leans_on(row, answer, evidence)) for row, answer in given if isinstance(answer, Prediction)]
    pairs = [pair for entry in scored if (pair := paired(entry, evidence)) is not None]
    missing = [
        {
            "file": row.file,
            "row": row.line,
            "source": row["source"],
            "quantity": row["quantity"] or row["readout"],
            "reason": answer.reason,
        }
        for row, answer in given
        if isinstance(answer, NotPredicted)
    ]
    return {
        "rows": len(rows),
        "scored": len(scored),
        **figures(scored),
        "baseline": _baseline_figures(pairs),
        "not_leaning": figures([s for s in scored if not s.leans]),
        "quantities": by_quantity(scored, pairs),
        "groups": by_group(scored, evidence),
        "failed": sum(isinstance(answer, Failed) for _, answer in given),
        "not_predicted": missing,
        "predictions": [plain(entry) for entry in scored],
    }


def answers(rows: Sequence[Row], predictor: Predictor) -> list[tuple[Row, Answer]]:
    """What a predictor says of each row."""
    return [(row, _answer(row, predictor)) for row in rows]


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
    """Coverage, width, errors and direction over scored rows; None where there is nothing to count.

    'coverage_50' to 'coverage_90' and 'sign_accuracy' are shares of the rows; 'shared_50' to 'shared_90' are coverage with
    ties between draws and measured values shared out (`measures.shared`), the fair reading of counts, bounds left aside.
    'by_study' holds shares with each study counted once, by its own share. 'width_decades' is log10 of the upper over the
    lower end of the middle row's 90 % band.
    """
    values = [s for s in scored if s.prediction.scale != "sign"]
    logs = [s.error for s in values if s.prediction.scale == "log" and s.error is not None]
    absolutes = [s.error for s in values if s.prediction.scale == "absolute" and s.error is not None]
    signs = [s for s in scored if s.sign_right is not None]
    return {
        **coverage(values),
        **shared_coverage(values),
        "median_abs_log10_error": _digits(np.median(logs)) if logs else None,
        "median_factor": _factor(_stated(values, "log")),
        "mean_abs_error": _digits(np.mean(absolutes)) if absolutes else None,
        "width_decades": _width(values, "log"),
        "sign_accuracy": _share([s.sign_right for s in signs]),
        "by_study": {**coverage(values, studies=True), "sign_accuracy": by_study(signs, lambda s: bool(s.sign_right))},
        "counted": {"coverage": len(values), "log": len(logs), "absolute": len(absolutes), "sign": len(signs)},
        "studies": {"coverage": _studies(values), "sign": _studies(signs)},
    }


def coverage(values: Sequence[Scored], *, studies: bool = False) -> dict[str, float | None]:
    """Shares of measured values in the bands of the levels `COVERED`, over rows or with each study counted once."""

    def inside(entry: Scored, level: float) -> bool:
        return entry.narrowest is not None and entry.narrowest <= level

    return {
        f"coverage_{100 * level:.0f}": by_study(values, lambda entry, at=level: inside(entry, at))
        if studies
        else _share([inside(entry, level) for entry in values])
        for level in COVERED
    }


def shared_coverage(values: Sequence[Scored]) -> dict[str, float | None]:
    """Coverage of the levels `COVERED` with ties shared out, of rows that state a value."""
    stated = [s.prediction for s in values if not s.prediction.bound]
    return {f"shared_{100 * level:.0f}": _mean([shared(p.draws, p.measured, level) for p in stated]) for level in COVERED}


def by_study(scored: Sequence[Scored], right: Callable[[Scored], bool]) -> float | None:
    """Mean over studies of the share of their rows that are right."""
    flags: dict[str, list[bool]] = {}
    for entry in scored:
        flags.setdefault(entry.row["source"], []).append(right(entry))
    return _digits(np.mean([np.mean(own) for own in flags.values()])) if flags else None


def _studies(scored: Sequence[Scored]) -> int:
    return len({entry.row["source"] for entry in scored})


def _width(scored: Sequence[Scored], scale: str) -> float | None:
    """Width of the middle row's 90 % band: in decades on a scale of ratios, else in its unit, which the rows must share."""
    own = [s for s in scored if s.prediction.scale == scale]
    if scale == "absolute" and len({unit_of(s) for s in own}) > 1:
        return None
    widths = [
        float(np.diff(decades(np.array([s.low, s.high]), s.median))[0]) if scale == "log" else s.high - s.low for s in own
    ]
    return _digits(np.median(widths)) if widths else None


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


def by_quantity(scored: Sequence[Scored], pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """Figures of each quantity, the one with most rows first; `pairs` are scored rows with their naive counterparts.

    {"scored", "studies", "bounds", "leaning", "coverage_50", "coverage_80", "coverage_90", "median_factor",
    "mean_abs_error", "width", "crps", "unit", "sign_accuracy", "sign_accuracy_by_study", "baseline": {"scored", and again
    coverage to crps, "twin_on_the_same_rows"}, "better_than_baseline", "crps_ratio"}, each None where there is nothing
    to count.
    "crps_ratio" is the twin's mean score over the baseline's, on the same rows: below 1 the twin says more. Widths and
    scores are in decades where the scale is one of ratios.
    """
    names = [name for name, _ in Counter(s.prediction.quantity for s in scored).most_common()]
    return {
        name: _of_quantity(
            [s for s in scored if s.prediction.quantity == name],
            [pair for pair in pairs if pair.own.prediction.quantity == name],
        )
        for name in names
    }


def _of_quantity(scored: Sequence[Scored], pairs: Sequence[Pair]) -> dict[str, Any]:
    twin, naive = (_distances(side) for side in ([pair.own for pair in pairs], [pair.naive for pair in pairs]))
    naive["crps"] = _mean([pair.crps for pair in pairs])
    units = {unit_of(s) for s in scored if s.prediction.scale != "sign"}
    signs = [s for s in scored if s.sign_right is not None]
    return {
        "scored": len(scored),
        "studies": _studies(scored),
        "bounds": sum(bool(s.prediction.bound) for s in scored),
        "leaning": sum(s.leans for s in scored),
        **_distances(scored),
        "unit": units.pop() if len(units) == 1 else "",
        "sign_accuracy": _share([s.sign_right for s in signs]),
        "sign_accuracy_by_study": by_study(signs, lambda s: bool(s.sign_right)),
        "baseline": {"scored": len(pairs), **naive, "twin_on_the_same_rows": twin},
        "better_than_baseline": better(twin, naive),
        "crps_ratio": _ratio(twin["crps"], naive["crps"]),
    }


def _distances(scored: Sequence[Scored]) -> dict[str, float | None]:
    """Figures of rows of one quantity; scales are not mixed: those of ratios where there are any, else differences."""
    values = [s for s in scored if s.prediction.scale != "sign"]
    scale = next((name for name in ("log", "absolute") if any(s.prediction.scale == name for s in values)), "log")
    alike = scale == "log" or len({unit_of(s) for s in values}) == 1
    return {
        **coverage(values),
        "median_factor": _factor(_stated(scored, "log")),
        "mean_abs_error": _difference(_stated(scored, "absolute")),
        "width": _width(values, scale),
        "crps": _mean([s.crps for s in values if s.prediction.scale == scale]) if alike else None,
    }


def _ratio(own: float | None, other: float | None) -> float | None:
    """One mean score over another; None where one is missing, or so near that nothing is left to divide."""
    return _digits(own / other) if own is not None and other is not None and min(own, other) > 0.0 else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return _digits(np.mean(known)) if known else None


def better(twin: dict[str, float | None], naive: dict[str, float | None]) -> bool | None:
    """Whether the twin is nearer than the baseline on the same rows; None where there is no baseline, or a tie.

    A baseline needs two other studies: with fewer than three studies of a quantity there is none.
    """
    for key in ("median_factor", "mean_abs_error"):
        own, other = twin[key], naive[key]
        if own is not None and other is not None:
            return None if own == other else own < other
    return None


def paired(entry: Scored, evidence: Evidence) -> Pair | None:
    """A row with what the baseline says of it; None where it says nothing."""
    p = entry.prediction
    rest = None if p.scale == "sign" else others(entry.row, p, evidence)
    if rest is None:
        return None
    naive = Prediction(rest.draws(), p.measured, p.scale, p.quantity, p.bound, p.sign, p.zero)
    return Pair(entry, score(entry.row, naive), None if entry.crps is None else rest.crps(p.measured))


def _baseline_figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Figures of the naive baseline, and the twin's own over the same rows: not every row has a baseline."""
    return {
        **figures([pair.naive for pair in pairs]),
        "crps_ratio": crps_ratio(pairs),
        "twin_on_the_same_rows": figures([pair.own for pair in pairs]),
    }


def crps_ratio(pairs: Sequence[Pair]) -> float | None:
    """The twin's probability score over the baseline's, of rows that share a unit; below 1 the twin says more.

    Geometric mean over units by their rows, so that none counts for its size.
    """
    shared: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.crps is not None:
            shared.setdefault(_measure(pair.own), []).append(pair)
    ratios = {unit: _ratio(_mean([p.own.crps for p in own]), _mean([p.crps for p in own])) for unit, own in shared.items()}
    known = [(float(np.log(ratio)), len(shared[unit])) for unit, ratio in ratios.items() if ratio is not None]
    rows = sum(count for _, count in known)
    return _digits(np.exp(sum(log * count for log, count in known) / rows)) if rows else None


def _measure(entry: Scored) -> str:
    """What a probability score is counted in: decades, a unit, shares of people, or a quantity's own scale."""
    p = entry.prediction
    return "decades" if p.scale == "log" else unit_of(entry) or (p.kind if p.kind in SHARES else p.quantity)


def plain(entry: Scored) -> dict[str, Any]:
    """One scored row as plain data."""
    p = entry.prediction
    return {
        "file": entry.row.file,
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
        "narrowest": entry.narrowest,
        "crps": _digits(entry.crps),
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
