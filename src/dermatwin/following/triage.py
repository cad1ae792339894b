"""What to do about symptoms: reassure, contact or urgent, with the rule, its reason and its source.

A symptom has rows of `triage.csv` by the hours since the last session; what is told to get worse has rows of its own. Of
several things in one note the gravest counts. Reassured is only what a row reassures, of which every word is known, at a
known hour after a session that was held, in a needled zone, that does not get worse, and that enough people like her still
have by the twin's own count. Whatever else is told is to be seen by somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..case import Case, Symptom
from ..core.errors import Fault
from ..core.units import factor
from ..evidence import Evidence, Tables, view
from ..evidence.rows.following import Level, SymptomRow, TriageRow
from .words import Told, told

LEVELS: tuple[Level, ...] = ("reassure", "contact", "urgent")
UNKNOWN = "unknown"
CALL = "call the clinic the same day"

Still = Callable[[str, str, float, int], float | None]
"""Share of people like her who still have a sign: quantity of how long it lasts, zone, day, session; None: not known."""


@dataclass(frozen=True)
class Advice:
    """What one rule says of one symptom."""

    symptom: str  # id; 'unknown' for what nobody knows
    label: str
    level: Level
    reason: str
    do: str
    rule: str  # 'triage:redness 0-168 h', or the law of the house that was applied
    grade: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Triage:
    """What to do about one note of symptoms: the gravest of what its parts ask for."""

    number: int
    noted: Symptom
    session: int | None  # the last session held before it, counted from 1
    hours: float | None  # since that session
    advice: tuple[Advice, ...]
    denied: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def level(self) -> Level:
        """The gravest level."""
        return worst([*(one.level for one in self.advice)] or ["contact"])


def triage(
    case: Case, evidence: Evidence, still: Still | None = None, days: Sequence[float] | None = None
) -> tuple[Triage, ...]:
    """What to do about every note of a case, in its order.

    still : what the twin says of how many still have a sign; without it the table speaks alone. days : days of the sessions
    that were held; left out, those of the case.
    """
    held = tuple(case.session_days if days is None else days)
    return tuple(_triaged(number, noted, case, evidence, still, held) for number, noted in enumerate(case.symptoms))


def worst(levels: Sequence[Level]) -> Level:
    """The gravest of some levels."""
    return LEVELS[max(LEVELS.index(level) for level in levels)]


def gravest(found: Iterable[Triage]) -> Level | None:
    """The gravest level of all; None where nothing was noted."""
    levels: list[Level] = [one.level for one in found]
    return worst(levels) if levels else None


def _triaged(
    number: int, noted: Symptom, case: Case, evidence: Evidence, still: Still | None, days: tuple[float, ...]
) -> Triage:
    said = told(noted.symptom, evidence, [zone.key for zone in case.zones])
    more = told(noted.note, evidence, [zone.key for zone in case.zones]) if noted.note else None
    there = tuple(dict.fromkeys((*said.there, *(more.there if more else ()))))
    session = None if noted.time is None else max((n for n, day in enumerate(days) if day <= noted.time), default=None)
    hours = None if session is None or noted.time is None else (noted.time - days[session]) * factor("d", "h")
    worse = noted.getting == "worse" or said.worse
    advice = [_advised(one, hours, worse, evidence) for one in there]
    if still is not None and session is not None and noted.time is not None:
        zones = [noted.zone] if noted.zone else [zone.key for zone in case.zones if zone.treated]
        advice = [_counted(one, still, zones, noted.time, session, evidence) for one in advice]
    advice += _laws(said, noted, case, there)
    remarks = tuple(f"'{word}' is read for {_label(one, evidence)}" for one, word in said.read_as)
    denied = tuple(_label(one, evidence) for one in said.denied if one not in there)
    return Triage(number, noted, None if session is None else session + 1, hours, tuple(advice), denied, remarks)


def _laws(said: Told, noted: Symptom, case: Case, there: tuple[str, ...]) -> Iterator[Advice]:
    """What holds whatever the table says: nothing unknown is reassured, nor what is not of the needling."""
    if said.unknown:
        words = ", ".join(f"'{word}'" for word in said.unknown)
        yield _house(words, f"nobody here knows {words}, and nothing that is unknown is reassured")
    elif not there:
        what = "only what is not there" if said.denied else "nothing that is known"
        yield _house(noted.symptom, f"'{noted.symptom}' tells {what}; somebody has to ask")
    if noted.zone is not None and not case.zone(noted.zone).treated:
        yield _house(noted.zone, f"{noted.zone} was not needled: what happens there is not of the needling")


def _house(label: str, reason: str) -> Advice:
    return Advice(UNKNOWN, label, "contact", reason, CALL, "nothing unknown is reassured", "E", ("dermatwin_prior",))


def _advised(symptom: str, hours: float | None, worse: bool, evidence: Evidence) -> Advice:
    """What the table says of a symptom at an hour; of an unknown hour, the gravest of all its rows, and at least contact."""
    rows = rules(evidence)[symptom]
    label = _label(symptom, evidence)
    if hours is None:
        row = max((one for one in rows if one.when == "any"), key=lambda one: LEVELS.index(one.level))
        level = worst([row.level, "contact"])
        reason = f"nobody told when after a session {label} was noticed; {row.reason}"
        do = row.do if row.level == level else CALL
        return Advice(symptom, label, level, reason, do, f"{_rule(row)}, hour unknown", row.grade, row.source)
    here = [row for row in rows if row.from_h <= hours and (row.to_h is None or hours < row.to_h)]
    grown = [row for row in here if row.when == "worse"] if worse else []
    plain = [row for row in here if row.when == "any"]
    row = max((*grown, *plain), key=lambda one: LEVELS.index(one.level), default=None)
    if row is None:
        said = f"no rule speaks of {label} at this hour"
        return Advice(symptom, label, "contact", said, CALL, "no rule", "E", ("dermatwin_prior",))
    if worse and row.level == "reassure":
        return Advice(
            symptom,
            label,
            "contact",
            f"{label} gets worse, and nothing that gets worse is reassured",
            CALL,
            f"{_rule(row)}, worse",
            row.grade,
            row.source,
        )
    return Advice(symptom, label, row.level, row.reason, row.do, _rule(row), row.grade, row.source)


def _counted(one: Advice, still: Still, zones: Sequence[str], day: float, session: int, evidence: Evidence) -> Advice:
    """The same with the twin's count: what hardly anybody like her still has is not reassured."""
    row = next(row for row in evidence.rows(SymptomRow) if row.id == one.symptom)
    if one.level != "reassure" or row.lasts is None:
        return one
    shares = [share for zone in zones if (share := still(row.lasts, zone, day, session)) is not None]
    if not shares:
        return one
    share = max(shares)
    said = f"the twin says that {round(100 * share)} of 100 people like her still have it"
    if share >= 0.5 * (1.0 - evidence.value("follow_expected_share", "1")):
        return Advice(one.symptom, one.label, one.level, f"{one.reason}; {said}", one.do, one.rule, one.grade, one.sources)
    return Advice(
        one.symptom,
        one.label,
        "contact",
        f"{said}: longer than expected of her",
        CALL,
        f"{one.rule}, too few of the twin's people",
        "E",
        one.sources,
    )


