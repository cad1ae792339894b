"""Rows of permeability_intact.csv and its medians: permeability of intact human skin.

A compound gets its measured log Kow and pKa from the table of compounds, else those of the table of actives, else the
computed log P of its row. Each compound of the packaged records is predicted by a fit that has not seen it. What a
laboratory's other compounds say of the laboratory enters the prediction of its record; what they say in that same fit.
Neat donors and donors with a co-solvent drive something else than an aqueous permeability, which the fit leaves out as
well, and membranes that are not described cannot be stacked. How much dermis is on a membrane is read from its preparation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from ..delivery import Membrane, Solute, find_solute, intact_permeability
from ..delivery.chemistry import from_smiles
from ..delivery.stratum import WITHIN, tailed
from ..evidence import Draws, Evidence, Tables, view
from ..evidence.rows.laboratory import PermeabilityRow
from ..evidence.rows.permeability import CompoundPropertyRow, PermeabilityStudyRow
from .laboratory import Laboratory, unstated
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row

SECONDS_PER_HOUR = 3600.0
PBS_PH = 7.4  # what phosphate-buffered saline is made to have
SOLVENTS = ("ethanol", "methanol", "glycol", "peg ", "oleic", "cellulose")
"""Words in the name of a donor that make it something else than water."""
PREPARATIONS = ((r"dermatom", "dermatomed"), (r"fat removed|full|whole", "whole"))
"""Words of a preparation without a thickness -> how much dermis it leaves."""
FOLDS = 10
SALT = re.compile(
    r"[ -](?:\d?hcl|(?:mono|di)?hydrochloride|hydrobromide|sodium|potassium|sul(?:f|ph)ate|citrate|maleate|tartrate"
    r"|mesylate)(?: salt)?$",
    re.IGNORECASE,
)
"""What a name of a salt ends with."""
KP = ("membrane_permeability",)


@dataclass(frozen=True)
class Beliefs:
    """Draws for one fold of compounds, and what they say of laboratories: (mean, sd) of log10 by study."""

    draws: Draws
    studies: Mapping[str, tuple[float, float]]


def fold_of(compound: str) -> int:
    """The fold in which a compound is left out; by its name, so that a new compound moves no other."""
    return int.from_bytes(blake2b(compound.lower().encode(), digest_size=4).digest(), "little") % FOLDS


def left_out_name(compound: str) -> str:
    """Name under which a posterior knows a compound whose records it should not have seen."""
    return f"compound {compound.lower()}"


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict records one at a time."""

    def predict(row: Row) -> Answer:
        measured = row.number("log10_kp_cm_s")
        if measured is None:
            return NotPredicted("no value")
        if row["neat"] not in ("0", "", "0.0", "false", "False"):
            return NotPredicted("neat donor: not an aqueous permeability")
        if not is_aqueous(row):
            return NotPredicted("a donor with a co-solvent, or a formulation: not an aqueous permeability")
        solute = solute_of(row, laboratory.evidence)
        if isinstance(solute, str):
            return NotPredicted(solute)
        beliefs, layer = _beliefs(laboratory, row["compound"]), layer_of(row)
        try:
            kp = permeability(
                solute, layer, donor_ph(row), row.number("donor_temperature_c"), laboratory, row["compound"], dermis_of(row)
            )
        except ValueError:
            return NotPredicted(f"the membrane {row['layer'] or 'not stated'!r} is not described")
        return _answer(kp * strays(row, layer, beliefs), layer, measured)

    return predict


def medians_predictor(laboratory: Laboratory) -> Predictor:
    """Predict medians by compound; the epidermis where there is one, else the membrane that holds dermis."""

    def predict(row: Row) -> Answer:
        solute = named(row["compound"], laboratory.evidence) or drawn(row)
        if solute is None:
            return NotPredicted("structure not held: neither an active nor a compound of permeability_intact.csv")
        for column, layer in (("log10_kp_epidermis_cm_s", "epidermis"), ("log10_kp_dermis_cm_s", "epidermis, dermis")):
            measured = row.number(column)
            if measured is not None:
                kp = permeability(solute, layer, None, None, laboratory, row["compound"])
                return _answer(kp * strays(row, layer, _beliefs(laboratory, row["compound"])), layer, measured)
        return NotPredicted("no value")

    return predict


