"""Chapter 10: how sure the twin is of each number: grades, every endpoint, sources, and where the run comes from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...evidence import GRADES
from .. import words
from ..figures import rows
from . import certainty_split as split
from . import lookup
from .certainty_split import Composed
from .lookup import Band

if TYPE_CHECKING:
    from ...evidence import Source
    from ...twin import Endpoint, Run

STAGES = (
    ("skin", "Skin"),
    ("insertion", "Needles"),
    ("barrier", "Channels"),
    ("delivery", "Products"),
    ("healing", "Healing"),
    ("outcome", "Recovery, result and risks"),
    ("device", "Device"),
    ("planning", "Plan"),
)


@dataclass(frozen=True)
class Composition:
    """The quantities of one stage."""

    title: str
    rows: list[Composed]


@dataclass(frozen=True)
class Row:
    """One endpoint as the table of all endpoints has it."""

    title: str
    zone: str
    time: str
    band: Band
    led: str  # grade that most of its spread comes from, with its share
    grade: str
    failed: int


@dataclass(frozen=True)
class Table:
    """The endpoints of one stage."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Certainty:
    """What the chapter shows."""

    grades: list[tuple[str, str]]
    compositions: list[Composition]
    tables: list[Table]
    sources: list[Source]  # by weight where that is known
    others: list[Source]  # the rest of them
    weighed: bool  # whether the bars show where the spread comes from; else how many parameters have each grade
    provenance: list[tuple[str, str]]
    endpoints: int
    sentences: list[str]


def certainty(run: Run) -> Certainty:
    """Composition by grade per quantity, the table of all endpoints, sources, provenance."""
    weighed, every = split.weighed(run), _sources(run)
    first = [run.evidence.sources[i] for i in split.sources_by_weight(run) if i in run.evidence.sources] or every
    said = "A number carries the weakest grade of all that it stands on; the bars show what else it stands on."
    return Certainty(
        list(GRADES.items()),
        _compositions(split.by_weight(run) if weighed else _by_count(run)),
        _tables(run),
        first,
        [source for source in every if source not in first],
        weighed,
        _provenance(run),
        len(run.endpoints),
        [said, split.told(run)] if weighed else [said],
    )


def _compositions(found: dict[str, list[Composed]]) -> list[Composition]:
    return [Composition(title, found[stage]) for stage, title in STAGES if found.get(stage)]


def _by_count(run: Run) -> dict[str, list[Composed]]:
    """Stage -> its quantities, each with the share of its parameters in every grade."""
    found: dict[str, list[Composed]] = defaultdict(list)
    for name in lookup.unique(endpoint.quantity for endpoint in run.endpoints):
        quantity, counts = run.evidence.quantities[name], run.evidence.grades(name)
        total = sum(counts.values())
        said = ", ".join(f"{count} of grade {grade}" for grade, count in counts.items())
        bar = [(f"grade-{g}", count / max(total, 1), f"{count} of grade {g}") for g, count in counts.items()]
        figure = rows.stack(bar, f"{words.count(total, 'parameter')}: {said}", split.HEIGHT)
        found[quantity.stage].append(Composed(quantity.title, run.evidence.grade(name), figure, str(total)))
    return found


def _tables(run: Run) -> list[Table]:
    """All endpoints by stage; what repeats at every session is one row per time."""
    found: dict[str, list[Row]] = defaultdict(list)
    for endpoint in run.endpoints:
        found[run.evidence.quantities[endpoint.quantity].stage].append(_row(endpoint))
    known = [stage for stage, _ in STAGES]
    order = [*STAGES, *((stage, words.title(stage) or "Other") for stage in found if stage not in known)]
    return [Table(title, found[stage]) for stage, title in order if found[stage]]


def _row(endpoint: Endpoint) -> Row:
    return Row(
        endpoint.title,
        words.name(endpoint.zone),
        words.NOTHING if endpoint.time_days is None else _day(endpoint.time_days),
        lookup.of(endpoint),
        "" if endpoint.weight is None else split.led(endpoint.weight),
        endpoint.grade,
        endpoint.failed,
    )


def _day(days: float) -> str:
    return f"day{words.SPACE}{words.given(round(days, 2))}"


def _sources(run: Run) -> list[Source]:
    """Every source behind an endpoint, in the order of their citation."""
    ids = sorted(
        {i for endpoint in run.endpoints for i in endpoint.sources}
        | {i for finding in run.screening.findings for i in finding.sources}
        | set(run.case.sources)
        | {o.source for o in run.case.observations if o.source}
    )
    found = [run.evidence.sources[i] for i in ids if i in run.evidence.sources]
    return sorted(found, key=lambda source: source.citation.lower())


def _provenance(run: Run) -> list[tuple[str, str]]:
    names = {
        "program": "Program",
        "version": "Version",
        "seed": "Seed",
        "draws": "People drawn",
        "kept": "People whose stages are kept",
        "vary": "Spread from",
        "evidence": "Fingerprint of the evidence",
        "overlay": "Laid over the evidence",
        "stale_fits": "Fits that do not belong to the evidence",
    }
    return [(names.get(key, words.title(key)), words.recorded(value)) for key, value in run.provenance.items()]
