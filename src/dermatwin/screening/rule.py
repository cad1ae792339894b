"""Screening rules as data: `screening_rules.yaml`, read through a gate of its own.

A rule has a level, a reason, an action, sources, and `when`: clauses of which any one makes it fire. Every condition
written in a clause must hold. The gate refuses unknown keys, sources that are not registered, rows that are not in the
table of contraindications and site groups that do not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from ..case.document import Concern, Name, Phototype, Record
from ..case.quantity import Age, Clock, Interval, NeedleLength
from ..core.errors import EvidenceError, Fault
from ..evidence import Evidence
from ..history import TAKEN, Question, Time, Window, vocabulary
from ..history.fact import Role
from .records import Level

RULES = "screening_rules.yaml"


def _read_window(value: Any) -> Window:
    return value if isinstance(value, Window) else Window.read(str(value))


class FactsCondition(Record):
    """Something in the history: a fact of a kind of `any` or that is one of `exact`, of no kind of `without`."""

    any: list[str] = []
    exact: list[str] = []
    without: list[str] = []
    roles: list[Role] = list(TAKEN)
    manners: list[str] = []  # one of these must be said of it
    not_manners: list[str] = []  # none of these may be said of it
    placed: bool = False  # it counts only where it names a place that is treated

    def question(self, time: Time, window: Window | None) -> Question:
        """The question to the history, for the time of the rule."""
        return Question(
            tuple(self.any),
            tuple(self.exact),
            tuple(self.without),
            tuple(self.roles),
            time,
            window,
            tuple(self.manners),
            tuple(self.not_manners),
        )


class TopicalCondition(Record):
    """A product on the skin at some time between `since` and `until`, counted from the needling."""

    any: list[str] = []  # concepts of what it holds; empty: every product
    without: list[str] = []
    since: Clock | None = None
    until: Clock | None = None
    anaesthetic: Literal["amide", "ester", "prilocaine", "any", "none"] | None = None


class Clause(Record):
    """Conditions that must hold together; what is left out is not asked."""

    facts: FactsCondition | None = None
    age_below: Age | None = None
    phototypes: list[Phototype] | None = None
    sun: list[Literal["protected", "usual", "strong"]] | None = None
    sun_protection: bool | None = None
    interval_below: Interval | None = None
    sites: list[str] | None = None  # names of site groups
    concerns: list[Concern] | None = None
    not_concerns: list[Concern] | None = None
    needle_above: NeedleLength | None = None
    devices: list[str] | None = None  # words in the device's id or name
    described_device: bool | None = None
    topicals: TopicalCondition | None = None
    adjuncts: list[str] | None = None  # concepts
    always: bool = False

    @property
    def local(self) -> bool:
        """Whether the answer depends on the zone."""
        return any(
            (
                self.sites,
                self.needle_above,
                self.devices,
                self.described_device,
                self.topicals,
                self.adjuncts,
                self.by_concern,
            )
        )

    @property
    def by_concern(self) -> bool:
        """Whether the answer depends on the concern."""
        return bool(self.concerns or self.not_concerns)


class Rule(Record):
    """One rule of screening."""

    id: Name
    title: str
    level: Level
    time: Time = "present"
    window: Annotated[Window, BeforeValidator(_read_window)] | None = None
    where: Literal["area", "person"] = "person"  # area: an item that names another zone does not count
    when: Annotated[list[Clause], Field(min_length=1)]
    reason: str
    action: str
    until: str = ""
    rows: list[str] = []  # conditions of contraindications.csv that this rule carries out
    sources: Annotated[list[str], Field(min_length=1)]
    note: str = ""

    @property
    def hard(self) -> bool:
        """Whether no reason can override it."""
        return self.level == "hard_stop"


class _File(Record):
    groups: dict[Name, list[str]]
    rules: list[Rule]


@dataclass(frozen=True)
class RuleBook:
    """All rules and the groups of sites that they speak of."""

    rules: tuple[Rule, ...]
    groups: dict[str, tuple[str, ...]]

    @staticmethod
    @lru_cache(maxsize=1)
    def packaged() -> RuleBook:
        """The rules that ship with dermatwin (read once)."""
        return RuleBook.read(Evidence.packaged())

    @staticmethod
    def read(evidence: Evidence) -> RuleBook:
        """Rules of a folder of evidence; raises `EvidenceError` with every fault."""
        path = evidence.folder / RULES
        file = _file(path)
        faults = check(file.rules, file.groups, evidence, path.name)
        if faults:
            raise EvidenceError(faults)
        groups = {group: tuple(sites) for group, sites in file.groups.items()}
        return RuleBook(tuple(file.rules), groups)

    def rule(self, name: str) -> Rule | None:
        """A rule by its id."""
        return next((rule for rule in self.rules if rule.id == name), None)


def _file(path: Path) -> _File:
    import yaml

    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = [
            Fault(f"{path.name}:{'.'.join(str(step) for step in fault['loc'])}", str(fault["input"]), fault["msg"])
            for fault in error.errors()
        ]
        raise EvidenceError(faults) from None


def check(rules: list[Rule], groups: dict[str, list[str]], evidence: Evidence, name: str = RULES) -> list[Fault]:
    """Faults that the shape of the file does not show."""
    rows = {row["condition"] for row in evidence.table("contraindications")}
    concepts = vocabulary(evidence).concepts
    seen: set[str] = set()
    faults: list[Fault] = []
    for rule in rules:
        where = f"{name}:{rule.id}"
        sites = [site for clause in rule.when for site in clause.sites or []]
        asked = [concept for clause in rule.when for concept in _concepts(clause)]
        if rule.id in seen:
            faults.append(Fault(where, rule.id, "is defined twice"))
        seen.add(rule.id)
        for part, words, known, what in (
            ("sources", rule.sources, evidence.sources, "is not registered in sources"),
            ("rows", rule.rows, rows, "is not a row of contraindications.csv"),
            ("sites", sites, groups, "is not a group of sites"),
            ("concepts", asked, concepts, "is not a concept of the vocabulary"),
        ):
            faults += [Fault(f"{where}.{part}", word, what) for word in words if word not in known]
        if (rule.time == "window") != (rule.window is not None):
            faults.append(Fault(f"{where}.window", str(rule.window), "goes with time: window and only with it"))
    return faults


def _concepts(clause: Clause) -> Iterator[str]:
    """Every concept that a clause names."""
    facts, topicals = clause.facts, clause.topicals
    if facts is not None:
        yield from (*facts.any, *facts.exact, *facts.without)
    if topicals is not None:
        yield from (*topicals.any, *topicals.without)
    yield from clause.adjuncts or ()
