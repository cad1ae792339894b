"""What evidence is made of: sources, parameters and the catalogue of quantities."""

from __future__ import annotations

from dataclasses import dataclass

GRADES = {
    "A": "measured in human microneedling",
    "B": "other human skin or wounds",
    "C": "animal, ex vivo or in vitro",
    "D": "derived from cited values or theory",
    "E": "assumed",
}
"""Evidence grades, best first."""

NUMBER, PERCENT = "number", "percent"
"""How people read a quantity: as the number that it is, or as a share of something in percent."""

RISK = "risk"
"""What a quantity is to a person: the chance of harm over the whole course."""


def weakest(grades: list[str] | tuple[str, ...]) -> str:
    """The weakest of some grades ('E' is the weakest there is)."""
    return max(grades)


@dataclass(frozen=True)
class Source:
    """One entry of the register of sources."""

    id: str
    citation: str
    year: str
    identifier: str
    kind: str
    note: str


@dataclass(frozen=True)
class Parameter:
    """One number with unit, uncertainty, range, grade and source.

    The median is `value`. Three spreads are kept apart: `knowledge` (nobody knows it), `person` (people differ) and
    `chance` (one session or needle differs from the next). For a lognormal they are standard deviations of the
    natural logarithm, for a normal in the parameter's unit; a uniform takes its width from the range. Drawn values
    follow the distribution truncated to [low, high]. Where a `posterior` is named, this distribution is the prior, and
    what is unknown is drawn from the posterior. One of a family (a value for every site, sex or read-out) is named by
    family and member, dermis_thickness[cheek:female]; the gate tells them apart.
    """

    name: str
    family: str  # the name without its member
    member: str  # which one of the family; '' for a parameter that stands alone
    symbol: str
    value: float
    unit: str
    distribution: str
    knowledge: float
    person: float
    chance: float
    low: float
    high: float
    grade: str
    sources: tuple[str, ...]
    stage: str
    note: str
    posterior: str = ""  # name of the joint posterior that holds its draws
    fitted: tuple[float, float, float] | None = None  # 5, 50 and 95 % of what is unknown, after the fit
    informed: bool = False  # whether the measurements of the fit narrowed or moved it


@dataclass(frozen=True)
class Pool:
    """Studies from which a spread was learnt that is no parameter's own."""

    name: str
    title: str
    grade: str
    note: str


@dataclass(frozen=True)
class Split:
    """How the spread of a quantity was split when what it reads was last looked at: shares by group, what carries most."""

    grades: dict[str, float]
    spreads: dict[str, float]  # of knowledge, person and chance
    carried_by: tuple[str, ...]


@dataclass(frozen=True)
class Quantity:
    """A computed quantity: what it is, how it is computed and what it stands on."""

    name: str
    title: str
    unit: str
    stage: str
    equation: str
    parameters: tuple[str, ...]  # names of parameters and pools: all that runs read for it, else those it uses directly
    uses: tuple[str, ...]  # names of quantities it is computed from
    note: str
    lower_is_better: bool | None = None
    detail: str = ""  # kind of detail that its name takes, one of `naming.KINDS`; '' for none
    shown: str = NUMBER  # one of SHOWN
    kind: str = ""  # one of MEANINGS
    recorded: bool = False  # whether runs say what is read for it; else `parameters` are typed
    split: Split | None = None
