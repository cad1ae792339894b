"""Rows of closure.csv: time to closure by read-out, open fraction, water loss at rest.

A closure time is predicted by pushing the row's needles into the row's skin and letting the channels close under the cover
that the row states; where it states none, whether there was one is unknown once per study. An open share whose hour has a
spread was read the other way round: when the opening had fallen to that share. A time of closing is reported
only of channels that were seen open, so it is scored under the draws in which they would have been. Heat makes another
injury: such rows are not predicted, but that by when heated needles have closed needles alone have too. As in
`validation.insertion`, no study is predicted by a fit that it took part in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..barrier import close
from ..barrier.closure import GRID
from ..evidence import Draws
from ..flows import LAYERS, READOUTS, Channels, Punctures
from ..insertion import Penetration
from ..skin import Skin
from .experiment import skins, stays_in
from .insertion import bound_of, pushed_once
from .laboratory import Laboratory, discrepancy, unstated
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row
from .spread import study_mean

HOT = re.compile(r"\brf\b|radio-?frequency|laser|thermal", re.IGNORECASE)
NEEDLES = re.compile(r"needl", re.IGNORECASE)
"""Words of a device that heats, and of one with needles."""
COVERED_H = 240.0  # a cover that stays on for the whole experiment
LAST_H = float(GRID[-1])  # h after which channels are not described
NEVER_H = 1e4  # where a read-out never says closed
HALF = 0.5
LEAST_H = 0.05  # where it never said open: three minutes, what a first reading takes


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""
    quantities: dict[str, Callable[[Row, Laboratory], Answer]] = {
        "closure_time": _closure,
        "pore_open_fraction": _open_fraction,
        "pore_half_life": _half_life,
        "TEWL": _tewl,
    }

    def predict(row: Row) -> Answer:
        if row.number("value") is None:
            return NotPredicted("no value")
        hot = row.tags & {"thermal", "rf"} or HOT.search(row["device"])
        bounded = bound_of(row) == "upper" and row["quantity"] == "closure_time" and NEEDLES.search(row["device"])
        if hot and not bounded:  # by when heated needles have closed, needles alone have
            return NotPredicted("thermal injury, not needles alone")
        if stays_in(row["device"]):
            return NotPredicted("an array that stayed in for hours and swelled: not the channel of a pin that left at once")
        if row["quantity"] not in quantities:
            return NotPredicted(f"the quantity {row['quantity']!r} is not predicted")
        return quantities[row["quantity"]](row, laboratory.without(row.sources))

    return predict


def _tewl(row: Row, laboratory: Laboratory) -> Answer:
    """Water loss at rest, or at a stated time after needling."""
    people, known = skins(laboratory, row)
    if "baseline" in row.tags:
        return _answer(row, laboratory, people.tewl, known.tewl, "TEWL_baseline", "baseline_tewl", leans=None)
    hours = row.number("time_h")
    if hours is None:
        return NotPredicted("water loss after needling: the time of the reading is not stated")

    def read(found: Channels) -> np.ndarray:
        return np.array([np.interp(hours, found.time, one) for one in found.tewl])

    return _answer(
        row,
        laboratory,
        _read(row, laboratory, laboratory.people, people, read),
        _read(row, laboratory, laboratory.known, known, read),
        "TEWL_after_needling",
        "tewl",
    )


def tewl_rise(row: Row, laboratory: Laboratory, hours: float) -> np.ndarray:
    """Water loss at some hours after needling over that at rest, minus 1, (draw,): of people as a study sees them."""
    people, known = skins(laboratory, row)

    def rise(draws: Draws, skin: Skin) -> np.ndarray:
        def read(found: Channels) -> np.ndarray:
            return np.array([np.interp(hours, found.time, one) for one in found.tewl])

        return _read(row, laboratory, draws, skin, read) / skin.tewl - 1.0

    return study_mean(
        rise(laboratory.people, people),
        rise(laboratory.known, known),
        row.number("n"),
        laboratory.people.luck,
        f"{row.file}:{row.line}",
    )


def channels(row: Row, skin: Skin, laboratory: Laboratory, draws: Draws, covered_h: float) -> Channels:
    """The row's channels, closing; rows of one experiment share them."""

    def make() -> Channels:
        density = unstated("experiment_density", "1/cm^2", row["source"], draws)
        pushed = pushed_once(row, skin, laboratory, draws)
        return close(punctures_of(pushed, density, skin), skin, draws, covered_h=covered_h)

    told = tuple(row[column] for column in ("source", "skin", "device", "needle_length_um", "applied"))
    return laboratory.once((*told, skin.alive, covered_h, id(draws)), make)


def punctures_of(done: Penetration, density: np.ndarray, skin: Skin) -> Punctures:
    """An experiment's needles as the punctures of one session."""
    edges = skin.interfaces.T[: len(LAYERS)]
    reach = np.stack([(done.in_situ_depth > edge[:, None]).mean(axis=1) for edge in edges], axis=1)
    return Punctures(
        zone=skin.zone,
        session=0,
        attempted_density=density,
        density=density * done.pierced_fraction,
        pierced_fraction=done.pierced_fraction,
        in_situ_depth=done.in_situ_depth,
        residual_depth=done.residual_depth,
        needle_diameter=done.needle_diameter,
        channel_diameter=done.channel_diameter,
        force=done.force,
        reach=reach,
        bleeding_fraction=np.zeros_like(density),
    )


def _covered(row: Row, draws: Draws) -> np.ndarray:
    """Whether a cover lay on the channels, shape (draw,)."""
    stated = row["occluded"].casefold()
    if stated in ("true", "false"):
        return np.full(draws.count, stated == "true")
    return unstated("experiment_covered", "1", row["source"], draws) > 0.5


