"""Rows of permeability_intact.csv and its medians: permeability of intact human skin.

A compound gets its measured log Kow and pKa from the table of compounds, else those of the table of actives, else the
computed log P of its row. Each compound of the packaged records is predicted by a fit that has not seen it. What a
laboratory's other compounds say of the laboratory enters the prediction of its record; what they say in that same fit.
Neat donors and donors with a co-solvent drive something else than an aqueous permeability, which the fit leaves out as
well. How much dermis is on a membrane is read from its preparation; a membrane that is not described is one of epidermis
or one with dermis, unknown once per study.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from ..core.units import factor
from ..delivery import Membrane, Solute, intact_permeability
from ..delivery.experiment import DERMIS, STRATUM, VIABLE
from ..delivery.stratum import WITHIN, tailed
from ..evidence import Draws, Evidence, Tables, view
from ..evidence.rows.permeability import PermeabilityStudyRow
from .compound import compounds, described, ionising, named, recorded
from .laboratory import Laboratory, unstated
from .prediction import Answer, NotPredicted, Prediction, Predictor
from .rows import Row

SECONDS_PER_HOUR = 3600.0
PBS_PH = 7.4  # what phosphate-buffered saline is made to have
SOLVENTS = re.compile(
    r"ethanol|methanol|propanol|alcohol|glycol|glycerin|glycerol|\bpeg\b|oleic|cellulose|dmso|sulfoxide|aceton|acetonitrile"
    r"|transcutol|myristate|\boil\b|paraffin|petrolatum|cream|\bgel\b|hydrogel|ointment|lotion|emuls|liposom|nano"
    r"|formulat|surfactant|lauryl|polysorbate|tween|hexane|toluene"
)
"""Words in the name of a donor that make it something else than water."""
THICKNESS = re.compile(
    r"(\d+(?:\.\d+)?)(?: ?(?:-|\u2013|to) ?(\d+(?:\.\d+)?))? ?(mm|um|\u03bcm|\u00b5m|microns?|micromet\w+|millimet\w+)\b"
)
"""A thickness in the words of a preparation, in lower case: the micro sign of some keyboards becomes the Greek letter."""
MEMBRANES = (
    (r"heat.separat|\bhse\b|epidermal membrane|^(?:viable )?epidermis$", "epidermis"),
    (r"^sc$|stratum corneum|\bcorneum\b", "stratum corneum"),
    (r"dermatom|split|full|whole|fat removed|dermis", "epidermis, dermis"),
)
"""Words of a membrane or its preparation -> the layers that it holds, the first that fits."""
NOT_TOLD = ("", "unknown", "not stated", "skin", "human skin")
AQUEOUS = ("0", "", "0.0", "false", "no")
"""What the column of neat donors holds where the donor was none, in lower case."""
PREPARATIONS = ((r"dermatom|split", "dermatomed"), (r"fat removed|full|whole", "whole"))
"""Words of a preparation without a thickness -> how much dermis it leaves."""
FOLDS = 10
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
        if row["neat"].casefold() not in AQUEOUS:
            return NotPredicted("neat donor: not an aqueous permeability")
        if not is_aqueous(row):
            return NotPredicted("a donor with a co-solvent, or a formulation: not an aqueous permeability")
        solute = solute_of(row, laboratory.evidence)
        if isinstance(solute, str):
            return NotPredicted(solute)
        layers = membranes_of(row)
        if not layers:
            return NotPredicted(f"the membrane {row['layer']!r} is not described")
        return _mixed([_record(row, layer, solute, laboratory) for layer in layers], row, laboratory, measured)

    return predict


def _record(row: Row, layer: str, solute: Solute, laboratory: Laboratory) -> np.ndarray:
    """What a record of this membrane would say [cm/h], (draw,)."""
    name = recorded(row["compound"], laboratory.evidence)
    ph, celsius = donor_ph(row), row.number("donor_temperature_c")
    kp = permeability(solute, layer, ph, celsius, laboratory, name, dermis_of(row, layer))
    return kp * strays(row, layer, _beliefs(laboratory, name))


def _mixed(kinds: Sequence[np.ndarray], row: Row, laboratory: Laboratory, log10_kp: float) -> Prediction:
    """The answer for a membrane that is one of some kinds, each as likely, unknown once per study."""
    chance = laboratory.known.luck.uniform("knowledge", f"membrane of {row['source']}")[:, 0]
    kp = np.choose(np.minimum((chance * len(kinds)).astype(int), len(kinds) - 1), kinds)
    return _answer(kp, membranes_of(row)[0] if len(kinds) == 1 else "a membrane that is not described", log10_kp)


def membranes_of(row: Row) -> tuple[str, ...]:
    """Membranes that a row may mean, in the words of `intact_permeability`; none where its words are not known."""
    stated = layer_of(row).casefold()
    if is_membrane(stated):
        return (stated,)
    words = f"{'' if stated in NOT_TOLD else stated} {row['preparation']}".strip().casefold()
    found = next((layers for pattern, layers in MEMBRANES if re.search(pattern, words)), None)
    if found is not None:
        return (found,)
    return ("epidermis", "epidermis, dermis") if stated in NOT_TOLD else ()


def medians_predictor(laboratory: Laboratory) -> Predictor:
    """Predict medians by compound; the epidermis where there is one, else the membrane that holds dermis."""

    def predict(row: Row) -> Answer:
        solute = solute_of(row, laboratory.evidence)
        if isinstance(solute, str):
            return NotPredicted(solute)
        name = recorded(row["compound"], laboratory.evidence)
        for column, layer in (("log10_kp_epidermis_cm_s", "epidermis"), ("log10_kp_dermis_cm_s", "epidermis, dermis")):
            measured = row.number(column)
            if measured is not None:
                kp = permeability(solute, layer, None, None, laboratory, name)
                return _answer(kp * strays(row, layer, _beliefs(laboratory, name)), layer, measured)
        return NotPredicted("no value")

    return predict


def _answer(kp: np.ndarray, layer: str, log10_kp: float) -> Prediction:
    return Prediction(kp / SECONDS_PER_HOUR, 10.0**log10_kp, "log", f"Kp of {layer}", stands_on=KP, leans=False)


@dataclass(frozen=True)
class Dermis:
    """How much dermis is on a membrane: of skin of a stated thickness [mm], else of a study's preparation."""

    skin: float | None = None
    study: str = ""
    kind: str = ""

    def thickness(self, p: Draws) -> np.ndarray:
        """Dermis [mm], (draw,): what a stated thickness leaves below the epidermis, else unknown once per study."""
        if self.skin is None:
            return unstated(f"excised_dermis[{self.kind}]", "mm", self.study, p)
        above = p("reference_stratum_corneum", "mm") + p("membrane_thickness[viable_epidermis]", "mm")
        return np.maximum(self.skin - above, p.median("least_dermis_share", "1") * self.skin)