def _answer(kp: np.ndarray, layer: str, log10_kp: float) -> Prediction:
    return Prediction(kp / SECONDS_PER_HOUR, 10.0**log10_kp, "log", f"Kp of {layer}", stands_on=KP, leans=False)


@dataclass(frozen=True)
class Dermis:
    """How much dermis is on a membrane: skin of a stated thickness [mm], else a preparation, unknown once per study."""

    study: str
    skin: float | None = None
    parameter: str = "experiment_dermis"

    def thickness(self, p: Draws) -> np.ndarray:
        """Dermis [mm], (draw,): what a stated thickness leaves below the epidermis, a tenth of it at the least."""
        if self.skin is None:
            return unstated(self.parameter, "mm", self.study, p)
        above = p("reference_stratum_corneum", "mm") + p("membrane_thickness[viable_epidermis]", "mm")
        return np.maximum(self.skin - above, 0.1 * self.skin)


def dermis_of(row: Row) -> Dermis | None:
    """The dermis of a row's membrane, from its preparation; None where there is none, or nothing is said of it."""
    if "dermis" not in layer_of(row).partition(" without ")[0].split(", "):
        return None
    text = row["preparation"].casefold()
    stated = re.search(r"(\d+)(?:-(\d+))? ?(?:um|\u00b5m)\b", text)
    if stated:
        return Dermis("", 0.0005 * (float(stated[1]) + float(stated[2] or stated[1])))
    kind = next((kind for words, kind in PREPARATIONS if re.search(words, text)), None)
    if kind is None and layer_of(row) == "dermis":
        kind = "peeled"
    return None if kind is None else Dermis(row["source"], parameter=f"excised_dermis[{kind}]")


def permeability(
    solute: Solute,
    layer: str,
    ph: float | None,
    celsius: float | None,
    laboratory: Laboratory,
    compound: str,
    dermis: Dermis | None = None,
) -> np.ndarray:
    """Kp of a membrane [cm/h] by a fit that has not seen the compound, shape (draw,)."""
    p = _beliefs(laboratory, compound).draws

    def kp() -> np.ndarray:
        membrane = None if dermis is None else Membrane(dermis=dermis.thickness(p))
        return intact_permeability(solute, p, layer=layer, membrane=membrane, ph=ph, celsius=celsius)

    return laboratory.once(("kp", solute, layer, ph, celsius, dermis), kp)


def _beliefs(laboratory: Laboratory, compound: str) -> Beliefs:
    """What is believed without the records of a compound; people at their medians: a record is a mean over skins."""
    blind = laboratory.without([left_out_name(compound)])
    fit = blind.evidence.posterior_of(WITHIN)
    return blind.once(
        ("beliefs",), lambda: Beliefs(blind.known, known_studies(blind.evidence, fit.left_out if fit else None))
    )


@view
def known_studies(tables: Tables, left_out: str | None) -> Mapping[str, tuple[float, float]]:
    """Mean and sd of log10 of a study's own factor in the fit with this left out; none before a fit."""
    return {row.study: (row.mean, row.sd) for row in tables.rows(PermeabilityStudyRow) if row.without == left_out}


def strays(row: Row, layer: str, beliefs: Beliefs) -> np.ndarray:
    """Factor by which a record strays from the true permeability, shape (draw,): its laboratory's, and its own.

    log10 = u_study + e; u_study from the laboratory's other compounds where the fit knows it.
    """
    return strays_of(row["source"], row["compound"], layer, beliefs.draws, beliefs.studies.get(row["source"]))


def strays_of(source: str, compound: str, layer: str, p: Draws, known: tuple[float, float] | None = None) -> np.ndarray:
    """The same for a compound in a laboratory, of which mean and sd of log10 may be `known`."""
    study = p.luck.normal("knowledge", f"laboratory of {source}")[:, 0]
    own = p.luck.normal("knowledge", f"record {source} {compound} {layer}")[:, 0]
    bias = p("permeability_study_sd", "1") * tailed(study, p) if known is None else known[0] + known[1] * study
    return 10.0 ** (bias + p(record_spread_name(layer), "1") * tailed(own, p))


