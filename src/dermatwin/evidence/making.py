"""From rows to what the twin believes: sources, parameters, quantities, and fits of some tables.

Where a view takes `code`, it is the package whose models the fits stand on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..core.errors import EvidenceError, Fault
from ..core.vocabulary import SOURCES
from ..naming import EVERY, split
from .joint import EFFECTS, EFFECTS_RECORD, Joint, read_joint, read_record
from .posterior import Posterior, read_posteriors
from .records import GRADES, Parameter, Pool, Quantity, Source, Split
from .rows.parameters import ParameterRow, QuantityRow
from .rows.provenance import PoolRow, ReadRow
from .rows.sources import SourceRow
from .stale import Present, fits_in, stale_fits
from .tables import Tables, view


@view
def sources_of(tables: Tables) -> Mapping[str, Source]:
    """The register of sources by id."""
    return {
        row.source: Source(row.source, row.title_or_citation, row.year, row.doi_or_pmcid, row.kind, row.note)
        for row in tables.rows(SourceRow)
    }


@view
def parameters_of(tables: Tables) -> Mapping[str, Parameter]:
    """Parameters by name, before any fit. What is laid over a parameter or a family belongs to its stage."""
    stages: dict[str, str] = {}
    for level in tables.levels:
        for row in level.own(ParameterRow)[0]:
            stages.setdefault(row.family, _stem(row.file))
    return {row.name: _parameter(row, stages[row.family]) for row in tables.rows(ParameterRow)}


@view
def pools_of(tables: Tables) -> Mapping[str, Pool]:
    """Pools of studies whose spread is no parameter's own, by name."""
    return {row.pool: Pool(row.pool, row.title, row.grade, row.note) for row in tables.rows(PoolRow)}


@view
def quantities_of(tables: Tables) -> Mapping[str, Quantity]:
    """The catalogue of computed quantities by name; `family[*]` stands for all its members.

    What stands behind a quantity is what runs were seen to read; typed names only where no run reads it out.
    """
    families, recorded = _families(parameters_of(tables)), {row.quantity: row for row in tables.rows(ReadRow)}
    return {
        row.name: Quantity(
            name=row.name,
            title=row.title,
            unit=row.unit,
            stage=_stem(row.file),
            equation=row.equation,
            parameters=tuple(_members(recorded[row.name].reads if row.name in recorded else row.parameters, families)),
            uses=row.uses,
            note=row.note,
            lower_is_better=row.lower_is_better,
            detail=row.detail or "",
            shown=row.shown,
            kind=row.kind or "",
            recorded=row.name in recorded,
            split=_split(recorded[row.name]) if row.name in recorded else None,
        )
        for row in tables.rows(QuantityRow)
    }


@view
def stale_of(tables: Tables, code: Path) -> Mapping[str, tuple[Fault, ...]]:
    """Fits that do not belong to what they were made of any more: each is asked about its own level and those below.

    What somebody lays over a fit that others made does not make it stale: the fit says what it said.
    """
    under: Mapping[str, tuple[Fault, ...]] = {} if tables.under is None else stale_of(tables.under, code)
    own, stale = fits_in(tables.layer), stale_at(tables, code)
    return {name: faults for name, faults in under.items() if name not in own} | dict(stale)


@view
def stale_at(tables: Tables, code: Path) -> Mapping[str, tuple[Fault, ...]]:
    """Stale fits of the uppermost layer, in the order in which to mend them."""
    return stale_fits(Present(tables.layers, code, parameters_of(tables)))


@view
def fits_of(tables: Tables) -> frozenset[str]:
    """Names that fits of parameters go by, without reading one."""
    return frozenset(name for layer in tables.layers for name in fits_in(layer))


@view
def posteriors_of(tables: Tables, code: Path) -> tuple[Posterior, ...]:
    """Fits by name; one of an upper layer takes the place of one below it."""
    found = {fit.name: fit for level in tables.levels for fit in posteriors_at(level, code)}
    return tuple(found[name] for name in sorted(found))


@view
def posteriors_at(tables: Tables, code: Path) -> tuple[Posterior, ...]:
    """The fits of parameters that the uppermost layer holds."""
    return read_posteriors(tables.layer, parameters_of(tables), stale_at(tables, code))


@view
def stated_of(tables: Tables, code: Path) -> frozenset[str]:
    """Parameters that were laid over others: what somebody says is not moved by a fit that did not know it."""
    stated: set[str] = set()
    for level in tables.levels[1:]:
        stated |= {row.name for row in level.own(ParameterRow)[0]}
        stated -= {name for fit in posteriors_at(level, code) for name in fit.parameters}
    return frozenset(stated)


@view
def effects_of(tables: Tables) -> tuple[Joint, Mapping[str, Any]]:
    """Joint draws of the effects of trials, and the record of their fit; EvidenceError where they are not of one fit."""
    layer = tables.topmost(EFFECTS)
    if layer is None:
        raise EvidenceError([Fault(EFFECTS, "", "is missing")])
    joint = read_joint(EFFECTS, layer.read(EFFECTS), trusted=layer.trusted)
    record = read_record(EFFECTS_RECORD, layer.read(EFFECTS_RECORD), ("effects", "studies", "behind"))
    if joint.names != tuple(record["effects"]):
        raise EvidenceError([Fault(EFFECTS, "", f"and {EFFECTS_RECORD} are not of one fit")])
    return joint, MappingProxyType(record)


def _families(known: Mapping[str, Parameter]) -> Mapping[str, list[str]]:
    """Names of the members of every family."""
    found: dict[str, list[str]] = {}
    for parameter in known.values():
        if parameter.member:
            found.setdefault(parameter.family, []).append(parameter.name)
    return found


def _members(names: Iterable[str], families: Mapping[str, list[str]]) -> Iterator[str]:
    for name in names:
        family, member = split(name)
        yield from families.get(family, []) if member == EVERY else (name,)


def _split(row: ReadRow) -> Split | None:
    """How a quantity's spread was split; None where it had none."""
    grades = {grade: getattr(row, grade.lower()) for grade in GRADES}
    spreads = {source: getattr(row, source) for source in SOURCES}
    if None in (*grades.values(), *spreads.values()):
        return None
    return Split(grades, spreads, row.carried_by)


def _parameter(row: ParameterRow, stage: str) -> Parameter:
    family, member = split(row.name)
    return Parameter(
        name=row.name,
        family=family,
        member=member,
        symbol=row.symbol,
        value=row.value,
        unit=row.unit,
        distribution=row.distribution,
        knowledge=row.knowledge,
        person=row.person,
        chance=row.chance,
        low=row.low,
        high=row.high,
        grade=row.grade,
        sources=row.source,
        stage=stage,
        note=row.note,
    )


def _stem(file: str) -> str:
    """The stage that a file is of: its name without folder and ending."""
    return file.rpartition("/")[2].partition(".")[0]
