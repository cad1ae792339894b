"""One object that holds all evidence: sources, parameters, quantities, fits, and the tables beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from ..core.units import factor
from .layers import Layer
from .making import parameters_of, posteriors_of, quantities_of, sources_of, stated_of
from .posterior import Posterior, updated
from .records import Parameter, Quantity, Source, weakest
from .rows.row import R
from .tables import Tables

DATA = Path(__file__).parent / "data"
MEASUREMENTS = DATA / "measurements"

T = TypeVar("T")


@dataclass(frozen=True)
class Overlay:
    """A folder of somebody's own evidence that was laid over the packaged one: its name, a digest of its files, its rows."""

    name: str
    digest: str
    rows: dict[str, int]


@dataclass(frozen=True)
class Evidence:
    """Everything that dermatwin believes, with its sources.

    `Evidence.packaged()` is what ships (read once), `Evidence.read(folder)` lays a folder of one's own over it. Rows of any
    table are `rows(kind)`, what a room makes of them is a `view`; change one belief with `believing`.
    """

    sources: dict[str, Source]
    parameters: dict[str, Parameter]
    quantities: dict[str, Quantity]
    posteriors: tuple[Posterior, ...] = ()
    prior: dict[str, Parameter] = field(default_factory=dict, repr=False)  # the parameters before any fit
    believed: frozenset[str] = frozenset()  # parameters whose value was set by hand: no fit moves them
    tables: Tables = field(default_factory=Tables, repr=False)

    @staticmethod
    @lru_cache(maxsize=1)
    def packaged() -> Evidence:
        """The evidence that ships with dermatwin."""
        return Evidence.of(Tables((Layer.packaged(DATA),)))

    @staticmethod
    def read(*folders: Path | str, alone: bool = False) -> Evidence:
        """Evidence of one's own, laid over the packaged one folder by folder; with `alone`, a complete folder by itself.

        A file of an overlay holds only the rows that are new or take the place of a packaged row of the same key; rules,
        parameters, quantities and sources likewise. Measurements are added. Everything is read and checked at once: raises
        `EvidenceError` with every fault of every file.
        """
        from .gate import require

        tables = Tables() if alone else Evidence.packaged().tables
        for folder in folders:
            tables = tables.over(Layer.own(Path(folder)))
            require(tables)
        return Evidence.of(tables)

    @staticmethod
    def of(tables: Tables) -> Evidence:
        """The evidence of some tables as it was read: no belief changed, every fit in force."""
        return tables.view(_of)

    def rows(self, kind: type[R]) -> tuple[R, ...]:
        """Rows of a table: `evidence.rows(DeviceRow)`."""
        return self.tables.rows(kind)

    def view(self, build: Callable[..., T], *arguments: Any) -> T:
        """What a function of the tables makes of them, made once."""
        return self.tables.view(build, *arguments)

    @property
    def fingerprint(self) -> str:
        """A digest of all files of the lowest layer: of the packaged evidence, unless a folder stands alone."""
        return self.tables.layers[0].digest if self.tables.layers else ""

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """What was laid over it, in order."""
        return self.tables.view(_overlays)

    def _holding(self, posteriors: tuple[Posterior, ...]) -> Evidence:
        parameters = self.prior
        for posterior in posteriors:
            parameters = updated(parameters, posterior)
        told = {name: self.prior[name] for name in self.believed if name in self.prior}
        return replace(self, parameters={**parameters, **told}, posteriors=posteriors)

    def before_fits(self) -> Evidence:
        """The same evidence without any posterior: priors only."""
        return self._holding(())

    def without(self, studies: Iterable[str]) -> Evidence:
        """The same evidence had these studies taken no part in any fit; itself where none of them did."""
        names = tuple(studies)
        posteriors = tuple(posterior.without(names) for posterior in self.posteriors)
        return self if all(a is b for a, b in zip(posteriors, self.posteriors, strict=True)) else self._holding(posteriors)

    @cached_property
    def _posterior_of(self) -> dict[str, Posterior]:
        return {
            name: posterior for posterior in self.posteriors for name in posterior.parameters if name not in self.believed
        }

    def posterior_of(self, parameter: str) -> Posterior | None:
        """The joint posterior that holds a parameter; None where its prior speaks alone."""
        return self._posterior_of.get(parameter)

    def believing(self, **values: float) -> Evidence:
        """The same evidence with other medians, each in its own unit; the prior's spread stays and no fit moves them."""
        changed = {name: replace(self.prior[name], value=value) for name, value in values.items()}
        return replace(
            self,
            parameters={**self.parameters, **changed},
            prior={**self.prior, **changed},
            believed=self.believed | set(changed),
        )

    def value(self, name: str, unit: str) -> float:
        """The stated value of a parameter in `unit`: the median of its prior, whatever a fit makes of it."""
        parameter = self.parameters[name]
        return parameter.value * factor(parameter.unit, unit)

    @cached_property
    def _closures(self) -> dict[str, tuple[str, ...]]:
        return {}

    def stands_on(self, quantity: str) -> tuple[str, ...]:
        """Names of all parameters behind a quantity, through everything that it is computed from, sorted."""
        base = quantity.partition("[")[0]
        if base not in self._closures:
            seen, names, queue = set(), set(), [base]
            while queue:
                entry = self.quantities[queue.pop()]
                names.update(entry.parameters)
                fresh = [name for name in entry.uses if name not in seen]
                seen.update(fresh)
                queue += fresh
            self._closures[base] = tuple(sorted(names))
        return self._closures[base]

    def grade(self, quantity: str) -> str:
        """The weakest grade that a quantity stands on."""
        return weakest([self.parameters[name].grade for name in self.stands_on(quantity)] or ["E"])

    def grades(self, quantity: str) -> dict[str, int]:
        """How many of the parameters behind a quantity carry each grade."""
        found = [self.parameters[name].grade for name in self.stands_on(quantity)]
        return {grade: found.count(grade) for grade in sorted(set(found))}

    def sources_of(self, quantity: str) -> tuple[str, ...]:
        """Ids of all sources behind a quantity, sorted."""
        return tuple(sorted({s for name in self.stands_on(quantity) for s in self.parameters[name].sources}))


def _of(tables: Tables) -> Evidence:
    prior = dict(parameters_of(tables))
    bare = Evidence(dict(sources_of(tables)), prior, dict(quantities_of(tables)), (), prior, stated_of(tables), tables)
    return bare._holding(posteriors_of(tables))


def _overlays(tables: Tables) -> tuple[Overlay, ...]:
    from .gate import counted

    return tuple(
        Overlay(layer.name, layer.digest, counted(tables, number)) for number, layer in enumerate(tables.layers) if number
    )
