"""Screening rules as data: `screening_rules.yaml`, read through a gate of its own.

A rule has a level, a reason, an action, sources, and `when`: clauses of which any one makes it fire. Every condition
written in a clause must hold. The gate refuses unknown keys, sources that are not registered, rows that are not in the
table of contraindications and site groups that do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from ..case.document import Concern, Name, Phototype, Record
from ..case.quantity import Age, Clock, Interval, NeedleLength
from ..core.errors import EvidenceError, Fault
from ..evidence import Evidence
from .records import Level
from .when import Window

RULES = "screening_rules.yaml"

HistoryField = Literal["conditions", "medications", "allergies", "recent_procedures"]


def _read_window(value: Any) -> Window:
    return value if isinstance(value, Window) else Window.read(str(value))


class ItemsCondition(Record):
    """Something in the history: any of `terms`, none of `without`, in one of `fields`."""

    terms: Annotated[list[str], Field(min_length=1)]
    without: list[str] = []
    fields: list[HistoryField] = ["conditions", "medications", "recent_procedures"]
    relatives: bool = False  # counts when a relative has it


class TopicalCondition(Record):
    """A product on the skin at some time between `since` and `until`, counted from the needling."""

    terms: list[str] = []  # empty: every product
    without: list[str] = []
    since: Clock | None = None
    until: Clock | None = None
    anaesthetic: Literal["amide", "ester", "prilocaine", "any", "none"] | None = None


class Clause(Record):
    """Conditions that must hold together; what is left out is not asked."""

    items: ItemsCondition | None = None
    flag: Literal["pregnant", "breastfeeding", "smoker"] | None = None
    age_below: Age | None = None
    phototypes: list[Phototype] | None = None
    sun: list[Literal["protected", "usual", "strong"]] | None = None
    sun_protection: bool | None = None
    interval_below: Interval | None = None
    sites: list[str] | None = None  # names of site groups
    concerns: list[Concern] | None = None
    not_concerns: list[Concern] | None = None
    needle_above: NeedleLength | None = None
    devices: list[str] | None = None  # terms in the device's id or name
    described_device: bool | None = None
    topicals: TopicalCondition | None = None
    adjuncts: list[str] | None = None
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
    time: Literal["present", "ever", "window"] = "present"
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
    understood: list[str] = []
    rules: list[Rule]


@dataclass(frozen=True)
class RuleBook:
    """All rules, the groups of sites they speak of, and phrases that mean 'nothing to report'."""

    rules: tuple[Rule, ...]
    groups: dict[str, tuple[str, ...]]
    nothing: tuple[str, ...]

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
        return RuleBook(tuple(file.rules), groups, tuple(file.understood))

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
    seen: set[str] = set()
    faults: list[Fault] = []
    for rule in rules:
        where = f"{name}:{rule.id}"
        sites = [site for clause in rule.when for site in clause.sites or []]
        if rule.id in seen:
            faults.append(Fault(where, rule.id, "is defined twice"))
        seen.add(rule.id)
        for part, words, known, what in (
            ("sources", rule.sources, evidence.sources, "is not registered in sources"),
            ("rows", rule.rows, rows, "is not a row of contraindications.csv"),
            ("sites", sites, groups, "is not a group of sites"),
        ):
            faults += [Fault(f"{where}.{part}", word, what) for word in words if word not in known]
        if (rule.time == "window") != (rule.window is not None):
            faults.append(Fault(f"{where}.window", str(rule.window), "goes with time: window and only with it"))
    return faults