def record_spread_name(layer: str) -> str:
    """Name of the parameter that holds the scatter of records on this membrane."""
    body = layer.partition(" without ")[0]
    kind = "stratum_corneum" if body == "stratum corneum" else "with_dermis" if "dermis" in body.split(", ") else "epidermis"
    return f"permeability_record_sd[{kind}]"


def layer_of(row: Row) -> str:
    """The membrane of a row, in the words of `intact_permeability`."""
    return row["layer"].replace("without SC", "without stratum corneum")


def donor_ph(row: Row) -> float | None:
    """pH of the donor; that of phosphate-buffered saline where only this is stated."""
    stated = row.number("donor_ph")
    return PBS_PH if stated is None and row["donor_type"].startswith("PBS") else stated


def is_aqueous(row: Row) -> bool:
    """Whether the donor is water or a buffer, as far as the row says."""
    return not any(word in row["donor_type"].lower() for word in SOLVENTS)


def solute_of(row: Row, evidence: Evidence) -> Solute | str:
    """The row's solute, with the pKa that matters most at the row's pH; a reason if there is none."""
    known = compounds(evidence).get(row["compound"].lower())
    if known is not None:
        return ionising(known[0], donor_ph(row), evidence)
    try:
        return find_solute(row["compound"], evidence)
    except KeyError:
        pass
    mass, log_p = row.number("mw_g_mol"), row.number("crippen_log_p")
    if mass is None or mass <= 0.0:
        return "molar mass not stated"
    return Solute(row["compound"], mass, log_p)


def ionising(solute: Solute, ph: float | None, evidence: Evidence) -> Solute:
    """The solute as the acid or the base that it mostly is at this pH; unchanged if it has not both pKa."""
    other = _properties(evidence).get(solute.name.lower(), {})
    if ph is None or "pka_acid" not in other or "pka_base" not in other:
        return solute
    acid = ph - other["pka_acid"] >= other["pka_base"] - ph
    return replace(solute, acidity="acid" if acid else "base", pka=other["pka_acid" if acid else "pka_base"])


@view
def _properties(tables: Tables) -> Mapping[str, dict[str, float]]:
    """Measured properties by compound, in lower case."""
    found: dict[str, dict[str, float]] = {}
    for row in tables.rows(CompoundPropertyRow):
        found.setdefault(row.compound.lower(), {})[row.property] = row.value
    return found


@view
def compounds(tables: Tables) -> Mapping[str, tuple[Solute, float | None]]:
    """Compounds of the records by name in lower case, measured properties where held; and their computed log P."""
    held = _properties(tables)
    return {
        row.compound.lower(): (
            _compound(row.compound, row.mw_g_mol, row.crippen_log_p, held.get(row.compound.lower(), {})),
            row.crippen_log_p,
        )
        for row in tables.rows(PermeabilityRow)
        if row.mw_g_mol is not None and row.crippen_log_p is not None
    }


def _compound(name: str, mass: float, computed: float, held: Mapping[str, float]) -> Solute:
    acidity = "acid" if "pka_acid" in held else "base" if "pka_base" in held else ""
    return Solute(
        name,
        mass,
        held.get("log_kow", computed),
        "measured" if "log_kow" in held else "crippen",
        held.get(f"pka_{acidity}"),
        acidity,
    )


def named(compound: str, evidence: Evidence) -> Solute | None:
    """The solute of a name, from the compounds of the records or from the actives; a salt is its acid or base."""
    for name in names_of(compound):
        known = compounds(evidence).get(name.lower())
        if known is not None:
            return known[0]
        try:
            return find_solute(name, evidence)
        except KeyError:
            continue
    return None


def names_of(compound: str) -> tuple[str, ...]:
    """Names under which a compound may be held: as written, without what is in brackets, and without its salt."""
    plain = compound.partition("(")[0].strip()
    return tuple(dict.fromkeys(name for name in (compound.strip(), plain, SALT.sub("", plain).strip()) if name))


def drawn(row: Row) -> Solute | None:
    """The solute of a row's own structure; None where it draws none that can be read here."""
    if not row["smiles"]:
        return None
    try:
        return from_smiles(row["compound"] or row["permeant"] or "unnamed", row["smiles"])
    except KeyError:
        return None
