"""Which molecule a name means: compounds of the records, actives, structures of other compounds, or what a row says itself.

A name is looked up as written, without what is in brackets, without its salt, and by the other names of the table of
compounds (chemical, trade, abbreviated). Properties that were measured come before computed ones: those of the records'
compounds and of the table of actives, which leaves a solute without a measured log Kow with Crippen's and its error. A salt
is its acid or base; what is always charged is known to be so only where a table says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from ..delivery import Solute, find_solute
from ..delivery.chemistry import from_smiles
from ..evidence import Evidence, Tables, view
from ..evidence.rows.laboratory import PermeabilityRow
from ..evidence.rows.permeability import CompoundPropertyRow, CompoundRow
from .rows import Row

SALT = re.compile(
    r"(?:[ -](?:\d?hcl|(?:mono|di|tri)?hydrochloride|hydrobromide|(?:mono|di|tri|sesqui)?hydrate|anhydrous|(?:di|tri)?sodium"
    r"|(?:di)?potassium|calcium|sul(?:f|ph)ate|citrate|maleate|malate|fumarate|(?:bi)?tartrate|mesylate|besylate|tosylate"
    r"|(?:free )?base|free acid|salt))+$",
    re.IGNORECASE,
)
"""What a name of a salt ends with; not acetate, phosphate or succinate, of which many are esters."""
TOGETHER = re.compile(r" (?:/|\+|and|or) ")
"""What stands between several permeants of one row."""
ALIKE = 0.005  # share by which a molar mass may differ from the row's to be the one that it means


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


@view
def _structures(tables: Tables) -> Mapping[str, Solute]:
    """Compounds of the table of structures by name in lower case, measured properties where held."""
    held = _properties(tables)
    return {
        row.compound.lower(): _compound(row.compound, row.mw_g_mol, row.crippen_log_p, held.get(row.compound.lower(), {}))
        for row in tables.rows(CompoundRow)
        if row.mw_g_mol is not None and row.crippen_log_p is not None
    }


@view
def _other_names(tables: Tables) -> Mapping[str, str]:
    """The compound that each other name means; both in lower case."""
    return {name.lower(): row.compound.lower() for row in tables.rows(CompoundRow) for name in row.names}


def named(compound: str, evidence: Evidence, *, active_first: bool = False) -> Solute | None:
    """The solute of a name, from the compounds of the records, the actives or the structures; a salt is its acid or base.

    active_first : the properties of an active before those of a record, under whatever name.
    """
    names = _every_name(compound, evidence)
    records = (known[0] for name in names if (known := compounds(evidence).get(name.lower())))
    actives = (active for name in names if (active := _active(name, evidence)))
    structures = (solute for name in names if (solute := _structures(evidence).get(name.lower())))
    return next(chain(*((actives, records) if active_first else (records, actives)), structures), None)


def recorded(compound: str, evidence: Evidence) -> str:
    """The name under which the records hold a compound, whatever a row calls it; the row's own where they do not."""
    names = (name.lower() for name in _every_name(compound, evidence))
    return next((compounds(evidence)[name][0].name for name in names if name in compounds(evidence)), compound)


def _active(name: str, evidence: Evidence) -> Solute | None:
    try:
        return find_solute(name, evidence)
    except KeyError:
        return None


def _every_name(compound: str, evidence: Evidence) -> tuple[str, ...]:
    others = _other_names(evidence)
    return tuple(dict.fromkeys(chain.from_iterable(_with_other(name, others) for name in names_of(compound))))


def _with_other(name: str, others: Mapping[str, str]) -> Iterator[str]:
    yield name
    if name.lower() in others:
        yield others[name.lower()]


def names_of(compound: str) -> tuple[str, ...]:
    """Names under which a compound may be held: as written, without what is in brackets, and without its salt."""
    plain = compound.partition("(")[0].strip()
    return tuple(dict.fromkeys(name for name in (" ".join(compound.split()), plain, SALT.sub("", plain).strip()) if name))


def one_of(compound: str, mass: float | None, evidence: Evidence) -> Solute | None:
    """Of several permeants of one row the one whose molar mass the row states; None where it is not that clear."""
    parts = TOGETHER.split(compound)
    if len(parts) < 2 or not mass:
        return None
    found = (named(part, evidence, active_first=True) for part in parts)
    return next((solute for solute in found if solute and abs(solute.molar_mass - mass) <= ALIKE * mass), None)


def described(row: Row, name: str) -> Solute | str:
    """What a row itself describes: molar mass and log Kow or computed log P, else its structure; or what lacks."""
    mass, log_kow, computed = (row.number(column) for column in ("mw_g_mol", "log_kow", "crippen_log_p"))
    if mass is not None and mass > 0.0:
        if log_kow is not None:
            return Solute(name, mass, log_kow, "calculated")
        if computed is not None:
            return Solute(name, mass, computed)
    drawn = structure_of(row, name)
    if drawn is not None:
        return drawn
    what = "its structure cannot be read" if row["smiles"] else "no structure"
    return f"log Kow not stated, {what}, and no table holds the compound" if mass else f"molar mass not stated, {what}"


def structure_of(row: Row, name: str) -> Solute | None:
    """The solute of a row's own structure; None where it draws none that can be read here."""
    if not row["smiles"]:
        return None
    try:
        return from_smiles(name or "unnamed", row["smiles"])
    except KeyError:
        return None
