"""From rows to what the twin believes: sources, parameters, quantities and posteriors of some tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .posterior import Posterior, read_posteriors
from .records import Parameter, Quantity, Source
from .rows.parameters import EVERY, ParameterRow, QuantityRow
from .rows.sources import SourceRow
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
    for number in range(len(tables.layers)):
        for row in tables.rows_at(ParameterRow, number)[0]:
            stages.setdefault(row.family, _stem(row.file))
    return {row.name: _parameter(row, stages[row.family]) for row in tables.rows(ParameterRow)}


@view
def quantities_of(tables: Tables) -> Mapping[str, Quantity]:
    """The catalogue of computed quantities by name; `family[*]` stands for all its members."""
    known = parameters_of(tables)
    return {
        row.name: Quantity(
            name=row.name,
            title=row.title,
            unit=row.unit,
            stage=_stem(row.file),
            equation=row.equation,
            parameters=tuple(_members(row, known)),
            uses=row.uses,
            note=row.note,
            lower_is_better=row.lower_is_better,
        )
        for row in tables.rows(QuantityRow)
    }


@view
def posteriors_of(tables: Tables) -> tuple[Posterior, ...]:
    """Fits by name; one of an upper layer takes the place of one below it."""
    found = {fit.name: fit for number in range(len(tables.layers)) for fit in fits_at(tables, number)}
    return tuple(found[name] for name in sorted(found))


@view
def stated_of(tables: Tables) -> frozenset[str]:
    """Parameters that were laid over the packaged ones: what somebody says is not moved by a fit that did not know it."""
    stated: set[str] = set()
    for number in range(1, len(tables.layers)):
        stated |= {row.name for row in tables.rows_at(ParameterRow, number)[0]}
        stated -= {name for fit in fits_at(tables, number) for name in fit.parameters}
    return frozenset(stated)


@view
def fits_at(tables: Tables, number: int) -> tuple[Posterior, ...]:
    """The fits that one layer holds."""
    return read_posteriors(tables.layers[number].folder / "posteriors", dict(parameters_of(tables)))


def _members(row: QuantityRow, known: Mapping[str, Parameter]) -> Iterator[str]:
    for name in row.parameters:
        family = name.removesuffix(EVERY)
        yield from (name,) if family == name else (member for member in known if member.startswith(f"{family}["))


def _parameter(row: ParameterRow, stage: str) -> Parameter:
    return Parameter(
        name=row.name,
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
