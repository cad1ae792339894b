"""Rows of permeation_microneedle.csv: how much more passes needled skin than intact skin, or what share of a dose.

Almost no abstract states donor, density and area. The ratio of the needled to the intact arm can be predicted all the same:
there the donor cancels. A share of a dose can, with the donor's depth unknown, where the dose is the row's own; of needles
that carry the drug themselves, with a matrix that gives it up in a time of its own (`carried`). Heat, hollow needles and
arms in another vehicle are other experiments and are listed.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..core.units import factor
from ..delivery import Holes, Solute, needled_permeation, open_holes
from ..delivery.experiment import Donor, Membrane
from ..evidence import Evidence
from ..insertion import Penetration
from .carried import HOLLOW, carrier_of, depth_cm, holes, released, strayed, through
from .compound import described, named, one_of
from .experiment import site_of, species_of
from .insertion import experiment
from .laboratory import Laboratory, unstated
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row

STRIPPED = re.compile(r"\bstrip", re.IGNORECASE)
OTHER_INJURY = re.compile(r"laser|dermaplan|sonophores|iontophor|electropor|radiofrequency|\brf\b|ablat", re.IGNORECASE)
USUAL_HOURS = 24.0
STEPS = 24  # numerical: times at which the share of a dose is followed while a matrix gives it up
LARGE = 1000.0  # g/mol; heavier permeants are polymers and proteins
STANDS_ON = ("enhancement_ratio", "membrane_permeability")


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict one row at a time."""

    def predict(row: Row) -> Answer:
        reason = _unfit(row)
        if reason:
            return NotPredicted(reason)
        measured, share = ratio_of(row), share_of(row)
        if measured is None and share is None:
            return NotPredicted("amount without an intact arm: donor, density and area are not all stated")
        solute = solute_of(row, laboratory.evidence)
        if isinstance(solute, str):
            return NotPredicted(solute)
        if measured is None or share is not None:
            return _share(row, solute, share or 0.0, laboratory)
        ratio = _ratio(row, solute, laboratory)
        if not np.isfinite(ratio).all():
            return NotPredicted("nothing is predicted to pass intact skin: the ratio has no bound")
        return Prediction(ratio, measured, "log", "needled over intact", _bound(row), stands_on=STANDS_ON)

    return predict


def _unfit(row: Row) -> str:
    text = f"{row['device']} {row['permeant']}"
    if row.tags & {"not_microneedle", "thermal", "rf"} or OTHER_INJURY.search(text):
        return "another way to open the barrier, not needles alone"
    if STRIPPED.search(f"{text} {row['skin']} {row['note']}"):
        return "against stripped skin: how much of the stratum corneum tape has taken is not stated"
    if HOLLOW.search(row["device"]):
        return "hollow needles: what they push into the skin is not stated"
    if carrier_of(row) and share_of(row) is None:
        return "needles that carry the drug, without their load: only a share of it can be predicted"
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


def share_of(row: Row) -> float | None:
    """Share of the dose that passed needled skin or stayed in it [-]; None where the dose is not the row's own."""
    treated, load = row.number("value_treated"), row.number("patch_load_ug")
    if row["quantity"] not in ("cumulative", "retained") or not treated:
        return None
    if row["unit"] == "% of dose":
        return 0.01 * treated
    percent = row.number("fraction_permeated_pct")
    return 0.01 * percent if percent and (load or carrier_of(row)) and row["quantity"] == "cumulative" else None


def _bound(row: Row) -> str:
    if row.tags & {"range_high", "upper_bound"}:
        return "upper"
    return "lower" if row.tags & {"range_low", "lower_bound"} else ""


def solute_of(row: Row, evidence: Evidence) -> Solute | str:
    """The solute that some table holds under that name or without its salt, else the row's own structure or properties.

    A polymer or a protein needs no log Kow: the lipid route is none of its.
    """
    name, mass = row["permeant"], row.number("mw_g_mol")
    known = named(name, evidence, active_first=True) or one_of(name, mass, evidence)
    if known is not None:
        return known
    found = described(row, name)
    large = mass is not None and mass >= LARGE
    return Solute(name, mass, None, "calculated") if isinstance(found, str) and mass and large else found


