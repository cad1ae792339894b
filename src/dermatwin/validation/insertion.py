"""Rows of insertion.csv: force, depth (in situ or residual), channel width, share that pierced.

What a row does not state about its needles is drawn once per study from wide priors (parameters `experiment_*`). A study
that took part in the fit of the insertion model is predicted by the fit without it, and every study's figure differs from
the model's by a discrepancy of which the size is known only roughly. Depths and widths are reported of needles that went in,
so they are scored under the draws in which some did. How a channel was seen shifts what is read of its depth; a depth at
which a coat was found, or that needles "may" reach, is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..evidence import Draws
from ..insertion import Make, Penetration, Press, depth_at_puncture, penetrate, puncture_force, with_odds
from ..skin import Skin
from .experiment import compliance_class, force_per_needle_N, seen_by, skins, speed_mm_s
from .laboratory import Laboratory, discrepancy, unstated
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row
from .spread import study_mean

UM = 1000.0
Read = Callable[[Penetration, Draws], np.ndarray]
OTHER_DEPTHS = {
    "deposit": "where a coat was left in the skin, not how deep the needle was",
    "potential": "a penetration that is stated without needle, skin and method: of what it is the depth is not known",
}
"""Tags of depths that are neither of a needle nor of a channel -> why they are not predicted."""
EXPERIMENT = ("source", "skin", "device", "needle_length_um", "tip_radius_um", "base_width_um", "needle_count")
EXPERIMENT += ("spacing_um", "applied")
"""Columns that tell one experiment from another."""


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time, by beliefs that its study did not shape."""
    quantities: dict[str, Callable[[Row, Laboratory], Answer]] = {
        "insertion_force": _force,
        "depth": _depth,
        "channel_diameter": _width,
        "fraction_penetrated": _fraction,
    }

    def predict(row: Row) -> Answer:
        if row.number("value") is None:
            return NotPredicted("no value")
        reason = next((text for tag, text in OTHER_DEPTHS.items() if tag in row.tags), None)
        if reason is not None:
            return NotPredicted(reason)
        return quantities.get(row["quantity"], _unknown)(row, laboratory.without(row.sources))

    return predict


def _unknown(row: Row, laboratory: Laboratory) -> Answer:
    return NotPredicted(f"the quantity {row['quantity']!r} is not predicted")


def bound_of(row: Row) -> str:
    """Censoring of a row: an end of a published range bounds the typical value from its side."""
    if row.tags & {"upper_bound", "range_high"}:
        return "upper"
    return "lower" if row.tags & {"lower_bound", "range_low"} else ""


def tip_diameter_mm(row: Row, draws: Draws) -> np.ndarray:
    """Twice the stated tip radius, or what such tips measure; a hollow tip is as wide as its tube."""
    radius = row.number("tip_radius_um")
    if radius is not None:
        return np.full(draws.count, 2.0 * radius / UM)
    return unstated(f"experiment_{'hollow_' if is_hollow(row) else ''}tip_diameter", "mm", row["source"], draws)


def is_hollow(row: Row) -> bool:
    """Whether the needles are tubes; a row that tells of solid and hollow ones alike is read as solid."""
    device = row["device"].casefold()
    return "hollow" in device and "solid" not in device


def needle_length_mm(row: Row, draws: Draws) -> np.ndarray:
    """The stated needle length, or what such devices have."""
    stated = row.number("needle_length_um")
    if stated is not None:
        return np.full(draws.count, stated / UM)
    kind = "array" if compliance_class(row["device"]) == "stamp" else "roller"
    return unstated(f"experiment_needle_length[{kind}]", "mm", row["source"], draws)


def base_diameter_mm(row: Row, length: np.ndarray, draws: Draws) -> np.ndarray:
    """The stated base width, or what needles of this length have."""
    base = row.number("base_width_um")
    if base:
        return np.full(draws.count, base / UM)
    return unstated("experiment_base_aspect", "1", row["source"], draws) * length


def experiment(row: Row, skin: Skin, draws: Draws) -> Penetration:
    """The row's needles pushed into `skin`."""
    length, kind = needle_length_mm(row, draws), compliance_class(row["device"])
    speed = speed_mm_s(row["applied"]) or unstated("experiment_press_speed", "mm/s", row["source"], draws)
    force = force_per_needle_N(row["applied"], row.number("needle_count"))
    make = Make(length, tip_diameter_mm(row, draws), base_diameter_mm(row, length, draws))
    hand = _hand_force(row, kind, draws) if force is None else force
    return penetrate(make, Press(kind, speed, hand, spacing=(row.number("spacing_um") or 0.0) / UM or None), skin, draws)


def _hand_force(row: Row, kind: str, draws: Draws) -> np.ndarray | None:
    """Force of a hand on one needle; None (as much as the stroke needs) for pens, rollers, rigs and applicators."""
    by_hand = any(word in row["applied"].casefold() for word in ("manual", "hand", "thumb", "finger"))
    if kind != "stamp" or not by_hand:
        return None
    needles = row.number("needle_count") or unstated("experiment_array_needles", "1", row["source"], draws)
    return unstated("experiment_press_force", "N", row["source"], draws) / needles


def pushed_once(row: Row, skin: Skin, laboratory: Laboratory, draws: Draws) -> Penetration:
    """The row's needles pushed into `skin`; rows of one experiment share them."""
    told = tuple(row[column] for column in EXPERIMENT)
    return laboratory.once(("pushed", *told, skin.alive, id(draws)), lambda: experiment(row, skin, draws))


