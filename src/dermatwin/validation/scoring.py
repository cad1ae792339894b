"""Scores: a prediction with a band against a measured value, censored values as what they are.

A prediction is a set of draws of the quantity that the row reports (the study's mean, share or time). Its band is the
5-95 % range of the draws. A bound is inside when some value that it allows lies in the band. The naive baseline
predicts each row from the other studies of the same quantity: their (geometric) mean, and their spread as a band.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..evidence import Evidence
from .rows import Row

SCALES = ("log", "absolute", "sign")


@dataclass(frozen=True)
class Prediction:
    """What the twin says a row should show.

    draws : possible values of the row's quantity, in the row's unit.
    measured : the value that was measured (for a bound: the bound).
    scale : 'log' (ratio scale), 'absolute' (changes, scores, shares) or 'sign' (direction only: -1, 0, 1).
    bound : '' for a value, 'upper' or 'lower' for a bound.
    quantity : name under which rows are pooled and compared with the baseline.
    """

    draws: np.ndarray
    measured: float
    scale: str
    quantity: str
    bound: str = ""
    sign: int | None = None  # direction of the effect that was measured, where it has one
    zero: float = 0.0  # the value that means 'no effect'
    stands_on: tuple[str, ...] = ()  # quantities of the catalogue behind the draws (empty: the quantity's own name)
    leans: bool | None = None  # whether the scored study is among what the draws stand on (None: looked up)


@dataclass(frozen=True)
class NotPredicted:
    """Why a row gets no prediction."""

    reason: str


@dataclass(frozen=True)
class Failed(NotPredicted):
    """A row on which the computation broke."""


Answer = Prediction | NotPredicted
Predictor = Callable[[Row], Answer]


@dataclass(frozen=True)
class Scored:
    """One scored row."""

    row: Row
    prediction: Prediction
    low: float
    median: float
    high: float
    inside: bool
    error: float | None  # |log10 ratio| or absolute difference; None for bounds that hold and for signs
    sign_right: bool | None
    leans: bool = False  # the scored study is among the sources behind the prediction


def score(row: Row, prediction: Prediction, leans: bool = False) -> Scored:
    """Score one row."""
    low, median, high = (float(q) for q in np.quantile(prediction.draws, (0.05, 0.5, 0.95)))
    return Scored(row, prediction, low, median, high, _inside(prediction, low, high), _error(prediction, median),
                  _sign_right(prediction), leans)


def leans_on(row: Row, prediction: Prediction, evidence: Evidence) -> bool:
    """Whether a source of the row is among the sources of the parameters behind its prediction."""
    if prediction.leans is not None:
        return prediction.leans
    names = prediction.stands_on or (prediction.quantity,)
    known = [name for name in names if name.partition("[")[0] in evidence.quantities]
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
        return abs(float(np.log10(median / p.measured))) if median > 0.0 and p.measured > 0.0 else None
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

    'not_leaning' are the same figures over the rows whose study is not among the sources of the prediction.
    """
    answers = [(row, _answer(row, predictor)) for row in rows]
    scored = [score(row, answer, leans_on(row, answer, evidence)) for row, answer in answers
              if isinstance(answer, Prediction)]
    missing = [{"row": row.line, "source": row["source"], "quantity": row["quantity"], "reason": answer.reason}
               for row, answer in answers if isinstance(answer, NotPredicted)]
    return {"rows": len(rows), "scored": len(scored), **figures(scored), "baseline": _baseline_figures(scored),
            "not_leaning": figures([s for s in scored if not s.leans]),
            "failed": sum(isinstance(answer, Failed) for _, answer in answers),
            "not_predicted": missing, "predictions": [plain(entry) for entry in scored]}


def _answer(row: Row, predictor: Predictor) -> Answer:
    """The predictor's answer; a row on which it breaks is listed with the error, not dropped and not fatal."""
    try:
        answer = predictor(row)
    except Exception as error:
        return Failed(f"failed: {type(error).__name__}: {error}")
    if isinstance(answer, Prediction) and not np.isfinite(answer.draws).all():
        good = answer.draws[np.isfinite(answer.draws)]
        if good.size < 0.9 * answer.draws.size:
            return Failed(f"failed: only {good.size} of {answer.draws.size} draws are numbers")
        return replace(answer, draws=good)
    return answer


def figures(scored: Sequence[Scored]) -> dict[str, Any]:
    """Coverage, errors and direction over scored rows; None where there is nothing to count."""
    values = [s for s in scored if s.prediction.scale != "sign"]
    logs = [s.error for s in values if s.prediction.scale == "log" and s.error is not None]
    absolutes = [s.error for s in values if s.prediction.scale == "absolute" and s.error is not None]
    signs = [s.sign_right for s in scored if s.sign_right is not None]
    return {
        "coverage_90": _share([s.inside for s in values]),
        "median_abs_log10_error": _digits(np.median(logs)) if logs else None,
        "mean_abs_error": _digits(np.mean(absolutes)) if absolutes else None,
        "sign_accuracy": _share(signs),
        "counted": {"coverage": len(values), "log": len(logs), "absolute": len(absolutes), "sign": len(signs)},
    }


def _baseline_figures(scored: Sequence[Scored]) -> dict[str, Any]:
    """Figures of the naive baseline, and the twin's own over the same rows: not every row has a baseline."""
    found = [(s, baseline(s, scored)) for s in scored if s.prediction.scale != "sign"]
    pairs = [(s, score(s.row, p)) for s, p in found if p is not None]
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
    values = np.exp(draws) if mine.scale == "log" else draws
    return Prediction(values, mine.measured, mine.scale, mine.quantity, mine.bound, mine.sign, mine.zero)


def plain(entry: Scored) -> dict[str, Any]:
    """One scored row as plain data."""
    p = entry.prediction
    return {"row": entry.row.line, "source": entry.row["source"], "quantity": p.quantity, "measured": p.measured,
            "bound": p.bound, "median": _digits(entry.median), "p05": _digits(entry.low), "p95": _digits(entry.high),
            "inside": entry.inside, "scale": p.scale, "error": _digits(entry.error), "sign_right": entry.sign_right,
            "leans_on_itself": entry.leans}


def _share(flags: Sequence[bool | None]) -> float | None:
    return _digits(np.mean([bool(f) for f in flags])) if flags else None


def _digits(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else float(f"{float(value):.6g}")
