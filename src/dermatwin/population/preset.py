"""A population as it is described: marginals of each variable, and how their ranks go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..core.errors import CaseError, Fault
from ..core.spelling import closest
from ..core.vocabulary import PHOTOTYPES
from ..evidence import Evidence, Tables, view
from ..evidence.rows.population import VARIABLES, PopulationRow, PresetRow, RankRow, Variable

TIED: tuple[Variable, ...] = VARIABLES[:-1]
"""Variables of the copula; medicines are drawn apart."""

_ALWAYS: tuple[Variable, ...] = ("age", "sex", "phototype", "severity", "body_weight")
_WHOLE = 1e-6  # numerical: shares of categories add up to one


@dataclass(frozen=True)
class Preset:
    """One population of the evidence."""

    name: str
    label: str
    concern: str
    scale: str
    rows: tuple[PopulationRow, ...]
    ranks: tuple[RankRow, ...]
    sources: tuple[str, ...]
    note: str

    def row(self, variable: Variable, category: str = "") -> PopulationRow | None:
        """The row of a variable (of one of its categories), None where the population does not have it."""
        return next((row for row in self.rows if row.variable == variable and row.category in (category, "")), None)

    def of(self, variable: Variable) -> tuple[PopulationRow, ...]:
        """All rows of a variable."""
        return tuple(row for row in self.rows if row.variable == variable)

    @property
    def correlation(self) -> np.ndarray:
        """Correlation of the normal scores of the copula, (TIED, TIED): r = 2 sin(pi rho/6) of Spearman's rho."""
        return correlation(self.ranks)


def correlation(ranks: Sequence[RankRow]) -> np.ndarray:
    """Correlation of normal scores that gives these correlations of ranks, in the order of `TIED`."""
    found = np.eye(len(TIED))
    for row in ranks:
        first, second = TIED.index(row.first), TIED.index(row.second)
        found[first, second] = found[second, first] = 2.0 * np.sin(np.pi * row.rank / 6.0)
    return found


@view
def presets(tables: Tables) -> Mapping[str, Preset]:
    """Every population of the evidence by name."""
    rows, ranks = tables.rows(PopulationRow), tables.rows(RankRow)
    return {
        named.preset: Preset(
            named.preset,
            named.label,
            named.concern,
            named.scale,
            tuple(row for row in rows if row.preset == named.preset),
            tuple(row for row in ranks if row.preset == named.preset),
            named.source,
            named.note,
        )
        for named in tables.rows(PresetRow)
    }


def preset_of(name: str, evidence: Evidence, where: str = "population") -> Preset:
    """A population by its name; CaseError if the evidence has none of that name, or one that is not whole."""
    known = presets(evidence)
    if name not in known:
        raise CaseError([Fault(where, name, f"is not a population{closest(name, known) or '; one of ' + ', '.join(known)}")])
    wrong = list(_gaps(known[name]))
    if wrong:
        raise CaseError([Fault(where, name, said) for said in wrong])
    return known[name]


def _gaps(preset: Preset) -> Iterator[str]:
    """What a population lacks: a variable that everybody has, shares that add up to one."""
    for variable in _ALWAYS:
        if not preset.of(variable):
            yield f"says nothing of {variable}"
    shares = sum(row.value for row in preset.of("phototype"))
    if preset.of("phototype") and abs(shares - 1.0) > _WHOLE:
        yield f"has phototypes that add up to {shares:g} instead of 1"
    if any(row.category not in PHOTOTYPES for row in preset.of("phototype")):
        yield "has a phototype that does not exist"


def faults_of(rows: Sequence[RankRow]) -> Iterator[Fault]:
    """Correlations of ranks that cannot hold together."""
    for name in dict.fromkeys(row.preset for row in rows):
        own = [row for row in rows if row.preset == name and "medicine" not in (row.first, row.second)]
        if np.linalg.eigvalsh(correlation(own))[0] <= 0.0:
            last = own[-1]
            said = f"cannot hold together with the other ranks of {name}; make some of them smaller"
            yield Fault(f"{last.file}:{last.line}.rank", f"{last.rank:g}", said)
