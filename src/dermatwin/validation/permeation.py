"""Rows of permeation_microneedle.csv: how much more passes needled skin than intact skin, or what share of a dose.

Almost no abstract states donor, density and area. The ratio of the needled to the intact arm can be predicted all the same:
there the donor cancels. A share of a dose can, with the donor's depth unknown, where the dose is the row's own. Needles
that carry the drug themselves, heat, and arms in another vehicle are other experiments and are listed.

What a laboratory's skin lets through without needles strays from the laws as its records of intact skin do, in both arms
alike, and excised skin leaks: through hairs, which animals have more of, and where handling tore it. So the intact arm has
a floor, and a ratio its scatter where channels decide and none where the barrier lets everything through anyhow. Depth and
open share of the channels stray from one experiment to the next, and arms are means over a few cells.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..delivery import Holes, Solute, find_solute, needled_permeation, open_holes
from ..delivery.experiment import Donor, Membrane
from ..evidence import Draws, Evidence
from .experiment import site_of, species_of
from .insertion import experiment
from .laboratory import Laboratory, discrepancy, unstated
from .permeability import SALT, drawn, named, names_of, strays_of
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row

CARRIERS = re.compile(r"dissolv|coated|hydrogel|drug-loaded|swell|hollow|PVA micro|implant", re.IGNORECASE)
STRIPPED = re.compile(r"\bstrip", re.IGNORECASE)
OTHER_INJURY = re.compile(r"laser|dermaplan|sonophores|iontophor|electropor|radiofrequency|\brf\b|ablat", re.IGNORECASE)
USUAL_HOURS = 24.0
POROUS = re.compile(r"\bporous\b", re.IGNORECASE)
ACID_SALT = re.compile(r"\b\d?hcl\b|hydrochloride|hydrobromide|mesylate|maleate|sul(?:f|ph)ate$", re.IGNORECASE)
"""Names of salts of bases."""
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
        solute = _salt(row["permeant"], solute, laboratory.evidence)
        if measured is None or share is not None:
            return Prediction(
                _share(row, solute, laboratory),
                share or 0.0,
                "log",
                "share of the dose through needled skin",
                _bound(row),
                stands_on=("compartment_course", "membrane_permeability"),
            )
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


def share_of(row: Row) -> float | None:
    """Share of the dose that passed needled skin [-]; None where the dose is not the row's own, or nothing passed."""
    treated, load = row.number("value_treated"), row.number("patch_load_ug")
    if row["quantity"] != "cumulative" or not treated:
        return None
    if row["unit"] == "% of dose":
        return 0.01 * treated
    percent = row.number("fraction_permeated_pct")
    return 0.01 * percent if percent and load else None


def _bound(row: Row) -> str:
    if row.tags & {"range_high", "upper_bound"}:
        return "upper"
    return "lower" if row.tags & {"range_low", "lower_bound"} else ""


def solute_of(row: Row, evidence: Evidence) -> Solute | str:
    """The solute that some table holds under that name or without its salt, else the row's own structure or properties."""
    known = _active(row["permeant"], evidence) or named(row["permeant"], evidence)
    if known is not None:
        return known
    mass, log_kow = row.number("mw_g_mol"), row.number("log_kow")
    if log_kow is None and (structure := drawn(row)) is not None:
        return structure
    if mass is None or mass <= 0.0:
        return "molar mass not stated"
    if log_kow is None and mass < 1000.0:
        return "log Kow not stated, no structure, and the permeant is not in the table of actives"
    return Solute(row["permeant"], mass, log_kow, "calculated")


def _salt(permeant: str, solute: Solute, evidence: Evidence) -> Solute:
    """The solute as the ion that its salt makes of it: a base without a pKa, given with a strong acid, has the usual one."""
    if solute.acidity or not ACID_SALT.search(permeant):
        return solute
    return replace(solute, acidity="base", pka=evidence.parameters["experiment_salt_pka"].value)


def _active(permeant: str, evidence: Evidence) -> Solute | None:
    """The active of that name or without its salt: its properties before those of a record of permeability."""
    for name in names_of(permeant):
        try:
            return find_solute(name, evidence)
        except KeyError:
            continue
    return None


