"""One object that holds all evidence: sources, parameters, quantities, and the tables beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from .gate import read_parameters, read_quantities, read_sources, read_table
from .posterior import Posterior, read_posteriors, updated
from .records import Parameter, Quantity, Source, weakest
from .stale import CODE, Present, require_fresh, stale_fits

DATA = Path(__file__).parent / "data"
MEASUREMENTS = DATA / "measurements"


@dataclass(frozen=True)
class Evidence:
    """Everything that dermatwin believes, with its sources.

    Build it with `Evidence.packaged()` (read once) or `Evidence.read(folder)`; change one belief with `believing`.
    """

    sources: dict[str, Source]
    parameters: dict[str, Parameter]
    quantities: dict[str, Quantity]
    folder: Path = DATA
    posteriors: tuple[Posterior, ...] = ()
    prior: dict[str, Parameter] = field(default_factory=dict, repr=False)  # the parameters before any fit
    believed: frozenset[str] = frozenset()  # parameters whose value was set by hand: no fit moves them
    stale: tuple[str, ...] = ()  # fits that do not belong to these priors, rows, tables and this code

    @staticmethod
    def packaged(*, even_stale: bool = False) -> Evidence:
        """The evidence that ships with dermatwin, read once: what the first caller allows holds for the process."""
        if not _PACKAGED:
            _PACKAGED.append(Evidence.read(DATA, even_stale=even_stale))
        return _PACKAGED[0]

    @staticmethod
    def read(folder: Path, *, even_stale: bool = False, code: Path = CODE) -> Evidence:
        """Read and check a folder of evidence; raises `EvidenceError` with every fault.

        even_stale : whether fits may be read that do not belong to the rest; who fits anew needs that. code : the package
        whose models the fits stand on.
        """
        sources = read_sources(sorted(folder.glob("sources*.csv")))
        parameters = read_parameters(sorted((folder / "parameters").glob("*.csv")), sources)
        quantities = read_quantities(sorted((folder / "quantities").glob("*.yaml")), parameters)
        stale = stale_fits(Present(folder, code, parameters))
        if not even_stale:
            require_fresh(stale)
        return Evidence(sources, parameters, quantities, folder, (), parameters, stale=tuple(stale))._holding(
            read_posteriors(folder / "posteriors", parameters, stale)
        )

    def _holding(self, posteriors: tuple[Posterior, ...]) -> Evidence:
        parameters = self.prior
        for posterior in posteriors:
            parameters = updated(parameters, posterior)
        return replace(self, parameters=parameters, posteriors=posteriors)

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

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of the CSV file `name`.csv beside the parameters (catalogues, rules, actives)."""
        return read_table(self.folder / f"{name}.csv")

    def measurements(self, name: str) -> list[dict[str, str]]:
        """Rows of one table of measurements."""
        return read_table(self.folder / "measurements" / f"{name}.csv")

    @cached_property
    def _families(self) -> dict[str, dict[str, Parameter]]:
        found: dict[str, dict[str, Parameter]] = {}
        for parameter in self.parameters.values():
            if parameter.member:
                found.setdefault(parameter.family, {})[parameter.member] = parameter
        return found

    @property
    def families(self) -> tuple[str, ...]:
        """Names of all families of parameters."""
        return tuple(self._families)

    def family(self, name: str) -> dict[str, Parameter]:
        """The parameters of a family by member, in the order of their files; empty where there is no such family."""
        return self._families.get(name, {})

    @cached_property
    def _closures(self) -> dict[str, tuple[str, ...]]:
        return {}

    def stands_on(self, quantity: str) -> tuple[str, ...]:
        """Names of all parameters behind a quantity, through everything that it is computed from, sorted."""
        if quantity not in self._closures:
            seen, names, queue = set(), set(), [quantity]
            while queue:
                entry = self.quantities[queue.pop()]
                names.update(entry.parameters)
                fresh = [name for name in entry.uses if name not in seen]
                seen.update(fresh)
                queue += fresh
            self._closures[quantity] = tuple(sorted(names))
        return self._closures[quantity]

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


_PACKAGED: list[Evidence] = []