def _share(row: Row, solute: Solute, measured: float, laboratory: Laboratory) -> Answer:
    """Share of the dose in the receptor, or in the skin; a donor of unknown depth, saturated at the most."""
    draws, kind = laboratory.people, carrier_of(row)
    last = row.number("time_h") or USUAL_HOURS
    hours = np.linspace(0.0, last, STEPS + 1) if kind else np.array([0.0, 0.5 * last, last])
    depth = depth_cm(row["source"], draws) if kind else unstated("experiment_donor_depth", "cm", row["source"], draws)
    load, area = row.number("patch_load_ug"), row.number("patch_area_mm2")
    dose = load / (0.01 * area) if load and area else unstated("experiment_dose", "ug/cm^2", row["source"], draws)
    salt = draws.median("ionised_solubility_limit", "1") if solute.acidity else 1.0
    donor = Donor(dose / depth, depth, solubility=np.inf if solute.solubility is None else salt * solute.solubility)
    done, membrane = _penetration(row, laboratory), _membrane(row, laboratory)
    found = needled_permeation(solute, _holes(row, done, laboratory), donor, hours[1:], draws, membrane=membrane)
    left = row["quantity"] == "retained"
    passed = (found.retained if left else found.cumulative) / found.dose[:, None]
    share = passed[:, -1]
    if kind:
        pierced = through(done, membrane.thickness(draws).total * factor("cm", "mm"))
        whole = np.where(pierced[:, None], 0.0 if left else 1.0, np.column_stack([np.zeros(draws.count), passed]))
        share = strayed(released(whole, hours, kind, row["source"], draws), row["source"], draws)
    quantity = f"share of the load of {kind} needles" if kind else "share of the dose through needled skin"
    return Prediction(
        share * _scatter(row, laboratory),
        measured,
        "log",
        f"{quantity}, left in the skin" if left else quantity,
        _bound(row),
        stands_on=("compartment_course", "membrane_permeability"),
    )


def _ratio(row: Row, solute: Solute, laboratory: Laboratory) -> np.ndarray:
    hours = row.number("time_h") or USUAL_HOURS
    found = needled_permeation(
        solute,
        _holes(row, _penetration(row, laboratory), laboratory),
        Donor(1000.0),
        np.array([0.5 * hours, hours]),
        laboratory.people,
        membrane=_membrane(row, laboratory),
    )
    scatter = _scatter(row, laboratory)
    if row["quantity"] == "retained":
        return scatter * found.retained[:, -1] / np.maximum(found.retained_intact[:, -1], np.finfo(float).tiny)
    if row["quantity"] == "flux":
        return scatter * found.flux / np.maximum(found.flux_intact, np.finfo(float).tiny)
    return scatter * found.enhancement_ratio[:, -1]


def _membrane(row: Row, laboratory: Laboratory) -> Membrane:
    """Excised skin with as much dermis as nobody states."""
    return Membrane(dermis=unstated("experiment_dermis", "mm", row["source"], laboratory.people))


def _scatter(row: Row, laboratory: Laboratory) -> np.ndarray:
    """What the report may be off by chance [-], (draw,): lognormal of the row's own coefficients of variation, 1 without."""
    pairs = ((row.number(f"sd_{arm}"), row.number(f"value_{arm}")) for arm in ("treated", "untreated"))
    variation = [spread / value for spread, value in pairs if spread and value]
    chance = laboratory.people.luck.normal("chance", f"scatter of {row['source']}", row.line)[:, 0]
    return np.exp(np.hypot.reduce(variation or [0.0]) * chance)


def _penetration(row: Row, laboratory: Laboratory) -> Penetration:
    """The row's needles in excised skin."""
    species = species_of(row["skin"]) or "human"
    site = site_of(row["skin"], species, laboratory.evidence)
    skin = replace(laboratory.skin(site, laboratory.people, species=species), alive=False)
    return experiment(row, skin, laboratory.people)


def _holes(row: Row, done: Penetration, laboratory: Laboratory) -> Holes:
    """The channels of the row's experiment, closed in part where the needles left; as wide as these where they stay."""
    draws = laboratory.people
    density = row.number("needle_density_per_cm2") or unstated("experiment_density", "1/cm^2", row["source"], draws)
    if carrier_of(row):
        return holes(done, density, draws)
    return open_holes(
        density, _mean(done.residual_depth), _mean(done.channel_diameter), draws, draws("excised_open_share", "1")
    )


def _mean(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=1) / np.maximum((values > 0.0).sum(axis=1), 1)
