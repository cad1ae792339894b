"""The gate: reads evidence files and refuses what does not say where it comes from.

A parameter needs a unit that exists, a source that is registered, a range that contains its value, a grade and a
distribution; a grade better than E may not rest on an assumption. Every fault of every file is reported at once.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from pathlib import Path

from ..core.errors import EvidenceError, Fault
from ..core.units import is_unit
from ..naming import EVERY, KINDS, split
from .records import DISTRIBUTIONS, GRADES, MEANINGS, NUMBER, PERCENT, SHOWN, Parameter, Quantity, Source

ASSUMPTION_KIND = "assumption"
SHOWN_ONLY = ("unconfirmed",)  # source ids that may be shown but never carry a value that is used

_NUMBERS = ("value", "knowledge", "person", "chance", "low", "high")


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries; the line number is kept under 'line'."""
    with path.open(newline="", encoding="utf-8") as stream:
        return [{**row, "line": str(number)} for number, row in enumerate(csv.DictReader(stream), start=2)]


def read_sources(paths: Iterable[Path]) -> dict[str, Source]:
    """The register of sources from one or more files."""
    sources: dict[str, Source] = {}
    faults: list[Fault] = []
    for path in paths:
        for row in read_table(path):
            where = f"{path.name}:{row['line']}"
            if row["source"] in sources:
                faults.append(Fault(where, repr(row["source"]), "is registered twice"))
            sources[row["source"]] = Source(
                row["source"], row["title_or_citation"], row["year"], row["doi_or_pmcid"], row["kind"], row["note"]
            )
    _raise(faults)
    return sources


def read_parameters(paths: Iterable[Path], sources: dict[str, Source]) -> dict[str, Parameter]:
    """Parameters from one or more files; raises `EvidenceError` with every fault found."""
    parameters: dict[str, Parameter] = {}
    faults: list[Fault] = []
    for path in paths:
        for row in read_table(path):
            where = f"{path.name}:{row['line']} ({row.get('name') or 'no name'})"
            found = _check_row(where, row, sources)
            if row["name"] in parameters:
                found.append(Fault(where, repr(row["name"]), "is defined twice"))
            if not found:
                parameters[row["name"]] = _parameter(row, path.stem)
            faults += found
    _raise(faults)
    return parameters


def _check_row(where: str, row: dict[str, str], sources: dict[str, Source]) -> list[Fault]:
    faults = []
    if not row["unit"]:
        faults.append(Fault(f"{where}.unit", "", "has no unit; write '1' for a pure number"))
    elif not is_unit(row["unit"]):
        faults.append(Fault(f"{where}.unit", repr(row["unit"]), "is not a unit"))
    if row["grade"] not in GRADES:
        faults.append(Fault(f"{where}.grade", repr(row["grade"]), f"is not a grade; one of {', '.join(GRADES)}"))
    if row["distribution"] not in DISTRIBUTIONS:
        faults.append(Fault(f"{where}.distribution", repr(row["distribution"]), f"is not one of {', '.join(DISTRIBUTIONS)}"))
    return faults + _check_sources(where, row, sources) + _check_numbers(where, row)


def _check_sources(where: str, row: dict[str, str], sources: dict[str, Source]) -> list[Fault]:
    ids = _split(row["source"])
    if not ids:
        return [Fault(f"{where}.source", "", "has no source")]
    faults = [Fault(f"{where}.source", repr(i), "is not registered in sources") for i in ids if i not in sources]
    faults += [Fault(f"{where}.source", repr(i), "may be shown but not used") for i in ids if i in SHOWN_ONLY]
    assumed = any(i in sources and sources[i].kind == ASSUMPTION_KIND for i in ids)
    if assumed and len(ids) == 1 and row["grade"] in GRADES and row["grade"] < "E":
        faults.append(Fault(f"{where}.grade", repr(row["grade"]), "is too good for an assumption; it would be 'E'"))
    return faults