def _read(row: Row, laboratory: Laboratory, draws: Draws, skin: Skin, read: Callable[[Channels], np.ndarray]) -> np.ndarray:
    """Read the channels, covered or bare as the row says."""
    covered = _covered(row, draws)
    parts = {
        hours: read(channels(row, skin, laboratory, draws, hours))
        for hours, needed in ((0.0, not covered.all()), (COVERED_H, covered.any()))
        if needed
    }
    return np.where(covered, parts.get(COVERED_H, 0.0), parts.get(0.0, 0.0))


def _closure(row: Row, laboratory: Laboratory) -> Answer:
    readout = {"histology": "OCT", "drug_delivery": "dye"}.get(row["readout"], row["readout"])
    if readout not in READOUTS:
        return NotPredicted(f"the read-out {row['readout']!r} is not predicted")
    sections = skins(laboratory, row)
    if "3d" in row["skin"].casefold():
        sections = (replace(sections[0], alive=True), replace(sections[1], alive=True))  # living reconstructed skin
    column = READOUTS.index(readout)

    def read(found: Channels) -> np.ndarray:
        return np.clip(found.closure_time[:, column], LEAST_H, NEVER_H)

    people, known = (
        _read(row, laboratory, draws, section, read)
        for draws, section in zip((laboratory.people, laboratory.known), sections, strict=True)
    )
    answer = _answer(
        row, laboratory, people, known, f"closure_time_{row['readout'].lower()}", f"closure_time_{readout.lower()}"
    )
    return replace(answer, reported=known > LEAST_H) if isinstance(answer, Prediction) else answer


def _open_fraction(row: Row, laboratory: Laboratory) -> Answer:
    hours = row.number("time_h")
    if hours is None:
        return NotPredicted("time of the reading not stated")
    if row.number("time_sd_h") is not None:
        return _time_to_share(row, hours, laboratory)
    skin, _ = skins(laboratory, row)

    def read(found: Channels) -> np.ndarray:
        after_recoil = found.open_fraction / np.maximum(_after_recoil(found), 1e-12)[:, None]
        return np.array([np.interp(hours, found.time, one) for one in np.minimum(after_recoil, 1.0)])

    return Prediction(
        _read(row, laboratory, laboratory.people, skin, read),
        row.number("value") or 0.0,
        "absolute",
        "pore_open_fraction",
        bound_of(row),
        stands_on=("open_fraction",),
        leans=False,
    )


def _time_to_share(row: Row, hours: float, laboratory: Laboratory) -> Answer:
    """The hour at which the opening falls to a share of what recoil left: the value is the share, the hour is measured."""
    share = row.number("value") or 0.0

    def read(found: Channels) -> np.ndarray:
        course = found.open_fraction / np.maximum(_after_recoil(found), 1e-12)[:, None]
        return np.clip(_first_below(course, share, found.time), LEAST_H, NEVER_H)

    sections = zip((laboratory.people, laboratory.known), skins(laboratory, row), strict=True)
    people, known = (_read(row, laboratory, draws, skin, read) for draws, skin in sections)
    answer = _answer(row, laboratory, people, known, "time_to_open_fraction", "open_fraction")
    return replace(answer, measured=hours) if isinstance(answer, Prediction) else answer


def _first_below(course: np.ndarray, share: float, time: np.ndarray) -> np.ndarray:
    """When falling courses (draw, time) reach a share [h], linear in the logarithm; beyond the last hour as they end."""
    falling, level = np.log(np.maximum(course, np.finfo(float).tiny)), np.log(max(share, np.finfo(float).tiny))
    after = np.clip((falling > level).sum(axis=1), 1, time.size - 1)
    lane = np.arange(len(course))
    high, low = falling[lane, after - 1], falling[lane, after]
    slope = np.maximum(high - low, np.finfo(float).tiny) / (time[after] - time[after - 1])
    return time[after - 1] + np.minimum((high - level) / slope, NEVER_H)


def _half_life(row: Row, laboratory: Laboratory) -> Answer:
    """Hours until half of what was open after the recoil is open."""

    def read(found: Channels) -> np.ndarray:
        left = found.open_fraction / np.maximum(_after_recoil(found), 1e-12)[:, None] <= HALF
        return np.where(left.any(axis=1), found.time[left.argmax(axis=1)], NEVER_H)

    people, known = (
        _read(row, laboratory, draws, section, read)
        for draws, section in zip((laboratory.people, laboratory.known), skins(laboratory, row), strict=True)
    )
    return _answer(
        row, laboratory, np.maximum(people, LEAST_H), np.maximum(known, LEAST_H), "pore_half_life", "open_fraction"
    )


def _after_recoil(found: Channels) -> np.ndarray:
    """Open fraction a quarter of an hour after the needle: what a slow method calls fully open."""
    return found.open_fraction[:, int(np.searchsorted(found.time, 0.25))]


def _answer(
    row: Row,
    laboratory: Laboratory,
    people: np.ndarray,
    known: np.ndarray,
    quantity: str,
    stands_on: str,
    leans: bool | None = False,
) -> Answer:
    sd = row.number("time_sd_h") if quantity == "time_to_open_fraction" else row.number("sd")
    draws = study_mean(people, known, row.number("n"), laboratory.people.luck, f"{row.file}:{row.line}", sd=sd, log=True)
    if quantity != "TEWL_baseline":
        draws = draws * discrepancy("closure_discrepancy", row["source"], quantity, laboratory.people)
    return Prediction(draws, row.number("value") or 0.0, "log", quantity, bound_of(row), stands_on=(stands_on,), leans=leans)
