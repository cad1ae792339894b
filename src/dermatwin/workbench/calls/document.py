"""From records to a case document: the contract between the workbench and the twin.

The document is plain values; `case_of` reads and checks it as it would a file, `dump_case` writes it. What is written is
what the command line reads: same text, same seed, same bytes of `summary.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...case import Case, dump_case
from ...case.loading import case_of
from ...core.errors import CaseError, Fault
from ...device import movements
from ...evidence import words
from ...screening import load_case
from ..models import OPEN_ITEM, OPEN_LINE, Answer, Concern, Consultation, HistoryItem, ImportLine, Judgement, Override, Zone
from .known import evidence
from .recorded import as_recorded

_KINDS = {
    "condition": "conditions",
    "medication": "medications",
    "allergy": "allergies",
    "procedure": "recent_procedures",
    "unknown": "conditions",
}
_SAID = {"active": "{}", "past": "past {}", "denied": "no {}", "family": "family history of {}"}


@dataclass(frozen=True)
class Wanted:
    """What a course is asked for: the device at hand, the first day, and what the person accepts."""

    device: str = "pen-12"
    start: date | None = None
    most_sessions: int | None = None
    most_downtime: float | None = None  # d


def case_for(consultation: Consultation, wanted: Wanted = Wanted()) -> Case:
    """The case of a consultation, with a course that is still to be found; CaseError with every fault."""
    known = evidence()
    return case_of(values(consultation, wanted), (), words(known), movements(known), planned=True)


def values(consultation: Consultation, wanted: Wanted) -> dict[str, Any]:
    """The document of a consultation as plain values; CaseError where a line of the history still waits for a yes or no."""
    _require_confirmed(consultation)
    start = wanted.start or consultation.day
    named = ", ".join(str(zone) for zone in Zone.objects.filter(consultation=consultation))
    return {
        "dermatwin": 1,
        "title": named[:1].upper() + named[1:],
        "patient": person(consultation, start),
        "zones": [_zone(zone) for zone in Zone.objects.filter(consultation=consultation)],
        "course": {"device": wanted.device, "start": start.isoformat(), "sessions": {"count": 1}, "settings": {}},
        "overrides": [
            {"rule": one.rule, "reason": one.reason, "by": one.by.name}
            for one in Override.objects.filter(consultation=consultation, withdrawn_at=None).select_related("by")
        ],
        "judgements": [
            {
                "about": one.about,
                "reading": one.reading,
                "reason": one.reason,
                "by": one.by.name,
                "date": one.day.isoformat(),
            }
            for one in Judgement.objects.filter(consultation=consultation).select_related("by")
        ],
        **({"accepts": accepts} if (accepts := _accepts(wanted)) else {}),
    }


def _require_confirmed(consultation: Consultation) -> None:
    waiting = HistoryItem.objects.filter(patient=consultation.patient, **OPEN_ITEM)
    if waiting:
        said = "waits for a yes or no: confirm it in the history, or say why it does not count"
        raise CaseError([Fault(f"history, {item.get_kind_display()}", item.text, said) for item in waiting])
    lines = ImportLine.objects.filter(brought__patient=consultation.patient, **OPEN_LINE).count()
    if lines:
        said = "confirm each line or say why it does not count, or set the record aside (History, Imported records)"
        raise CaseError([Fault("imported record", f"{lines} {'line' if lines == 1 else 'lines'}", f"not decided: {said}")])


def person(consultation: Consultation, start: date) -> dict[str, Any]:
    """The person as of a day: what is confirmed of their history, and what was asked in the consultation."""
    patient = consultation.patient
    weight = consultation.body_weight_kg
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in dict.fromkeys(_KINDS.values())}
    for item in HistoryItem.objects.filter(patient=patient).select_related("confirmed_by"):
        if item.counts:
            lists[_KINDS[item.kind]].append(_item(item))
    return {
        "age": f"{patient.age_on(start)} yr",
        "sex": patient.sex,
        "phototype": consultation.phototype,
        **({"body_weight": f"{weight:f} kg"} if weight is not None else {}),
        "smoker": consultation.smoker,
        "pregnant": consultation.pregnant,
        "breastfeeding": consultation.breastfeeding,
        "sun": consultation.sun,
        **lists,
        "anamnesis": {
            one.question: _answer(one) for one in Answer.objects.filter(consultation=consultation).order_by("question")
        },
    }


def _item(item: HistoryItem) -> dict[str, Any]:
    if (recorded := as_recorded(item)) is not None:
        return recorded
    over = item.status == "past" and item.until is None  # with a day the reader works it out
    said = "{}" if item.status == "past" and not over else _SAID[item.status]
    return {"name": said.format(item.text), **_details(item), **({"note": item.note} if item.note else {})}


def _answer(answer: Answer) -> Any:
    details = _details(answer) | {name: said for name in ("which", "note") if (said := getattr(answer, name))}
    return {"answer": answer.answer, **details} if details and answer.answer == "yes" else answer.answer


def _details(said: HistoryItem | Answer) -> dict[str, str]:
    days = {name: day.isoformat() for name in ("since", "until") if (day := getattr(said, name))}
    return days | ({"zone": said.zone} if said.zone else {})


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "zone": zone.site,
        **({"name": zone.key} if zone.side else {}),
        "area": f"{zone.area_cm2:f} cm^2",
        "hydration": zone.hydration,
        "concerns": list(_concerns(zone)),
    }


def _concerns(zone: Zone) -> Iterator[dict[str, Any]]:
    for one in Concern.objects.filter(zone=zone):
        yield {
            "concern": one.concern,
            **({"scale": one.scale} if one.scale else {}),
            **({"severity": one.grade} if one.grade is not None else {}),
        }


def _accepts(wanted: Wanted) -> Mapping[str, Any]:
    return {
        **({"sessions": wanted.most_sessions} if wanted.most_sessions else {}),
        **({"downtime": f"{wanted.most_downtime:g} d"} if wanted.most_downtime is not None else {}),
    }


def text_of(case: Case) -> str:
    """A case as the file that the command line reads."""
    return dump_case(case)


def read(text: str, *, planned: bool = False) -> Case:
    """The case of such a file, read as the command line would; CaseError with every fault."""
    with TemporaryDirectory(prefix="dermatwin-") as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return load_case(path, None, evidence(), planned=planned)


def digest(text: str) -> str:
    """SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()
