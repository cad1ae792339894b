"""Rows of permeability_intact.csv and its medians: permeability of intact human skin.

A solute that is not in the table of actives is built from the molar mass and the computed log P of its row. Neat donors
drive something else than an aqueous permeability, and membranes that are not described cannot be stacked.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..delivery import Solute, find_solute, intact_permeability
from ..evidence import Evidence
from .laboratory import Laboratory
from .rows import Row
from .scoring import Answer, NotPredicted, Prediction, Predictor

SECONDS_PER_HOUR = 3600.0
ANCHORS = frozenset({"mannitol", "sucrose"})  # the polar route is set by them: they cannot test it
KP = ("membrane_permeability",)


def predictor(laboratory: Laboratory) -> Predictor:
    """Predict records one at a time."""
    kept: dict[tuple[Solute, str, float | None], np.ndarray] = {}

    def predict(row: Row) -> Answer:
        measured = row.number("log10_kp_cm_s")
        if measured is None:
            return NotPredicted("no value")
        if row["neat"] not in ("0", "", "0.0", "false", "False"):
            return NotPredicted("neat donor: not an aqueous permeability")
        solute = solute_of(row)
        if isinstance(solute, str):
            return NotPredicted(solute)
        layer = row["layer"].replace("without SC", "without stratum corneum")
        try:
            return _answer(kept, laboratory, solute, layer, row.number("donor_ph"), measured)
        except ValueError:
            return NotPredicted(f"the membrane {row['layer'] or 'not stated'!r} is not described")

    return predict


def medians_predictor(laboratory: Laboratory) -> Predictor:
    """Predict medians by compound; the epidermis where there is one, else the membrane that holds dermis."""
    kept: dict[tuple[Solute, str, float | None], np.ndarray] = {}

    def predict(row: Row) -> Answer:
        solute = named(row["compound"])
        if solute is None:
            return NotPredicted("structure not held: neither an active nor a compound of permeability_intact.csv")
        for column, layer in (("log10_kp_epidermis_cm_s", "epidermis"), ("log10_kp_dermis_cm_s", "epidermis, dermis")):
            measured = row.number(column)
            if measured is not None:
                return _answer(kept, laboratory, solute, layer, None, measured)
        return NotPredicted("no value")

    return predict


def _answer(kept: dict[tuple[Solute, str, float | None], np.ndarray], laboratory: Laboratory, solute: Solute, layer: str,
            ph: float | None, log10_kp: float) -> Prediction:
    key = (solute, layer, ph)
    if key not in kept:
        kept[key] = intact_permeability(solute, laboratory.people, layer=layer, ph=ph) / SECONDS_PER_HOUR
    return Prediction(kept[key], 10.0**log10_kp, "log", f"Kp of {layer}", stands_on=KP,
                      leans=solute.name.casefold() in ANCHORS)


def solute_of(row: Row) -> Solute | str:
    """The row's solute: an active of that name, else its computed properties; a reason if there are none."""
    try:
        return find_solute(row["compound"])
    except KeyError:
        pass
    mass, log_p = row.number("mw_g_mol"), row.number("crippen_log_p")
    if mass is None or mass <= 0.0:
        return "molar mass not stated"
    return Solute(row["compound"], mass, log_p)


@lru_cache(maxsize=1)
def _compounds() -> dict[str, Solute]:
    rows = Evidence.packaged().measurements("permeability_intact")
    return {row["compound"].casefold(): Solute(row["compound"], float(row["mw_g_mol"]), float(row["crippen_log_p"]))
            for row in rows if row["mw_g_mol"] and row["crippen_log_p"]}


def named(compound: str) -> Solute | None:
    """The solute of a name, from the actives or from the compounds of the packaged records."""
    try:
        return find_solute(compound)
    except KeyError:
        return _compounds().get(compound.casefold())
