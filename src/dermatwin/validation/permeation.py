"""Rows of permeation_microneedle.csv: how much more passes needled skin than intact skin.

Almost no abstract states donor, density and area, so that amounts cannot be predicted, but the ratio of the needled to
the intact arm can: there the donor cancels. Needles that carry the drug themselves, heat, and arms in another vehicle are
other experiments and are listed.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..delivery import Solute, find_solute, needled_permeation, open_holes
from ..delivery.experiment import Donor
from .experiment import site_of, species_of
from .insertion import experiment
from .laboratory import Laboratory, unstated
from .rows import Row
from .scoring import Answer, NotPredicted, Prediction, Predictor

CARRIERS = re.compile(r"dissolv|coated|hydrogel|drug-loaded|swell|hollow|PVA micro|implant", re.IGNORECASE)
OTHER_INJURY = re.compile(r"laser|dermaplan|sonophores|iontophor|electropor|radiofrequency|\brf\b|ablat", re.IGNORECASE)
USUAL_HOURS = 24.0
STANDS_ON = ("enhancement_ratio", "membrane_permeability")


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""

    def predict(row: Row) -> Answer:
        reason = _unfit(row)
        if reason:
            return NotPredicted(reason)
        measured = ratio_of(row)
        if measured is None:
            return NotPredicted("amount without an intact arm: donor, density and area are not all stated")
        solute = solute_of(row)
        if isinstance(solute, str):
            return NotPredicted(solute)
        ratio = _ratio(row, solute, laboratory)
        if not np.isfinite(ratio).all():
            return NotPredicted("nothing is predicted to pass intact skin: the ratio has no bound")
        return Prediction(ratio, measured, "log", "needled over intact", _bound(row), stands_on=STANDS_ON)

    return predict


def _unfit(row: Row) -> str:
    text = f"{row['device']} {row['permeant']}"
    if row.tags & {"not_microneedle", "thermal", "rf"} or OTHER_INJURY.search(text):
        return "another way to open the barrier, not needles alone"
    if CARRIERS.search(text):
        return "the needles carry the drug themselves: how they release it is not modelled"
    if "other_vehicle" in row.tags:
        return "the intact arm had another vehicle"
    if row["quantity"] not in ("flux", "cumulative", "retained", "enhancement_ratio"):
        return f"the quantity {row['quantity']!r} is not predicted"
    return ""


def ratio_of(row: Row) -> float | None:
    """Needled over intact as measured; None without an intact arm or where nothing passed it."""
    treated, untreated = row.number("value_treated"), row.number("value_untreated")
    if treated is None or not untreated or treated <= 0.0 or untreated <= 0.0:
        return None
    return treated / untreated


def _bound(row: Row) -> str:
    if row.tags & {"range_high", "upper_bound"}:
        return "upper"
    return "lower" if row.tags & {"range_low", "lower_bound"} else ""


def solute_of(row: Row) -> Solute | str:
    """An active of that name, else the row's own properties."""
    try:
        return find_solute(row["permeant"].partition("(")[0].strip())
    except KeyError:
        pass
    mass, log_kow = row.number("mw_g_mol"), row.number("log_kow")
    if mass is None or mass <= 0.0:
        return "molar mass not stated"
    if log_kow is None and mass < 1000.0:
        return "log Kow not stated and the permeant is not in the table of actives"
    return Solute(row["permeant"], mass, log_kow, "calculated")


def _ratio(row: Row, solute: Solute, laboratory: Laboratory) -> np.ndarray:
    draws = laboratory.people
    text = row["skin"]
    species = species_of(text) or "human"
    skin = replace(laboratory.skin(site_of(text, species), draws, species=species), alive=False)
    done = experiment(row, skin, draws)
    density = row.number("needle_density_per_cm2") or unstated("experiment_density", "1/cm^2", row["source"], draws)
    holes = open_holes(density, _mean(done.residual_depth),
                       _mean(done.channel_diameter), draws, draws("excised_open_share", "1"))
    hours = row.number("time_h") or USUAL_HOURS
    found = needled_permeation(solute, holes, Donor(1000.0), np.array([0.5 * hours, hours]), draws)
    if row["quantity"] == "retained":
        return found.retained[:, -1] / np.maximum(found.retained_intact[:, -1], np.finfo(float).tiny)
    if row["quantity"] == "flux":
        return found.flux / np.maximum(found.flux_intact, np.finfo(float).tiny)
    return found.enhancement_ratio[:, -1]


def _mean(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=1) / np.maximum((values > 0.0).sum(axis=1), 1)
