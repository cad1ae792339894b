"""One object that holds all evidence: sources, parameters, quantities, fits, and the tables beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from ..core.units import factor
from .layers import Layer
from .making import fits_of, parameters_of, pools_of, posteriors_of, quantities_of, sources_of, stale_of, stated_of
from .posterior import Posterior, updated
from .records import Parameter, Pool, Quantity, Source, weakest
from .rows.row import R
from .stale import CODE, require_fresh
from .tables import Tables

DATA = Path(__file__).parent / "data"
MEASUREMENTS = DATA / "measurements"

MOST_WITHOUT = 64  # numerical: evidence without some studies that is remembered: rows of one study follow one another

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
    table are `rows(kind)`, what a room makes of them is a `view`; change one belief with `believing`. Fits are read when
    somebody first asks what they say; screening never does.
    """

    tables: Tables = field(repr=False)
    prior: dict[str, Parameter] = field(repr=False)  # the parameters before any fit
    code: Path = field(default=CODE, repr=False)  # the package whose models the fits stand on
    held: tuple[Posterior, ...] | None = field(default=None, repr=False)  # the fits in force; None: those of the tables
    instead: Mapping[str, Parameter] | None = field(default=None, repr=False)  # parameters whatever priors and fits say
    believed: frozenset[str] = frozenset()  # parameters whose value was set by hand: no fit moves them
    stale: tuple[str, ...] = ()  # fits that do not belong to these priors, rows, tables and this code

    @staticmethod
    def packaged(*, even_stale: bool = False) -> Evidence:
        """The evidence that ships with dermatwin, read once."""
        return Evidence.of(packaged_tables(), even_stale=even_stale)

    @staticmethod
    def read(folder: Path | str, *more: Path | str, alone: bool = False, even_stale: bool = False) -> Evidence:
        """Evidence of one's own, laid over the packaged one folder by folder; with `alone`, a complete folder by itself.

        A file of an overlay holds only the rows that are new or take the place of a packaged row of the same key; rules,
        parameters, quantities and sources likewise. Measurements are added. Everything is read and checked at once: raises
        `EvidenceError` with every fault of every file.

        even_stale : whether fits may be read that do not belong to the rest; who fits anew needs that.
        """
        from .gate import require

        tables = None if alone else Evidence.packaged(even_stale=even_stale).tables
        for place in (folder, *more):
            tables = Tables(Layer.own(Path(place)), tables)
            require(tables, even_stale=even_stale)
        assert tables is not None
        return Evidence.of(tables, even_stale=even_stale)

    @staticmethod
    def of(tables: Tables, *, even_stale: bool = False, code: Path = CODE) -> Evidence:
        """The evidence of some tables as it was read: no belief changed, every fit in force.

        code : the package whose models the fits stand on. Raises `EvidenceError` where a fit is stale.
        """
        if not even_stale:
            require_fresh(stale_of(tables, code))
        return tables.view(_of, code)

    def rows(self, kind: type[R]) -> tuple[R, ...]:
        """Rows of a table: `evidence.rows(DeviceRow)`."""
        return self.tables.rows(kind)

    def view(self, build: Callable[..., T], *arguments: Any) -> T:
        """What a function of the tables makes of them, made once."""
        return self.tables.view(build, *arguments)

    @property
    def fingerprint(self) -> str:
        """A digest of all files of the lowest layer: of the packaged evidence, unless a folder stands alone."""
        return self.tables.levels[0].layer.digest

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """What was laid over it, in order."""
        return self.tables.view(_overlays)

    @property
    def sources(self) -> Mapping[str, Source]:
        """The register of sources by id."""
        return sources_of(self.tables)

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        """The catalogue of computed quantities by name."""
        return quantities_of(self.tables)

    @property
    def stated(self) -> Mapping[str, Parameter]:
        """Parameters by name as they are stated, whatever a fit makes of them: reading these reads no fit."""
        return self.prior if self.instead is None else self.instead

    def may_have_fit(self, name: str) -> bool:
        """Whether there is a file of a fit of that name, or it is held; which of them are in force, `posteriors` knows."""
        return name in fits_of(self.tables) or any(fit.name == name for fit in self.held or ())

    @cached_property
    def posteriors(self) -> tuple[Posterior, ...]:
        """The fits in force, by name."""
        return posteriors_of(self.tables, self.code) if self.held is None else self.held

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters by name, with what the fits have learnt of those that nobody set by hand."""
        if self.instead is not None:
            return self.instead
        parameters = self.prior
        for posterior in self.posteriors:
            parameters = updated(parameters, posterior)
        told = {name: self.prior[name] for name in self.believed if name in self.prior}
        return {**parameters, **told} if told else parameters

    def holding(self, posteriors: tuple[Posterior, ...]) -> Evidence:
        """The same evidence with what some fits have learnt."""
        return replace(self, held=posteriors, instead=None)

    def with_parameters(self, parameters: Mapping[str, Parameter]) -> Evidence:
        """The same evidence with these parameters as they stand, whatever priors and fits say."""
        return replace(self, instead=parameters)

    def before_fits(self) -> Evidence:
        """The same evidence without any posterior: priors only."""
        return self.holding(())

    def without(self, studies: Iterable[str]) -> Evidence:
        """The same evidence had these studies taken no part in any fit; itself where none of them did. Made once."""
        names = frozenset(studies)
        if names not in self._without:
            if len(self._without) >= MOST_WITHOUT:
                self._without.clear()
            self._without[names] = self._made_without(tuple(names))
        return self._without[names]

    @cached_property
    def _without(self) -> dict[frozenset[str], Evidence]:
        return {}

    def _made_without(self, names: tuple[str, ...]) -> Evidence:
        posteriors = tuple(posterior.without(names) for posterior in self.posteriors)
        return self if all(a is b for a, b in zip(posteriors, self.posteriors, strict=True)) else self.holding(posteriors)

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
        instead = None if self.instead is None else {**self.instead, **changed}
        return replace(self, prior={**self.prior, **changed}, instead=instead, believed=self.believed | set(changed))

    def value(self, name: str, unit: str) -> float:
        """The stated value of a parameter in `unit`: the median of its prior, whatever a fit makes of it."""
        parameter = self.stated[name]
        return parameter.value * factor(parameter.unit, unit)

    @cached_property
    def _families(self) -> dict[str, dict[str, Parameter]]:
        found: dict[str, dict[str, Parameter]] = {}
        for parameter in self.parameters.values():
            if parameter.member:
                found.setdefault(parameter.family, {})[parameter.member] = parameter
        return found

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Names of all families of parameters."""
        return tuple(dict.fromkeys(parameter.family for parameter in self.stated.values() if parameter.member))

    def family(self, name: str) -> dict[str, Parameter]:
        """The parameters of a family by member, in the order of their files; empty where there is no such family."""
        return self._families.get(name, {}) if name in self.families else {}

    @cached_property
    def _closures(self) -> dict[str, tuple[str, ...]]:
        return {}

    @property
    def pools(self) -> Mapping[str, Pool]:
        """Pools of studies whose spread is no parameter's own, by name."""
        return pools_of(self.tables)

    def grade_of(self, name: str) -> str:
        """Grade of a parameter or a pool; 'E' for a name that this evidence does not hold: nobody vouches for it."""
        known = self.parameters.get(name) or self.pools.get(name)
        return "E" if known is None else known.grade

    def behind(self, names: Iterable[str]) -> tuple[str, ...]:
        """Ids of the sources behind parameters, sorted; a pool's studies are named by what was pooled."""
        found = (self.parameters[name].sources for name in names if name in self.parameters)
        return tuple(sorted({source for sources in found for source in sources}))

    def stands_on(self, quantity: str) -> tuple[str, ...]:
        """Names of all parameters and pools behind a quantity, sorted.

        What runs were seen to read for it; else what is typed for it and for everything that it is computed from.
        """
        if quantity not in self._closures:
            seen, queue = {quantity}, [quantity]
            names: set[str] = set()
            while queue:
                entry = self.quantities[queue.pop()]
                names.update(entry.parameters)
                fresh = [name for name in entry.uses if name not in seen and not entry.recorded]
                seen.update(fresh)
                queue += fresh
            self._closures[quantity] = tuple(sorted(names))
        return self._closures[quantity]

    def grade(self, quantity: str) -> str:
        """The weakest grade that a quantity stands on."""
        return weakest([self.grade_of(name) for name in self.stands_on(quantity)] or ["E"])

    def grades(self, quantity: str) -> dict[str, int]:
        """How many of the parameters and pools behind a quantity carry each grade."""
        found = [self.grade_of(name) for name in self.stands_on(quantity)]
        return {grade: found.count(grade) for grade in sorted(set(found))}

    def sources_of(self, quantity: str) -> tuple[str, ...]:
        """Ids of all sources behind a quantity, sorted."""
        return self.behind(self.stands_on(quantity))


@lru_cache(maxsize=1)
def packaged_tables() -> Tables:
    """The tables that ship with dermatwin."""
    return Tables(Layer.packaged(DATA))


def _of(tables: Tables, code: Path) -> Evidence:
    prior, stated = dict(parameters_of(tables)), stated_of(tables, code)
    stale = tuple(stale_of(tables, code))
    return Evidence(tables, prior, code, None, None, stated, stale)


def _overlays(tables: Tables) -> tuple[Overlay, ...]:
    from .gate import counted

    return tuple(Overlay(level.layer.name, level.layer.digest, counted(level)) for level in tables.levels[1:])