def _share(row: Row, solute: Solute, laboratory: Laboratory) -> np.ndarray:
    """Share of the dose in the receptor [-], shape (draw,); a donor of unknown depth, saturated at the most."""
    draws = laboratory.people
    hours = row.number("time_h") or USUAL_HOURS
    depth = unstated("experiment_donor_depth", "cm", row["source"], draws)
    load, area = row.number("patch_load_ug"), row.number("patch_area_mm2")
    dose = load / (0.01 * area) if load and area else unstated("experiment_dose", "ug/cm^2", row["source"], draws)
    salt = draws.median("ionised_solubility_limit", "1") if solute.acidity else 1.0
    dissolved = np.inf if solute.solubility is None else salt * solute.solubility
    donor = Donor(dose / depth, depth, _donor_ph(row, solute, laboratory), solubility=dissolved)
    found = needled_permeation(
        solute, _holes(row, laboratory), donor, np.array([0.5 * hours, hours]), draws, membrane=_membrane(row, laboratory)
    )
    return found.cumulative[:, -1] / found.dose * _scatter(row, laboratory)


def _ratio(row: Row, solute: Solute, laboratory: Laboratory) -> np.ndarray:
    hours = row.number("time_h") or USUAL_HOURS
    found = needled_permeation(
        solute,
        _holes(row, laboratory),
        Donor(1000.0, ph=_donor_ph(row, solute, laboratory)),
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
    """Excised skin with as much dermis as nobody states, which strays from the laws as intact skin does, and leaks."""
    p, study = laboratory.people, row["source"]
    return Membrane(
        dermis=unstated("experiment_dermis", "mm", study, p),
        leak=_leak(row, p),
        laboratory=strays_of(study, row["permeant"], "epidermis, dermis", p),
    )


def _leak(row: Row, p: Draws) -> np.ndarray:
    """Water paths beside the barrier of the row's skin [1/cm], (draw,): what handling tore, and an animal's hairs."""
    torn, species = unstated("excised_handling_leak", "1/cm", row["source"], p), species_of(row["skin"]) or "human"
    return torn if species == "human" else torn + unstated(f"excised_leak[{species}]", "1/cm", row["source"], p)


def _donor_ph(row: Row, solute: Solute, laboratory: Laboratory) -> np.ndarray | None:
    """pH of a donor that holds a salt, unknown once per study, (draw,); None where the solute was not given as a salt."""
    if solute.acidity not in ("base", "acid") or not SALT.search(row["permeant"]):
        return None
    return unstated(f"experiment_salt_ph[{solute.acidity}]", "1", row["source"], laboratory.people)


def _scatter(row: Row, laboratory: Laboratory) -> np.ndarray:
    """What a report may be off by chance [-], (draw,): lognormal, of arms that are means over a few cells each.

    ln, of each arm: its coefficient of variation over sqrt(cells). One that was told from few cells is itself hardly known:
    cv^2 = ((n - 1) cv_stated^2 + m cv_usual^2) / (n - 1 + m), the usual one that of intact skin between specimens.
    """
    p = laboratory.people
    cells = np.asarray(row.number("n") or unstated("experiment_cells", "1", row["source"], p))
    usual, weight = np.log(10.0) * p.median("permeability_person_sd", "1"), p.median("experiment_sd_weight", "1")
    arms = ("treated", "untreated") if ratio_of(row) is not None else ("treated",)
    pairs = [(row.number(f"sd_{arm}"), row.number(f"value_{arm}")) for arm in arms]
    told = [(spread / value, cells - 1.0) if spread and value else (0.0, 0.0 * cells) for spread, value in pairs]
    squares = sum((n * own**2 + weight * usual**2) / (n + weight) for own, n in told)
    chance = p.luck.normal("chance", f"scatter of {row['source']}", row.line)[:, 0]
    return np.exp(np.sqrt(squares / cells) * chance)


def _holes(row: Row, laboratory: Laboratory) -> Holes:
    """The channels of the row's experiment in excised skin; porous needles stay in it and are channels themselves."""
    draws = laboratory.people
    text = row["skin"]
    species = species_of(text) or "human"
    skin = replace(laboratory.skin(site_of(text, species, laboratory.evidence), draws, species=species), alive=False)
    done = experiment(row, skin, draws)
    density = row.number("needle_density_per_cm2") or unstated("experiment_density", "1/cm^2", row["source"], draws)
    strays = draws.luck.normal("knowledge", f"open share@{row['source']}")[:, 0]
    opened = draws("excised_open_share", "1") * np.exp(draws("excised_open_scatter", "1") * strays)
    depth, width = done.residual_depth, done.channel_diameter
    if POROUS.search(row["device"]):
        opened = unstated("experiment_porosity", "1", row["source"], draws)
        depth, width = done.in_situ_depth, done.needle_diameter
    factor = discrepancy("insertion_discrepancy", row["source"], "residual_depth", draws)
    return open_holes(density, _mean(depth) * factor, _mean(width), draws, np.minimum(opened, 1.0))


def _mean(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=1) / np.maximum((values > 0.0).sum(axis=1), 1)
