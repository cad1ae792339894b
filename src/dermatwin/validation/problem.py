"""The open measurements of healing as a problem of parameter estimation (PEtab), for other people's fitters.

How a quantity is read from the network stands in `observables.csv`. Rows after needling are courses of the catalogue's
devices on median skin, as for the scores; rows after an excision are a wound in which everything is destroyed, the end of
the scale on which the network counts cells and mediators. Rows that the format or the network cannot express are listed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from ..core.errors import ComputationError
from ..evidence import Draws, Evidence
from ..evidence.rows.knowledge import ObservableRow
from ..healing.injury import Injury
from ..healing.lane import DAY, SHARE, Lane
from ..healing.petab import Condition, Measured, Observable, problem
from ..twin.lane import draws_of, lane
from .experiment import species_of
from .protocol import case_of, protocol_of
from .rows import Row, measured

FILE = "healing_timecourse.csv"
SEED = 1


@dataclass(frozen=True)
class Problem:
    """The files of a PEtab problem (name -> content), and the rows that are not in it with the reason."""

    files: dict[str, str]
    taken: int
    left_out: tuple[tuple[int, str, str], ...]  # line, quantity, reason


def petab_problem(evidence: Evidence) -> Problem:
    """The PEtab problem of the measurements of healing; CaseError where libSBML is missing."""
    table = {entry.quantity: entry for entry in evidence.rows(ObservableRow)}
    draws = draws_of(SEED, None, evidence)
    rows = measured(evidence)[FILE]
    reasons = [(row, _why_not(row, table.get(row["quantity"]))) for row in rows]
    taken = [row for row, reason in reasons if not reason]
    base: Lane | None = None
    conditions: dict[str, Condition] = {}
    values: list[Measured] = []
    for row in taken:
        entry = table[row["quantity"]]
        name = _condition_id(row, entry)
        if name not in conditions:
            found = _lane(row, entry, draws)
            base = base or found
            conditions[name] = Condition(name, _condition_title(row, entry), found.sessions)
        values.append(
            Measured(
                row["quantity"],
                name,
                row.number("time_d") or 0.0,
                row.number("value") or 0.0,
                _error(row, entry),
                row["source"],
            )
        )
    if base is None:
        raise ComputationError("no measurement can be expressed", FILE)
    used = {one.observable for one in values}
    observables = [Observable(name, entry.formula, entry.scaled) for name, entry in table.items() if name in used]
    left = tuple((row.line, row["quantity"], reason) for row, reason in reasons if reason)
    files = problem(base, draws, list(conditions.values()), observables, values)
    return Problem({**files, "left_out.tsv": _listed(left)}, len(values), left)


def _why_not(row: Row, entry: ObservableRow | None) -> str:
    """Why a row cannot be a measurement of the problem; '' if it can."""
    wound = "other_injury" in row.tags
    if row["unit"] == "sign":
        return "a direction: PEtab 1 has no inequalities"
    if entry is None:
        return "no observable of the network"
    if row.number("value") is None or row.number("time_d") is None:
        return "no value or no day"
    if wound != (entry.injury == "wound"):
        return "another injury than the observable is defined for"
    if not wound and species_of(row["species"]) is None:
        return "the species is not in the catalogue of skin"
    return ""


def _condition_id(row: Row, entry: ObservableRow) -> str:
    words = f"{row['source']}_{entry.layer}" if entry.injury == "needling" else f"wound_{entry.layer}"
    return re.sub(r"\W+", "_", words)


def _condition_title(row: Row, entry: ObservableRow) -> str:
    if entry.injury == "wound":
        return "full-thickness wound, everything destroyed"
    return f"{row['source']}: {row['procedure']}; {entry.layer}"


def _lane(row: Row, entry: ObservableRow, draws: Draws) -> Lane:
    """Constants and sessions of the row's experiment, everything at its median."""
    species = species_of(row["species"]) or "human"
    day = (row.number("time_d") or 0.0) + 1.0
    if entry.injury == "needling":
        case = case_of(protocol_of(row, species, draws), day)
        return lane(case, layer=entry.layer, piece="mean", seed=SEED, evidence=draws.evidence)
    usual = lane(layer=entry.layer, piece="mean", seed=SEED, evidence=draws.evidence)
    return replace(usual, sessions=(whole_wound(draws),))


def whole_wound(draws: Draws) -> dict[str, float]:
    """A session that destroys everything: the law of `injury_of` at a destroyed share of one."""
    half = draws.median("damage_half_activation", "1")
    found = {field.name: 0.0 for field in fields(Injury)}
    return {**found, DAY: 0.0, SHARE: 1.0, "destroyed_share": 1.0, "activation": 1.0 / (1.0 + half)}


def _error(row: Row, entry: ObservableRow) -> float:
    """Standard error of the row's mean; what the table assumes where the study gives no spread."""
    spread, people = row.number("sd"), row.number("n")
    return spread / math.sqrt(max(people or 1.0, 1.0)) if spread else entry.error or 0.0


def _listed(left: tuple[tuple[int, str, str], ...]) -> str:
    def lines() -> Iterator[str]:
        yield "line\tquantity\treason"
        for line, quantity, reason in left:
            yield f"{line}\t{quantity}\t{reason}"

    return "\n".join(lines()) + "\n"
