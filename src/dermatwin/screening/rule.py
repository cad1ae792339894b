"""Screening rules as data: `screening_rules.yaml`.

A rule has a level, a reason, an action, sources, and `when`: clauses of which any one makes it fire. Every condition
written in a clause must hold. The gate of the evidence asks `faults_in` of a file of rules: unknown keys, sources that are
not registered, concerns, concepts of the vocabulary and rows of the table of contraindications that do not exist, groups of
sites likewise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, ValidationError

from ..case.document import Name, Record
from ..case.quantity import Age, Clock, Interval, NeedleLength
from ..core.errors import EvidenceError, Fault
from ..core.spelling import closest
from ..core.vocabulary import Phototype
from ..evidence import Tables, view
from ..evidence.layers import Layer
from ..evidence.reading import Document, read_document
from ..history import TAKEN, Question, Time, Window
from ..history.fact import Role
from .records import Level

if TYPE_CHECKING:
    from ..evidence.known import Known

RULES = "screening_rules.yaml"


Phase = Literal["before", "aftercare"]
PlainText = Annotated[str, Field(min_length=1)]


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
    ended: bool = False  # it counts only where it is over
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
    besides: list[str] = []  # it names something that is of none of these concepts
    only: list[str] = []  # everything that it names is of one of these
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
    concerns: list[Name] | None = None
    not_concerns: list[Name] | None = None
    in_zone: list[Name] | None = None  # concerns that count for the whole zone in which one of them is
    needle_above: NeedleLength | None = None
    passes_above: int | None = None
    devices: list[str] | None = None  # words in the device's id or name
    device_concepts: list[str] | None = None  # concepts that the device's words name
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
                self.passes_above,
                self.devices,
                self.device_concepts,
                self.described_device,
                self.topicals,
                self.adjuncts,
                self.in_zone,
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
    plain: dict[Phase, PlainText] = {}  # what the person is told on the sheet of that phase
    until: str = ""
    pigment_risk: bool = False  # the first session is shallower, and sessions are further apart (`pace`)
    rows: list[str] = []  # conditions of contraindications.csv that this rule carries out
    sources: Annotated[list[str], Field(min_length=1)]
    note: str = ""

    @property
    def hard(self) -> bool:
        """Whether no reason can override it."""
        return self.level == "hard_stop"


class _File(Record):
    """The rules of one layer of evidence; what is laid over another holds only what is new or other."""

    groups: dict[Name, list[str]] = {}
    rules: list[Rule] = []


@dataclass(frozen=True)
class RuleBook:
    """All rules and the groups of sites that they speak of."""

    rules: tuple[Rule, ...]
    groups: dict[str, tuple[str, ...]]

    def rule(self, name: str) -> Rule | None:
        """A rule by its id."""
        return next((rule for rule in self.rules if rule.id == name), None)


@view
def rule_book(tables: Tables) -> RuleBook:
    """The rules of some evidence: a rule or group of an upper layer takes the place of the one of the same name."""
    files = [_file(read_document(RULES, layer.read(RULES))) for layer in tables.layers if RULES in layer.names]
    rules = {rule.id: rule for file in files for rule in file.rules}
    groups = {name: tuple(sites) for file in files for name, sites in file.groups.items()}
    return RuleBook(tuple(rules.values()), groups)


def _file(document: Document) -> _File:
    try:
        return _File.model_validate({} if document.value is None else document.value)
    except ValidationError as error:
        raise EvidenceError([_shape_fault(document, detail) for detail in error.errors(include_url=False)]) from None


def _shape_fault(document: Document, detail: Any) -> Fault:
    """One fault of shape: the line of the rule or group, the place in it, what was found and what would be right."""
    place = tuple(step for step in detail["loc"] if isinstance(step, (str, int)))
    where = ".".join((f"{document.file}:{document.line(place)}", *map(str, place)))
    if detail["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        found = str(detail["input"])
        return Fault(where, found, f"is not one of {', '.join(allowed)}{closest(found, allowed)}")
    if detail["type"] in ("extra_forbidden", "missing"):
        return Fault(where, "", "is missing" if detail["type"] == "missing" else "is not a known key")
    said = _SHAPES.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    return Fault(where, str(detail["input"]), said)


_SHAPES = {
    "bool_type": "is not true or false",
    "dict_type": "is not a mapping; write lines of 'key: value'",
    "invalid_key": "is not text; put it in quotes",
    "list_type": "is not a list; write it in brackets",
    "model_type": "is not a mapping; write lines of 'key: value'",
    "string_type": "is not text; put it in quotes",
    "too_short": "is empty; name at least one",
}


def faults_in(document: Document, tables: Tables, known: "Known") -> Iterator[Fault]:
    """What is wrong with the rules of one layer: their shape, names that nobody knows, and times without a window."""
    file = _file(document)
    groups = set(file.groups).union(*(_groups(layer) for layer in tables.layers))
    seen: set[str] = set()
    for number, rule in enumerate(file.rules):
        where = f"{document.file}:{document.line(('rules', number))}.rules.{rule.id}"
        if rule.id in seen:
            yield Fault(where, rule.id, "stands here twice")
        seen.add(rule.id)
        for part, words, place in (
            ("sources", rule.sources, "sources.source"),
            ("rows", rule.rows, "contraindications.condition"),
            ("concerns", _concerns(rule), "concerns.concern"),
            ("concepts", list(_concepts(rule)), "vocabulary.concept"),
        ):
            for word in words:
                if said := known.fault(word, (place,)):
                    yield Fault(f"{where}.{part}", word, said)
        for site in (site for clause in rule.when for site in clause.sites or []):
            if site not in groups:
                yield Fault(f"{where}.sites", site, f"is not a group of sites{closest(site, sorted(groups))}")
        if (rule.time == "window") != (rule.window is not None):
            yield Fault(f"{where}.window", str(rule.window or ""), "goes with time: window and only with it")


def _concerns(rule: Rule) -> list[str]:
    lists = ((clause.concerns, clause.not_concerns, clause.in_zone) for clause in rule.when)
    return [concern for found in lists for names in found for concern in names or ()]


def _concepts(rule: Rule) -> Iterator[str]:
    """Every concept that a rule names."""
    for clause in rule.when:
        facts, topicals = clause.facts, clause.topicals
        if facts is not None:
            yield from (*facts.any, *facts.exact, *facts.without)
        if topicals is not None:
            yield from (*topicals.any, *topicals.without, *topicals.besides, *topicals.only)
        yield from (*(clause.adjuncts or ()), *(clause.device_concepts or ()))


def _groups(layer: Layer) -> dict[str, Any]:
    """Groups of a layer as they are written."""
    value = read_document(RULES, layer.read(RULES)).value if RULES in layer.names else None
    groups = cast(dict[str, Any], value).get("groups") if isinstance(value, dict) else None
    return cast(dict[str, Any], groups) if isinstance(groups, dict) else {}
