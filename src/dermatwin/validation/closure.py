"""Rows of closure.csv: time to closure by read-out, open fraction, water loss at rest.

A closure time is predicted by pushing the row's needles into the row's skin and letting the channels close under the cover
that the row states (where it states none, both are drawn). Heat makes another injury: such rows are not predicted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..barrier import close
from ..evidence import Draws
from ..flows import LAYERS, READOUTS, Channels, Punctures
from ..insertion import Penetration
from ..skin import Skin
from .experiment import compliance_class, skins
from .insertion import UM, bound_of, experiment
from .laboratory import Laboratory
from .rows import Row
from .scoring import Answer, NotPredicted, Prediction, Predictor
from .spread import study_mean

COVERED_H = 240.0  # a cover that stays on for the whole experiment
NEVER_H = 1e4  # where a read-out never says closed


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""
    quantities: dict[str, Callable[[Row, Laboratory], Answer]] = {
        "closure_time": _closure, "pore_open_fraction": _open_fraction, "TEWL": _tewl}

    def predict(row: Row) -> Answer:
        if row.number("value") is None:
            return NotPredicted("no value")
        if row.tags & {"thermal", "rf"}:
            return NotPredicted("thermal injury, not needles alone")
        if row["quantity"] not in quantities:
            return NotPredicted(f"the quantity {row['quantity']!r} is not predicted")
        return quantities[row["quantity"]](row, laboratory)

    return predict


def _tewl(row: Row, laboratory: Laboratory) -> Answer:
    if "baseline" not in row.tags:
        return NotPredicted("water loss after needling: time, density and length are needed")
    sections = skins(laboratory, row)
    if isinstance(sections, str):
        return NotPredicted(sections)
    return _answer(row, laboratory, sections[0].tewl, sections[1].tewl, "TEWL_baseline", "baseline_tewl")


def channels(row: Row, skin: Skin, draws: Draws, covered_h: float) -> Channels:
    """The row's channels, closing."""
    stated = row.number("needle_length_um")
    kind = "roller" if compliance_class(row["device"]) != "stamp" else "array"
    length = stated / UM if stated else draws.median(f"experiment_needle_length[{kind}]", "mm")
    punctures = punctures_of(experiment(row, skin, draws, length), draws("experiment_density", "1/cm^2"), skin)
    return close(punctures, skin, draws, covered_h=covered_h)


def punctures_of(done: Penetration, density: np.ndarray, skin: Skin) -> Punctures:
    """An experiment's needles as the punctures of one session."""
    edges = skin.interfaces.T[: len(LAYERS)]
    reach = np.stack([(done.in_situ_depth > edge[:, None]).mean(axis=1) for edge in edges], axis=1)
    return Punctures(zone=skin.zone, session=0, attempted_density=density, density=density * done.pierced_fraction,
                     pierced_fraction=done.pierced_fraction, in_situ_depth=done.in_situ_depth,
                     residual_depth=done.residual_depth, needle_diameter=done.needle_diameter,
                     channel_diameter=done.channel_diameter, force=done.force, reach=reach,
                     bleeding_fraction=np.zeros_like(density))


def _covers(row: Row) -> tuple[float, ...]:
    """Hours of cover to try: what the row states, or both."""
    if row["occluded"].casefold() == "true":
        return (COVERED_H,)
    return (0.0,) if row["occluded"].casefold() == "false" else (0.0, COVERED_H)


def _mixed(row: Row, skin: Skin, draws: Draws, read: Callable[[Channels], np.ndarray]) -> np.ndarray:
    """Read the channels; where the cover is not stated, every other person has one."""
    parts = [read(channels(row, skin, draws, hours)) for hours in _covers(row)]
    return parts[0] if len(parts) == 1 else np.where(np.arange(draws.count) % 2 == 0, parts[0], parts[1])


def _closure(row: Row, laboratory: Laboratory) -> Answer:
    readout = {"histology": "OCT", "drug_delivery": "dye"}.get(row["readout"], row["readout"])
    if readout not in READOUTS:
        return NotPredicted(f"the read-out {row['readout']!r} is not predicted")
    sections = skins(laboratory, row)
    if isinstance(sections, str):
        return NotPredicted(sections)
    if "3d" in row["skin"].casefold():
        sections = (replace(sections[0], alive=True), replace(sections[1], alive=True))  # living reconstructed skin
    column = READOUTS.index(readout)

    def read(found: Channels) -> np.ndarray:
        return np.clip(found.closure_time[:, column], 1e-2, NEVER_H)

    people, known = sections
    return _answer(row, laboratory, _mixed(row, people, laboratory.people, read),
                   _mixed(row, known, laboratory.known, read), f"closure_time_{row['readout'].lower()}",
                   f"closure_time_{readout.lower()}")


def _open_fraction(row: Row, laboratory: Laboratory) -> Answer:
    hours = row.number("time_h")
    sections = skins(laboratory, row)
    if hours is None or isinstance(sections, str):
        return NotPredicted("time of the reading not stated" if hours is None else str(sections))

    def read(found: Channels) -> np.ndarray:
        after_recoil = found.open_fraction / np.maximum(_after_recoil(found), 1e-12)[:, None]
        return np.array([np.interp(hours, found.time, one) for one in np.minimum(after_recoil, 1.0)])

    people = _mixed(row, sections[0], laboratory.people, read)
    return Prediction(people, row.number("value") or 0.0, "absolute", "pore_open_fraction", bound_of(row),
                      stands_on=("open_fraction",))


def _after_recoil(found: Channels) -> np.ndarray:
    """Open fraction a quarter of an hour after the needle: what a slow method calls fully open."""
    return found.open_fraction[:, int(np.searchsorted(found.time, 0.25))]


def _answer(row: Row, laboratory: Laboratory, people: np.ndarray, known: np.ndarray, quantity: str,
            stands_on: str) -> Answer:
    sd = row.number("time_sd_h") if row["quantity"] == "pore_open_fraction" else row.number("sd")
    draws = study_mean(people, known, row.number("n"), laboratory.people.luck, f"{row.file}:{row.line}", sd=sd, log=True)
    return Prediction(draws, row.number("value") or 0.0, "log", quantity, bound_of(row), stands_on=(stands_on,))