@view
def rules(tables: Tables) -> Mapping[str, tuple[TriageRow, ...]]:
    """Rows of triage by symptom."""
    found: dict[str, list[TriageRow]] = {row.id: [] for row in tables.rows(SymptomRow)}
    for row in tables.rows(TriageRow):
        found.setdefault(row.symptom, []).append(row)
    return {symptom: tuple(rows) for symptom, rows in found.items()}


def _label(symptom: str, evidence: Evidence) -> str:
    return next((row.label for row in evidence.rows(SymptomRow) if row.id == symptom), symptom)


def _rule(row: TriageRow) -> str:
    ends = f"{row.from_h:g} h on" if row.to_h is None else f"{row.from_h:g}-{row.to_h:g} h"
    return f"triage: {row.symptom}{' worse' if row.when == 'worse' else ''}, {ends}"


def faults_of(rows: Sequence[TriageRow]) -> Iterator[Fault]:
    """Windows of one symptom that overlap, or leave a gap before the last: every hour has one rule."""
    groups: dict[tuple[str, str], list[TriageRow]] = {}
    for row in rows:
        groups.setdefault((row.symptom, row.when), []).append(row)
    for (symptom, when), group in groups.items():
        ordered = sorted(group, key=lambda row: row.from_h)
        for first, second in pairwise(ordered):
            if first.to_h is None or first.to_h > second.from_h:
                yield Fault(
                    f"{second.file}:{second.line}.from_h", f"{second.from_h:g}", f"overlaps another rule of {symptom}"
                )
            elif first.to_h < second.from_h:
                yield Fault(
                    f"{second.file}:{second.line}.from_h",
                    f"{second.from_h:g}",
                    f"leaves a gap behind {first.to_h:g} h of {symptom}",
                )
        last = ordered[-1]
        if when == "any" and (ordered[0].from_h > 0.0 or last.to_h is not None):
            yield Fault(
                f"{last.file}:{last.line}.to_h",
                "" if last.to_h is None else f"{last.to_h:g}",
                f"does not say what holds of {symptom} at every hour; begin at 0 and leave the last end empty",
            )
