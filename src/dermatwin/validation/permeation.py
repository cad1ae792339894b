"""Rows of permeation_microneedle.csv: how much more passes needled skin than intact skin, or what share of a dose.

Almost no abstract states donor, density and area. The ratio of the needled to the intact arm can be predicted all the same:
there the donor cancels. A share of a dose can, with the donor's depth unknown, where the dose is the row's own; of needles
that carry the drug themselves, with a matrix that gives it up in a time of its own (`carried`). Heat, hollow needles and
arms in another vehicle are other experiments and are listed.

What a laboratory's skin lets through without needles strays from the laws as its records of intact skin do, in both arms
alike, and excised skin leaks: through hairs, which animals have more of, and where handling tore it. So the intact arm has
a floor, and a ratio its scatter where channels decide and none where the barrier lets everything through anyhow. Depth and
open share of the channels stray from one experiment to the next, and arms are means over a few cells.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..core.units import factor
from ..delivery import Holes, Solute, needled_permeation, open_holes
from ..delivery.experiment import Donor, Membrane
from ..evidence import Draws, Evidence
from ..insertion import Penetration
from .carried import HOLLOW, carrier_of, depth_cm, holes, released, strayed, through, with_odds
from .compound import described, named, one_of
from .experiment import site_of, species_of
from .insertion import experiment
from .laboratory import Laboratory, discrepancy, unstated
from .permeability import strays_of
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row

STRIPPED = re.compile(r"\bstrip", re.IGNORECASE)
OTHER_INJURY = re.compile(r"laser|dermaplan|sonophores|iontophor|electropor|radiofrequency|\brf\b|ablat", re.IGNORECASE)
POROUS = re.compile(r"\bporous\b", re.IGNORECASE)
SALTS = {
    "base": re.compile(
        r"\b\d?hcl\b|hydrochloride|hydrobromide|(?:sul(?:f|ph)|citr|mal|male|fumar|tartr|mesyl|besyl|tosyl)ate$",
        re.IGNORECASE,
    ),
    "acid": re.compile(r"\b(?:di|tri)?sodium\b|\b(?:di)?potassium\b|\bcalcium\b", re.IGNORECASE),
}
"""What the name of a salt of a base or of an acid holds; hydrates and free bases are no ions."""
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
        solute = _salt(row["permeant"], solute, laboratory.evidence)
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


def _salt(permeant: str, solute: Solute, evidence: Evidence) -> Solute:
    """The solute as the ion that its salt makes of it: a base without a pKa, given with a strong acid, has the usual one."""
    if solute.acidity or solute.molar_mass >= LARGE or not _is_salt(permeant, "base"):
        return solute
    return replace(solute, acidity="base", pka=evidence.parameters["experiment_salt_pka"].value)


def _is_salt(permeant: str, acidity: str) -> bool:
    """Whether the name is that of a salt of a base or an acid."""
    return SALTS[acidity].search(permeant.partition("(")[0].strip()) is not None


def _donor_ph(row: Row, solute: Solute, laboratory: Laboratory) -> np.ndarray | None:
    """pH of a donor that holds a salt, unknown once per study, (draw,); None where the solute was not given as a salt."""
    if solute.acidity not in SALTS or not _is_salt(row["permeant"], solute.acidity):
        return None
    return unstated(f"experiment_salt_ph[{solute.acidity}]", "1", row["source"], laboratory.people)


def _share(row: Row, solute: Solute, measured: float, laboratory: Laboratory) -> Answer:
    """Share of the dose in the receptor, or in the skin; a donor of unknown depth, saturated at the most."""
    draws, kind = laboratory.people, carrier_of(row)
    last = row.number("time_h") or USUAL_HOURS
    hours = np.linspace(0.0, last, STEPS + 1) if kind else np.array([0.0, 0.5 * last, last])
    depth = depth_cm(row["source"], draws) if kind else unstated("experiment_donor_depth", "cm", row["source"], draws)
    load, area = row.number("patch_load_ug"), row.number("patch_area_mm2")
    dose = load / (0.01 * area) if load and area else unstated("experiment_dose", "ug/cm^2", row["source"], draws)
    salt = draws.median("ionised_solubility_limit", "1") if solute.acidity else 1.0
    dissolved = np.inf if solute.solubility is None else salt * solute.solubility
    donor = Donor(dose / depth, depth, _donor_ph(row, solute, laboratory), dissolved)
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
        with_odds(share, _scatter(row, laboratory)),
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


def _scatter(row: Row, laboratory: Laboratory) -> np.ndarray:
    """What a report may be off by chance [-], (draw,): lognormal, of arms that are means over a few cells each.

    On the ratio of two arms, and on the odds of a share of the dose.

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


def _penetration(row: Row, laboratory: Laboratory) -> Penetration:
    """The row's needles in excised skin."""
    species = species_of(row["skin"]) or "human"
    site = site_of(row["skin"], species, laboratory.evidence)
    skin = replace(laboratory.skin(site, laboratory.people, species=species), alive=False)
    return experiment(row, skin, laboratory.people)


def _holes(row: Row, done: Penetration, laboratory: Laboratory) -> Holes:
    """The channels of the row's experiment, closed in part where the needles left; as wide as these where they stay.

    Porous needles stay and are channels themselves, as open as they are porous. Depth and open share stray between studies.
    """
    draws = laboratory.people
    density = row.number("needle_density_per_cm2") or unstated("experiment_density", "1/cm^2", row["source"], draws)
    if carrier_of(row):
        return holes(done, density, draws)
    depth, width, opened = done.residual_depth, done.channel_diameter, _open_share(row["source"], draws)
    if POROUS.search(row["device"]):
        depth, width = done.in_situ_depth, done.needle_diameter
        opened = unstated("experiment_porosity", "1", row["source"], draws)
    strays = discrepancy("insertion_discrepancy", row["source"], "residual_depth", draws)
    return open_holes(density, _mean(depth) * strays, _mean(width), draws, np.minimum(opened, 1.0))


def _open_share(study: str, draws: Draws) -> np.ndarray:
    """How open channels in a study's excised skin are [-], (draw,)."""
    strays = draws("excised_open_scatter", "1") * draws.luck.normal("knowledge", f"open share@{study}")[:, 0]
    return draws("excised_open_share", "1") * np.exp(strays)


def _mean(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=1) / np.maximum((values > 0.0).sum(axis=1), 1)
