"""Rows of insertion.csv: force, depth (in situ or residual), channel width, share that pierced.

Needle geometry that a row does not state is drawn from wide priors (parameters `experiment_*`); a depth without a needle
length, and anything about hollow needles, is not predicted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..evidence import Draws
from ..insertion import Penetration, penetrate, puncture_force
from ..skin import Skin
from .experiment import compliance_class, force_per_needle_N, skins, speed_mm_s
from .laboratory import Laboratory
from .rows import Row
from .scoring import Answer, NotPredicted, Prediction, Predictor
from .spread import study_mean

UM = 1000.0


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""
    quantities: dict[str, Callable[[Row, Laboratory], Answer]] = {
        "insertion_force": _force, "depth": _depth, "channel_diameter": _width, "fraction_penetrated": _fraction}

    def predict(row: Row) -> Answer:
        if row.number("value") is None:
            return NotPredicted("no value")
        if "hollow" in row["device"].casefold() and row["quantity"] == "insertion_force":
            return NotPredicted("hollow needle: the law is for solid sharp tips")
        if "hydrogel" in row["device"].casefold() and row.number("needle_length_um") is None:
            return NotPredicted("needle length not stated")
        return quantities.get(row["quantity"], _unknown)(row, laboratory)

    return predict


def _unknown(row: Row, laboratory: Laboratory) -> Answer:
    return NotPredicted(f"the quantity {row['quantity']!r} is not predicted")


def bound_of(row: Row) -> str:
    """Censoring of a row: an end of a published range bounds the typical value from its side."""
    if row.tags & {"upper_bound", "range_high"}:
        return "upper"
    return "lower" if row.tags & {"lower_bound", "range_low"} else ""


def tip_diameter_mm(row: Row, draws: Draws) -> float | np.ndarray:
    """Twice the stated tip radius, or a draw of the prior."""
    radius = row.number("tip_radius_um")
    return draws("experiment_tip_diameter", "mm") if radius is None else 2.0 * radius / UM


def _force(row: Row, laboratory: Laboratory) -> Answer:
    stated = row.number("tip_radius_um") is not None
    speed, gap = speed_mm_s(row["applied"]) or 1.0, row.number("spacing_um")

    def force(draws: Draws) -> np.ndarray:
        tip = tip_diameter_mm(row, draws)
        unit = puncture_force(1.0, speed, gap / UM if gap else None, draws)
        return unit * tip

    return _answer(row, laboratory, force(laboratory.people), force(laboratory.known),
                   bound=bound_of(row) if not stated else bound_of(row) * ("range" not in row["kind"]))


def experiment(row: Row, skin: Skin, draws: Draws, length_mm: float) -> Penetration:
    """The row's needles pushed into `skin`, one draw of the geometry per person."""
    base = row.number("base_width_um")
    base_mm = np.full(draws.count, base / UM) if base else draws("experiment_base_aspect", "1") * length_mm
    tip = tip_diameter_mm(row, draws)
    force = force_per_needle_N(row["applied"], row.number("needle_count"))
    kind = compliance_class(row["device"])
    speed = speed_mm_s(row["applied"]) or draws("experiment_press_speed", "mm/s")
    hand = force if force is not None else _hand_force(row, kind, draws)
    return penetrate(length_mm=length_mm, tip_diameter_mm=tip, base_diameter_mm=base_mm,
                     compliance_class=kind, skin=skin, draws=draws, speed_mm_s=speed, force_N=hand,
                     spacing_mm=(row.number("spacing_um") or 0.0) / UM or None)


def _hand_force(row: Row, kind: str, draws: Draws) -> np.ndarray | None:
    """Force of a hand on one needle; None (as much as the stroke needs) for pens, rollers, rigs and applicators."""
    by_hand = any(word in row["applied"].casefold() for word in ("manual", "hand", "thumb", "finger"))
    if kind != "stamp" or not by_hand:
        return None
    needles = row.number("needle_count") or draws("experiment_array_needles", "1")
    return draws("experiment_press_force", "N") / needles


def _pushed(row: Row, laboratory: Laboratory, length_mm: float,
            read: Callable[[Penetration], np.ndarray]) -> tuple[np.ndarray, np.ndarray] | str:
    sections = skins(laboratory, row)
    if isinstance(sections, str):
        return sections
    people, known = sections
    return (read(experiment(row, people, laboratory.people, length_mm)),
            read(experiment(row, known, laboratory.known, length_mm)))


def _over_pierced(values: np.ndarray) -> np.ndarray:
    """Mean over the needles that went in, tiny where none did."""
    inside = np.where(values > 0.0, values, np.nan)
    count = np.isfinite(inside).sum(axis=1)
    total = np.nansum(inside, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.finfo(float).eps)


def _length(row: Row) -> float | None:
    value = row.number("needle_length_um")
    return None if value is None else value / UM


def _depth(row: Row, laboratory: Laboratory) -> Answer:
    length = _length(row)
    if length is None:
        return NotPredicted("needle length not stated")
    residual = "residual" in row.tags

    def read(done: Penetration) -> np.ndarray:
        return UM * _over_pierced(done.residual_depth if residual else done.in_situ_depth)

    found = _pushed(row, laboratory, length, read)
    name = "residual_depth" if residual else "in_situ_depth"
    return NotPredicted(found) if isinstance(found, str) else _answer(row, laboratory, *found, quantity=name)


def _width(row: Row, laboratory: Laboratory) -> Answer:
    length = _length(row)
    if length is None:
        return NotPredicted("needle length not stated")
    found = _pushed(row, laboratory, length, lambda done: UM * _over_pierced(done.channel_diameter))
    return NotPredicted(found) if isinstance(found, str) else _answer(row, laboratory, *found)


def _fraction(row: Row, laboratory: Laboratory) -> Answer:
    length = _length(row)
    if "fraction_of_length" in row.tags:
        if length is None:
            length = 1.0  # the row speaks of needles below one millimetre; the longest of them goes in deepest
        found = _pushed(row, laboratory, length, lambda done: _over_pierced(done.in_situ_depth) / length)
    elif length is None:
        return NotPredicted("needle length not stated")
    else:
        found = _pushed(row, laboratory, length, lambda done: done.pierced_fraction)
    if isinstance(found, str):
        return NotPredicted(found)
    name = "depth_over_length" if "fraction_of_length" in row.tags else "fraction_pierced"
    return Prediction(found[0], row.number("value") or 0.0, "absolute", name, bound_of(row), stands_on=("pierced_fraction",))


def _answer(row: Row, laboratory: Laboratory, people: np.ndarray, known: np.ndarray, *, quantity: str = "",
            bound: str | None = None) -> Answer:
    draws = study_mean(people, known, row.number("n"), laboratory.people.luck, f"{row.file}:{row.line}",
                       sd=row.number("sd"), log=True)
    return Prediction(draws, row.number("value") or 0.0, "log", quantity or row["quantity"],
                      bound_of(row) if bound is None else bound)
