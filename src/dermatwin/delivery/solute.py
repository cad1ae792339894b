"""Solutes: what of a molecule matters for its passage, from the table of actives and the facts about them.

Facts stand in `active_properties.csv`, one a row, with unit, grade and source; only those with a source are used. Where it
has none, the columns of the table that end in `_added` speak, then the Crippen log Kow computed from the structure;
polymers and proteins have none, and then there is no lipid route. A pKa without a source is left out, which means that the
solute is treated as un-ionised in the vehicle; so is a zwitterion, whose log Kow is that of the zwitterion. Columns that
end in `_unconfirmed` are never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

from ..core.units import factor
from ..evidence import Evidence

GROWTH_FACTORS = "growth factor"
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


@lru_cache(maxsize=1)
def solutes() -> dict[str, Solute]:
    """Every solute of the packaged table of actives, by name."""
    facts = _facts()
    return {row["active"]: _solute(row, facts.get(row["active"], {})) for row in Evidence.packaged().table("actives")}


_UNITS = {"water_solubility": "ug/cm^3", "stokes_radius": "nm", "aqueous_diffusivity": "cm^2/h"}


def _facts() -> dict[str, dict[str, list[float]]]:
    """Facts with a source: active -> property -> values in the unit that is used here."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in Evidence.packaged().table("active_properties"):
        if row["grade"] != _RECALLED:
            name = row["property"]
            value = float(row["value"]) * factor(row["unit"], _UNITS.get(name, row["unit"]))
            if name == "log_kow" and row["grade"] == _DERIVED:
                name = "log_kow computed"
            found.setdefault(row["active"], {}).setdefault(name, []).append(value)
    return found


def _solute(row: dict[str, str], facts: dict[str, list[float]]) -> Solute:
    known = _first(facts, "log_kow") if "log_kow" in facts else _first(facts, "log_kow computed")
    sourced, computed = row["log_kow_added"], row["crippen_log_p"]
    text = sourced or computed
    log_kow = known if known is not None else float(text) if text else None
    origin = "measured" if "log_kow" in facts else "calculated" if known is not None else row["log_kow_origin_added"]
    pka, acidity = _acidity(row, facts)
    return Solute(
        name=row["active"],
        molar_mass=float(row["mw_g_mol"]),
        log_kow=log_kow,
        log_kow_origin=origin or "crippen",
        pka=pka,
        acidity=acidity,
        family=row["class"],
        aliases=split(row["aliases_added"]),
        note=row["note"],
        solubility=_first(facts, "water_solubility"),
        radius=_first(facts, "stokes_radius"),
        diffusivity=_first(facts, "aqueous_diffusivity"),
    )


def _first(facts: dict[str, list[float]], name: str) -> float | None:
    return facts[name][0] if name in facts else None


def _acidity(row: dict[str, str], facts: dict[str, list[float]]) -> tuple[float | None, str]:
    """The pKa that decides between neutral and charged, and of what kind; none for a zwitterion."""
    acid, base = min(facts.get("pka_acid", []), default=None), max(facts.get("pka_base", []), default=None)
    if row["pka_kind_added"] == "charged":
        return None, "charged"
    if acid is not None and base is not None:
        return None, ""
    if acid is not None:
        return acid, "acid"
    if base is not None:
        return base, "base"
    return (float(row["pka_added"]), row["pka_kind_added"]) if row["pka_added"] else (None, row["pka_kind_added"])


def find_solute(text: str) -> Solute:
    """The solute of this name or alias, case-insensitive; KeyError with the nearest names if there is none."""
    by_name = {name: solute for solute in solutes().values() for name in solute.names}
    return look_up(text, by_name, "active")


def look_up(text: str, table: dict[str, T], kind: str) -> T:
    """The entry under `text`, ignoring case and spaces at the ends; KeyError that suggests the nearest keys."""
    key = " ".join(text.lower().split())
    if key not in table:
        near = get_close_matches(key, table, n=3)
        hint = f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
        raise KeyError(f"{kind} {text!r} is not known{hint}")
    return table[key]


def split(text: str) -> tuple[str, ...]:
    """Parts of a text that is separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())
