"""What is said of a row: a prediction, or why there is none; and a row with its score.

Who predicts, who scores and who sums up by group all know these records and not one another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .rows import Row


@dataclass(frozen=True)
class Common:
    """Where a row belongs, and what turns its value into a share.

    groups : heading -> group, such as {"concern": "melasma", "arm": "needled"}.
    kind : values of one kind are compared with one another; '' for a direction.
    size : what the value is divided by: the baseline with the sign of the scale, so that positive is better.
    """

    groups: dict[str, str]
    kind: str = ""
    size: float = 1.0


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
    common: Common | None = None  # how the row is put on one footing with rows of other scales, where it can be
    kind: str = ""  # of the answer, where quantities of one kind belong together: the rates of all events
    reported: np.ndarray | None = None  # (draw,) whether the row could have been reported at all under a draw (None: always)


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
    narrowest: float | None = (
        None  # level of the narrowest central band that holds the measured value; None: not even the widest
    )
    crps: float | None = None  # continuous ranked probability score; None for bounds and directions
