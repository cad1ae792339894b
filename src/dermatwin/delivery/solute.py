"""Solutes: what of a molecule matters for its passage, from the table of actives.

Only properties with a source are used. A log Kow without one falls back to the Crippen value computed from the
structure; polymers and proteins have none, and then there is no lipid route. A pKa without a source is left out, which
means that the solute is treated as un-ionised in the vehicle. Columns of the table that end in `_unconfirmed` are never
read here; those that end in `_added` were added to the table of the literature, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

from ..evidence import Evidence

GROWTH_FACTORS = "growth factor"
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

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that finds this solute, in lower case."""
        return tuple(name.lower() for name in (self.name, *self.aliases))


@lru_cache(maxsize=1)
def solutes() -> dict[str, Solute]:
    """Every solute of the packaged table of actives, by name."""
    return {row["active"]: _solute(row) for row in Evidence.packaged().table("actives")}


def _solute(row: dict[str, str]) -> Solute:
    sourced, computed = row["log_kow_added"], row["crippen_log_p"]
    text = sourced or computed
    return Solute(
        name=row["active"], molar_mass=float(row["mw_g_mol"]), log_kow=float(text) if text else None,
        log_kow_origin=row["log_kow_origin_added"] or "crippen",
        pka=float(row["pka_added"]) if row["pka_added"] else None, acidity=row["pka_kind_added"],
        family=row["class"], aliases=split(row["aliases_added"]), note=row["note"])


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