def _check_numbers(where: str, row: dict[str, str]) -> list[Fault]:
    faults, numbers = [], {}
    for column in _NUMBERS:
        try:
            numbers[column] = float(row[column] or ("0" if column in ("knowledge", "person", "chance") else ""))
            if not math.isfinite(numbers[column]):
                raise ValueError
        except ValueError:
            faults.append(Fault(f"{where}.{column}", repr(row[column]), "is not a finite number"))
    if faults:
        return faults
    spread = [numbers[c] for c in ("knowledge", "person", "chance")]
    if not numbers["low"] <= numbers["value"] <= numbers["high"]:
        faults.append(Fault(f"{where}.value", row["value"], f"is outside its range {row['low']}-{row['high']}"))
    if row["distribution"] == "lognormal" and numbers["low"] <= 0.0:
        faults.append(Fault(f"{where}.low", row["low"], "must be positive for a lognormal"))
    if any(s < 0.0 for s in spread):
        faults.append(Fault(f"{where}.knowledge", "", "a spread is negative"))
    if row["distribution"] == "fixed" and any(spread):
        faults.append(Fault(f"{where}.distribution", "'fixed'", "has a spread; choose lognormal, normal or uniform"))
    if row["distribution"] != "fixed" and (not any(spread) or numbers["low"] >= numbers["high"]):
        faults.append(Fault(f"{where}.distribution", repr(row["distribution"]), "needs a spread and a range with a width"))
    return faults


def _parameter(row: dict[str, str], stage: str) -> Parameter:
    value, knowledge, person, chance, low, high = (float(row[column] or 0.0) for column in _NUMBERS)
    family, member = split(row["name"])
    return Parameter(
        name=row["name"],
        family=family,
        member=member,
        symbol=row["symbol"],
        value=value,
        unit=row["unit"],
        distribution=row["distribution"],
        knowledge=knowledge,
        person=person,
        chance=chance,
        low=low,
        high=high,
        grade=row["grade"],
        sources=_split(row["source"]),
        stage=stage,
        note=row["note"],
    )


def read_quantities(paths: Iterable[Path], parameters: dict[str, Parameter]) -> dict[str, Quantity]:
    """The catalogue of computed quantities (YAML, one file per stage), every reference resolved."""
    import yaml

    quantities: dict[str, Quantity] = {}
    faults: list[Fault] = []
    for path in paths:
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
            quantity = Quantity(
                name=entry["name"],
                title=entry["title"],
                unit=str(entry["unit"]),
                stage=path.stem,
                equation=entry["equation"].strip(),
                parameters=_expand(entry.get("parameters", ()), parameters),
                uses=tuple(entry.get("uses", ())),
                note=entry.get("note", "").strip(),
                lower_is_better=entry.get("lower_is_better"),
                detail=entry.get("detail", ""),
                shown=entry.get("shown", NUMBER),
                kind=entry.get("kind", ""),
            )
            if quantity.name in quantities:
                faults.append(Fault(f"{path.name}:{quantity.name}", "", "is defined twice"))
            quantities[quantity.name] = quantity
    for quantity in quantities.values():
        where = f"{quantity.stage}.yaml:{quantity.name}"
        if not is_unit(quantity.unit):
            faults.append(Fault(f"{where}.unit", repr(quantity.unit), "is not a unit"))
        faults += _check_columns(where, quantity)
        faults += [
            Fault(f"{where}.parameters", repr(p), "is not a parameter") for p in quantity.parameters if p not in parameters
        ]
        faults += [Fault(f"{where}.uses", repr(u), "is not a quantity") for u in quantity.uses if u not in quantities]
    _raise(faults)
    return quantities


def _check_columns(where: str, quantity: Quantity) -> list[Fault]:
    """What a quantity says of its name and of how it is read."""
    columns = (
        ("detail", quantity.detail, ("", *KINDS)),
        ("shown", quantity.shown, SHOWN),
        ("kind", quantity.kind, MEANINGS),
    )
    faults = [
        Fault(f"{where}.{column}", repr(found), f"is not one of {', '.join(filter(None, known))}")
        for column, found, known in columns
        if found not in known
    ]
    if quantity.shown == PERCENT and quantity.unit != "1":
        faults.append(
            Fault(f"{where}.shown", repr(quantity.unit), "is not the unit of a share; only a pure number is read so")
        )
    return faults


def _expand(names: Iterable[str], parameters: dict[str, Parameter]) -> tuple[str, ...]:
    """Replace 'thickness[*]' by every parameter of that family, one for each site, sex or scale in the brackets."""
    found: list[str] = []
    for name in names:
        family, member = split(name)
        whole = [p.name for p in parameters.values() if p.family == family and p.member] if member == EVERY else []
        found += whole or [name]
    return tuple(found)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _raise(faults: list[Fault]) -> None:
    if faults:
        raise EvidenceError(faults)
