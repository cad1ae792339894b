"""Solutes: what of a molecule matters for its passage, from the table of actives and the facts about them.

Facts stand in `active_properties.csv`, one a row, with unit, grade and source; only those with a source are used. Where it
has none, the columns of the table that end in `_added` speak, then the Crippen log Kow computed from the structure;
polymers and proteins have none, and then there is no lipid route. A pKa without a source is left out, which means that the
solute is treated as un-ionised in the vehicle; so is a zwitterion, whose log Kow is that of the zwitterion. Columns that
end in `_unconfirmed` are never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from ..core.units import factor
from ..evidence import Evidence, Tables, view
from ..evidence.rows.delivery import UNITS, ActivePropertyRow, ActiveRow, Family

GROWTH_FACTORS: Family = "growth factor"
ANAESTHETICS: Family = "anaesthetic"
_RECALLED, _DERIVED = "E", "D"  # grades of a fact from memory, which is not used, and of a computed one
T = TypeVar("T")


@dataclass(frozen=True)
class Solute:
    """One molecule. `log_kow` None = no lipid route; `acidity` '', 'acid', 'base' or 'charged' (never neutral)."""

    name: str
    molar_mass: float  # g/mol
    log_kow: float | None = None
    log_kow_origin: str = "crippen"  # measured, calculated, crippen
    pka: float | None = None
    acidity: str = ""
    family: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""
    solubility: float | None = None  # ug/cm3 in water, of the un-ionised form where it is known apart
    radius: float | None = None  # nm, hydrodynamic; None = from the molar volume
    diffusivity: float | None = None  # cm2/h in water; None = from the radius or the molar volume

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that finds this solute, in lower case."""
        return tuple(name.lower() for name in (self.name, *self.aliases))

    @property
    def numbs(self) -> bool:
        """Whether it is an anaesthetic: guarded, and read at the nerves."""
        return self.family == ANAESTHETICS


@view
def solutes(tables: Tables) -> Mapping[str, Solute]:
    """Every solute of the table of actives, by name."""
    facts = _facts(tables)
    return {row.active: _solute(row, facts.get(row.active, {})) for row in tables.rows(ActiveRow)}


def _facts(tables: Tables) -> dict[str, dict[str, list[float]]]:
    """Facts with a source: active -> property -> values in the unit that is used here."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in tables.rows(ActivePropertyRow):
        if row.grade != _RECALLED:
            derived = row.property == "log_kow" and row.grade == _DERIVED
            name = "log_kow computed" if derived else row.property
            value = row.value * factor(row.unit, UNITS[row.property])
            found.setdefault(row.active, {}).setdefault(name, []).append(value)
    return found


def _solute(row: ActiveRow, facts: dict[str, list[float]]) -> Solute:
    known = _first(facts, "log_kow") if "log_kow" in facts else _first(facts, "log_kow computed")
    beside = row.crippen_log_p if row.log_kow_added is None else row.log_kow_added
    log_kow = beside if known is None else known
    origin = "measured" if "log_kow" in facts else "calculated" if known is not None else row.log_kow_origin_added
    pka, acidity = _acidity(row, facts)
    return Solute(
        name=row.active,
        molar_mass=row.mw_g_mol,
        log_kow=log_kow,
        log_kow_origin=origin or "crippen",
        pka=pka,
        acidity=acidity,
        family=row.family,
        aliases=row.aliases_added,
        note=row.note,
        solubility=_first(facts, "water_solubility"),
        radius=_first(facts, "stokes_radius"),
        diffusivity=_first(facts, "aqueous_diffusivity"),
    )


def _first(facts: dict[str, list[float]], name: str) -> float | None:
    return facts[name][0] if name in facts else None


def _acidity(row: ActiveRow, facts: dict[str, list[float]]) -> tuple[float | None, str]:
    """The pKa that decides between neutral and charged, and of what kind; none for a zwitterion."""
    acid, base = min(facts.get("pka_acid", []), default=None), max(facts.get("pka_base", []), default=None)
    if row.pka_kind_added == "charged":
        return None, "charged"
    if acid is not None and base is not None:
        return None, ""
    if acid is not None:
        return acid, "acid"
    if base is not None:
        return base, "base"
    return row.pka_added, row.pka_kind_added or ""


def find_solute(text: str, evidence: Evidence) -> Solute:
    """The solute of this name or alias, case-insensitive; KeyError with the nearest names if there is none."""
    return look_up(text, _by_name(evidence), "active")


@view
def _by_name(tables: Tables) -> Mapping[str, Solute]:
    return {name: solute for solute in solutes(tables).values() for name in solute.names}


def look_up(text: str, table: Mapping[str, T], kind: str) -> T:
    """The entry under `text`, ignoring case and spaces at the ends; KeyError that suggests the nearest keys."""
    key = " ".join(text.lower().split())
    if key not in table:
        near = get_close_matches(key, table, n=3)
        hint = f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
        raise KeyError(f"{kind} {text!r} is not known{hint}")
    return table[key]
