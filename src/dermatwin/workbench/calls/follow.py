"""A course that is under way, asked of the twin: triage at once, the forecast as a job; the measures that it knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from ... import __version__
from ...evidence.rows.following import MeasureRow
from ...following import follow, triage
from ...following.held import as_held
from ...following.measure import measures
from ...following.telling import told
from ...following.triage import LEVELS
from ...naming import split
from ...report.following import render_follow
from ...twin.folder import write_folder
from ...twin.summary import to_json
from ..models import Forecast, Observation, Plan, Symptom
from .document import read, text_of
from .held import as_it_went
from .known import evidence

PAGE, SUMMARY = "follow.html", "follow.json"
NOT_ASKED_AT_HOME = ("score", "scale_change")
"""Scales of the field are read by those who learnt them."""


def known_measures() -> dict[str, MeasureRow]:
    """Every measure that a course is followed by."""
    return dict(measures(evidence()))


def of_a_session(quantity: str) -> bool:
    """Whether a quantity is read once of a session, not on any day."""
    return evidence().quantities[quantity].detail == "session"


def as_shown(line: dict[str, Any]) -> dict[str, Any]:
    """A number of a forecast as its quantity is shown: a share as per cent."""
    if evidence().quantities[split(line["name"])[0]].shown != "percent":
        return line
    bands = {
        name: [None if v is None else 100.0 * v for v in line[name]] for name in ("before", "last", "after") if line[name]
    }
    return {**line, **bands, "unit": "%"}


def triaged(plan: Plan, symptom: Symptom) -> dict[str, Any]:
    """What is to be done about what was noticed, by the table alone: no simulation is waited for."""
    course = as_held(as_it_went(plan, (), [symptom]))
    found = triage(course.case, evidence(), days=course.days)[0]
    advice = sorted(found.advice, key=lambda one: -LEVELS.index(one.level))
    return {
        "level": found.level,
        "advice": [{"label": one.label, "level": one.level, "reason": one.reason, "do": one.do} for one in advice],
        "remarks": list(found.remarks),
    }


def gather(plan: Plan) -> Forecast:
    """A forecast to be made of all that is known of a plan's course by now; CaseError with every fault."""
    seen = list(Observation.objects.filter(plan=plan).order_by("seen_on", "made_at", "pk"))
    noticed = list(Symptom.objects.filter(plan=plan).order_by("noticed_on", "made_at", "pk"))
    case = as_it_went(plan, seen, noticed)
    return Forecast(plan=plan, case_text=text_of(case), observations=[str(one.pk) for one in seen])


def folder_of(job: Forecast) -> Path:
    """Where the page and the numbers of a forecast are, or will be: what `dermatwin follow --out` writes."""
    return settings.FOLDER.runs / str(job.pk)


def follow_plan(job: Forecast, tell: Callable[[float, str], None]) -> None:
    """Follow the case of a forecast, and keep what came of it; earlier forecasts stay as they are."""
    case = read(job.case_text)
    found = follow(case, job.draws, job.seed, latest=date.today(), progress=tell, evidence=evidence())
    tell(1.0, "drawing the page")
    summary = to_json(told(found))
    write_folder(_cleared(job), {PAGE: render_follow(found), SUMMARY: summary})
    result = told(found)
    result["people"] = {name: value for name, value in result["people"].items() if name != "weights"}
    hashed = sha256(summary.encode()).hexdigest()
    Forecast.objects.filter(pk=job.pk).update(result=result, result_sha256=hashed, dermatwin_version=__version__)


def _cleared(job: Forecast) -> Path:
    """The place of a forecast, without what an interrupted try left there."""
    place = folder_of(job)
    for name in (PAGE, SUMMARY):
        (place / name).unlink(missing_ok=True)
    if place.is_dir():
        from shutil import rmtree

        rmtree(place)
    return place