def dermis_of(row: Row, layer: str) -> Dermis | None:
    """The dermis of a row's membrane, from its preparation; None where there is none, or nothing is said of it."""
    if "dermis" not in layer.partition(" without ")[0].split(", "):
        return None
    text = row["preparation"].casefold()
    stated = THICKNESS.search(text)
    if stated:
        middle = 0.5 * (float(stated[1]) + float(stated[2] or stated[1]))
        return Dermis(middle * factor("mm" if stated[3].startswith(("mm", "milli")) else "um", "mm"))
    peeled = "peeled" if layer == DERMIS else None
    kind = next((kind for words, kind in PREPARATIONS if re.search(words, text)), peeled)
    return None if kind is None else Dermis(study=row["source"], kind=kind)


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


def is_membrane(layer: str) -> bool:
    """Whether the words are those of `intact_permeability`."""
    body, _, without = layer.lower().partition(" without ")
    return {part.strip() for part in body.split(",")} <= {STRATUM, VIABLE, DERMIS} and without in ("", STRATUM)


def donor_ph(row: Row) -> float | None:
    """pH of the donor; that of phosphate-buffered saline where only this is stated."""
    stated = row.number("donor_ph")
    return PBS_PH if stated is None and row["donor_type"].startswith("PBS") else stated


def is_aqueous(row: Row) -> bool:
    """Whether the donor is water or a buffer, as far as the row says."""
    return SOLVENTS.search(row["donor_type"].lower()) is None


def solute_of(row: Row, evidence: Evidence) -> Solute | str:
    """The row's solute, with the pKa that matters most at the row's pH; a reason if there is none.

    That of the name, as a record, an active or a structure; else what the row itself says of its molecule.
    """
    known = compounds(evidence).get(row["compound"].lower())
    found = named(row["compound"], evidence) if known is None else known[0]
    return described(row, row["compound"]) if found is None else ionising(found, donor_ph(row), evidence)
