"""From a trial file to a plan: every fault of the document and of each arm's case at once, each with its path."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..case import Case, case_of
from ..case.reading import read_file
from ..core.errors import CaseError, Fault
from ..core.spelling import closest
from ..device import movements
from ..evidence import Evidence, words
from ..outcome import concerns, scales
from ..population.preset import preset_of
from ..twin.resolve import resolve
from .checks import faults_in, of_the_shape
from .document import INACTIVE, Arm, TrialDocument
from .planned import Plan, missed_name

SOMEBODY = {"age": "35 yr", "sex": "female", "phototype": "III", "body_weight": "65 kg"}
"""Stands in the case of an arm until people are drawn."""
LONGEST = "1100 d"


def load_trial(path: str | os.PathLike[str], evidence: Evidence | None = None) -> Plan:
    """Read and check a trial file; CaseError with every fault at once, each with its path and what would be right."""
    tree = read_file(Path(path))
    known = [fault for _, fault in tree.faults]
    if not isinstance(tree.value, dict):
        raise CaseError([*known, Fault(str(path), "", "is not a trial; write lines of 'key: value'")])
    return plan_of(tree.value, evidence, known)


def plan_of(raw: Mapping[str, Any], evidence: Evidence | None = None, known: list[Fault] | None = None) -> Plan:
    """A plan from plain values (as YAML or JSON would give them); CaseError with every fault."""
    believed = evidence or Evidence.packaged()
    faults = list(known or ())
    document = _document(raw, faults)
    if document is None:
        faults += _spoken(raw, believed)
        raise CaseError(list(dict.fromkeys(faults)))
    cases, wrong = _cases(document, believed)
    faults += wrong
    plan: Plan | None = None
    try:
        preset = preset_of(document.population, believed)
    except CaseError as error:
        preset, faults = None, [*faults, *error.faults]
    if preset is not None and cases and not wrong:
        plan, more = _planned(document, cases, preset, believed)
        faults += more
    faults += faults_in(document, plan, believed)
    if faults or plan is None:
        raise CaseError(list(dict.fromkeys(faults)))
    return plan


def _document(raw: Mapping[str, Any], faults: list[Fault]) -> TrialDocument | None:
    """The document if it has its shape; what is wrong with it is added to `faults`."""
    try:
        return TrialDocument.model_validate(raw)
    except ValidationError as error:
        faults += of_the_shape(error, raw)
        return None


def _spoken(raw: Mapping[str, Any], evidence: Evidence) -> Iterator[Fault]:
    """What is wrong with zones and course of a document that has not its shape elsewhere."""
    if isinstance(raw.get("zones"), list) and isinstance(raw.get("course"), dict):
        try:
            _read(raw["zones"], raw["course"], evidence)
        except CaseError as error:
            yield from error.faults


def _read(zones: list[dict[str, Any]], course: Mapping[str, Any], evidence: Evidence, horizon: float = 0.0) -> Case:
    """A case with somebody in it, until the last visit or the last session, whichever is later."""
    raw = {"patient": SOMEBODY, "zones": zones, "course": dict(course), "horizon": LONGEST}
    case = case_of(raw, words=words(evidence), kinds=movements(evidence))
    return case.model_copy(update={"horizon": max(horizon, case.session_days[-1] + 1.0)})


def _cases(document: TrialDocument, evidence: Evidence) -> tuple[dict[str, Case], list[Fault]]:
    """The case of every arm, and what is wrong with them: what all arms share is told once."""
    horizon = max(visit.time + visit.window for visit in document.visits)
    cases: dict[str, Case] = {}
    faults: list[Fault] = []
    for number, arm in enumerate(document.arms):
        try:
            own = _of_arm(document, arm, evidence, horizon)
            resolve(own[arm.name], evidence)  # names and settings, against the catalogues
            cases |= own
        except CaseError as error:
            named = f"arms.{number}." if arm.course else ""
            shared = {fault for fault in error.faults if not arm.course or not _touched(fault.path, arm.course)}
            faults += [f if f in shared else Fault(f"{named}{f.path}", f.found, f.expected) for f in error.faults]
    return cases, list(dict.fromkeys(faults))


def _touched(path: str, course: Mapping[str, Any]) -> bool:
    """Whether a fault is about what an arm lays over the course."""
    first, _, rest = path.partition(".")
    return first == "course" and rest.partition(".")[0] in course


def _of_arm(document: TrialDocument, arm: Arm, evidence: Evidence, horizon: float) -> dict[str, Case]:
    course = _laid_over(document.course, arm.course)
    if arm.role in INACTIVE:
        course = {**course, "settings": {}, "topicals": [], "adjuncts": []}
        zones = [{**zone, "treated": False} for zone in document.zones]
        return {arm.name: _read(zones, course, evidence, horizon)}
    case = _read(document.zones, course, evidence, horizon)
    found, days = {arm.name: case}, list(case.session_days)
    leaving = document.leaving
    if (document.missed_sessions or leaving.at_random or leaving.pain or leaving.downtime) and len(days) > 1:
        left = [day for place, day in enumerate(days) if place != len(days) // 2]
        kept = case.course.sessions.model_copy(update={"count": None, "interval": None, "days": left})
        fewer = case.course.model_copy(update={"sessions": kept})
        found[missed_name(arm.name)] = case.model_copy(update={"course": fewer})
    return found


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Values of an arm over those of the trial; null takes a key away."""
    found = {key: value for key, value in below.items() if above.get(key, value) is not None}
    for key, value in above.items():
        mine = found.get(key)
        if isinstance(value, Mapping) and isinstance(mine, Mapping):
            found[key] = _laid_over(mine, value)
        elif value is not None:
            found[key] = value
    return found


def _planned(
    document: TrialDocument, cases: dict[str, Case], preset: Any, evidence: Evidence
) -> tuple[Plan | None, list[Fault]]:
    """The plan, where the first zone has one concern that is answered with a number, on the scale of the population."""
    zone = next(iter(cases.values())).zones[0]
    if len(zone.concerns) != 1:
        said = (
            "has no concern; name the one that is read"
            if not zone.concerns
            else "has several concerns; name the one that is read"
        )
        return None, [Fault("zones.0.concerns", "", said)]
    record = zone.concerns[0]
    rule, known = concerns(evidence).get(record.concern), scales(evidence)
    if rule is None:
        return None, [
            Fault(
                "zones.0.concerns.0.concern",
                record.concern,
                f"is not a concern{closest(record.concern, concerns(evidence))}",
            )
        ]
    wrong: list[Fault] = []
    if rule.answer != "number":
        said = f"gets no number from the evidence ({rule.answer.replace('_', ' ')}): no trial of it can be predicted"
        wrong.append(Fault("zones.0.concerns.0.concern", record.concern, said))
    if record.severity is not None:
        wrong.append(
            Fault("zones.0.concerns.0.severity", f"{record.severity:g}", "is drawn from the population; take it out")
        )
    if record.scale is not None and record.scale != preset.scale:
        said = f"is not the scale on which this population's severity is told, {preset.scale}"
        wrong.append(Fault("zones.0.concerns.0.scale", record.scale, said))
    if wrong:
        return None, wrong
    return Plan(document, cases, preset, known[preset.scale], record.concern, evidence), []