def _pushed(row: Row, laboratory: Laboratory, read: Read) -> tuple[np.ndarray, ...]:
    people, known = skins(laboratory, row)
    return tuple(
        read(pushed_once(row, skin, laboratory, draws), draws)
        for skin, draws in ((people, laboratory.people), (known, laboratory.known))
    )


def over_pierced(values: np.ndarray) -> np.ndarray:
    """Mean over the needles that went in, tiny where none did."""
    inside = np.where(values > 0.0, values, np.nan)
    count = np.isfinite(inside).sum(axis=1)
    total = np.nansum(inside, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.finfo(float).eps)


def _force(row: Row, laboratory: Laboratory) -> Answer:
    """Force at which a typical needle pierces; the ends of a range bound it where the tip is not stated."""
    stated = row.number("tip_radius_um") is not None
    speed, gap = speed_mm_s(row["applied"]) or 1.0, row.number("spacing_um")

    def force(draws: Draws) -> np.ndarray:
        return puncture_force(tip_diameter_mm(row, draws), speed, gap / UM if gap else None, draws)

    bound = bound_of(row) * ("range" not in row["kind"]) if stated else bound_of(row)
    return _answer(row, laboratory, force(laboratory.people), force(laboratory.known), bound=bound)


def _depth(row: Row, laboratory: Laboratory) -> Answer:
    if "force drop" in row["applied"]:
        return _drop(row, laboratory)
    residual = "residual" in row.tags

    def read(done: Penetration, draws: Draws) -> np.ndarray:
        return UM * over_pierced(seen_depth(row, done, draws) if residual else done.in_situ_depth)

    found, name = _pushed(row, laboratory, read), "residual_depth" if residual else "in_situ_depth"
    return _of_pierced(_answer(row, laboratory, *found, quantity=name), found)


def _of_pierced(answer: Prediction, sizes: tuple[np.ndarray, ...]) -> Prediction:
    """A size that is reported only of needles that went in, in a typical person and in the one who was looked at."""
    return replace(answer, reported=np.all([found > np.finfo(float).eps * UM for found in sizes], axis=0))


def seen_depth(row: Row, done: Penetration, draws: Draws) -> np.ndarray:
    """Depth of the channels [mm], (draw, needle), as the row's method sees them; a method that is not told is unknown."""
    share = done.residual_depth / np.where(done.pierced, done.in_situ_depth, 1.0)
    method = seen_by(f"{row['kind']} {row['applied']} {row['note']}")
    odds = (
        unstated("experiment_residual_readout", "1", row["source"], draws)
        if method is None
        else draws(f"residual_readout_odds[{method}]", "1")
    )
    return done.in_situ_depth * with_odds(share, odds[:, None])


def _drop(row: Row, laboratory: Laboratory) -> Answer:
    """Depth at the moment of puncture, in a displacement-controlled test of single needles."""
    people, known = skins(laboratory, row)

    def depth(skin: Skin, draws: Draws) -> np.ndarray:
        length = needle_length_mm(row, draws)
        return UM * depth_at_puncture(
            tip_diameter_mm=tip_diameter_mm(row, draws),
            skin=skin,
            draws=draws,
            taper_mm=length,
            base_diameter_mm=base_diameter_mm(row, length, draws),
            compliance_class=compliance_class(row["device"]),
        )

    found = (
        np.maximum(depth(skin, draws), np.finfo(float).eps)
        for skin, draws in ((people, laboratory.people), (known, laboratory.known))
    )
    return _answer(row, laboratory, *found, quantity="in_situ_depth")


def _width(row: Row, laboratory: Laboratory) -> Answer:
    found = _pushed(row, laboratory, lambda done, draws: UM * over_pierced(done.channel_diameter))
    return _of_pierced(_answer(row, laboratory, *found), found)


def _fraction(row: Row, laboratory: Laboratory) -> Answer:
    """Share of the needles that pierced, or of the way that they were driven: their length, or the travel of a rig.

    A rig that drives one long needle `travel` mm stops it as a plate would that sits so far behind the tip; where neither
    length nor travel is stated the row speaks of all up to 1 mm.
    """
    of_length = bool(row.tags & {"fraction_of_length", "fraction_of_travel"})
    if of_length and row.number("needle_length_um") is None:
        row = replace(row, cells={**row.cells, "needle_length_um": f"{UM:g}"})

    def read(done: Penetration, draws: Draws) -> np.ndarray:
        return over_pierced(done.in_situ_depth) / needle_length_mm(row, draws) if of_length else done.pierced_fraction

    people, _ = skins(laboratory, row)
    draws = read(pushed_once(row, people, laboratory, laboratory.people), laboratory.people)
    return Prediction(
        draws,
        row.number("value") or 0.0,
        "absolute",
        "depth_over_length" if of_length else "fraction_pierced",
        bound_of(row),
        stands_on=("pierced_fraction",),
        leans=False,
    )


def _answer(
    row: Row, laboratory: Laboratory, people: np.ndarray, known: np.ndarray, *, quantity: str = "", bound: str | None = None
) -> Prediction:
    draws = study_mean(
        people, known, row.number("n"), laboratory.people.luck, f"{row.file}:{row.line}", sd=row.number("sd"), log=True
    )
    name = quantity or row["quantity"]
    draws = draws * discrepancy("insertion_discrepancy", row["source"], name, laboratory.people)
    return Prediction(draws, row.number("value") or 0.0, "log", name, bound_of(row) if bound is None else bound, leans=False)
