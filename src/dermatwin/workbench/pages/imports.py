"""Records of other people's systems: handed over, reviewed line by line, each line decided by a person."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ...core.errors import CaseError, Fault
from ...core.printing import printable
from ..calls import recorded
from ..deeds import keep, noted, tell, user_of
from ..forms.history import HistoryItemForm
from ..forms.imports import AsideForm, LineForm, UploadForm
from ..models import Fixed, HistoryItem, Import, ImportLine, Overtaken, Patient, User
from .found import page_of, patient_of

_UNDECIDED = ("waiting", "dismissed")
_ROWS = 50


def imports_of(patient: Patient) -> Any:
    """The records that were brought for somebody, with how many lines wait."""
    waiting = Count("lines", filter=Q(lines__decision="waiting", state="open"))
    return Import.objects.filter(patient=patient).annotate(waiting=waiting).defer("content")


def import_new(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Hand over a record. What cannot be read is kept as refused, without its content."""
    person = patient_of(patient)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    context: dict[str, Any] = {"patient": person, "form": form}
    if not form.is_bound:
        return render(request, "workbench/import_new.html", context)
    if not form.is_valid():
        return _not_taken(request, context, form.errors.get("record", []))
    given: UploadedFile = form.cleaned_data["record"]
    content = given.read()
    brought = Import(
        patient=person,
        kind="fhir",
        made_by=user_of(request),
        file_name=printable(PurePath(given.name or "record").name)[:200],
        sha256=sha256(content).hexdigest(),
        read_on=date.today(),
    )
    try:
        _taken(brought, content)
    except CaseError as error:
        return _refused(request, context, brought, error.faults)
    tell(request, record=brought.pk, sha256=brought.sha256)
    return redirect("import_review", person.pk, brought.pk)


def _taken(brought: Import, content: bytes) -> None:
    """Read a record and keep its lines; CaseError where it cannot be read, or was brought before."""
    twice = Import.objects.filter(patient=brought.patient, sha256=brought.sha256, state__in=("open", "done")).first()
    if twice is not None:
        said = f"was brought on {twice.made_at:%Y-%m-%d} already; its review is in the history"
        raise CaseError([Fault(brought.file_name, "", said)])
    assert brought.read_on is not None
    found = recorded.read(content, brought.file_name, brought.read_on)
    brought.content = content.decode("utf-8-sig")
    brought.person, brought.partial = found.person, found.review.partial
    waits = [recorded.to_decide(line) for line in found.lines]
    brought.state = "open" if any(waits) else "done"
    brought.save()
    ImportLine.objects.bulk_create(
        ImportLine(
            brought=brought,
            number=number,
            outcome=line["outcome"],
            told=line,
            decision="waiting" if wait else "none",
            made_by=brought.made_by,
        )
        for number, (line, wait) in enumerate(zip(found.lines, waits, strict=True), 1)
    )


def _refused(request: HttpRequest, context: dict[str, Any], brought: Import, faults: Any) -> HttpResponse:
    brought.state, brought.content = "refused", ""
    brought.said = "\n".join(map(str, faults))[:20_000]
    brought.save()
    return _not_taken(request, context, list(faults), record=brought.pk, sha256=brought.sha256)


def _not_taken(request: HttpRequest, context: dict[str, Any], faults: Any, **more: Any) -> HttpResponse:
    keep(request)
    tell(request, **more)
    noted(request, "not taken", faults=len(faults))
    return render(request, "workbench/import_new.html", {**context, "faults": faults}, status=400)


def import_review(request: HttpRequest, patient: UUID, imported: UUID) -> HttpResponse:
    """A record line by line: whom it is about, what waits, what was decided, and everything else that it says."""
    person = patient_of(patient)
    brought = _import_of(person, imported)
    rows = recorded.compared(person, brought)
    lines = ImportLine.objects.filter(brought=brought).select_related("decided_by", "item")
    rest = lines.filter(decision="none").order_by("outcome", "number")
    waiting = list(lines.filter(decision="waiting"))
    context = {
        "patient": person,
        "imported": brought,
        "rows": rows,
        "kinds": recorded.SPOKEN,
        "another": recorded.of_another(rows),
        "unsure": recorded.unsure(rows),
        "open": brought.state == "open",
        "mapped": [line for line in waiting if line.outcome == "mapped"],
        "listed": [line for line in waiting if line.outcome != "mapped"],
        "decided": lines.exclude(decision__in=("none", "waiting")),
        "page": page_of(request, rest, _ROWS),
        "counts": {one["outcome"]: one["n"] for one in lines.order_by().values("outcome").annotate(n=Count("pk"))},
    }
    return render(request, "workbench/import_review.html", context)


def import_line_confirm(request: HttpRequest, patient: UUID, imported: UUID, line: UUID) -> HttpResponse:
    """Say that a line is right as the record says it: it becomes a line of the history, or is noted."""
    found = _line_of(patient, imported, line)
    _require_this_person(found)
    user = user_of(request)
    found.version = int(request.POST.get("version") or 0)
    if found.told["item"] is None:
        return _decided(request, found, user, "noted")
    item = recorded.item_of(found)
    item.made_by = item.confirmed_by = user
    item.confirmed_at = timezone.now()
    item.save()
    found.item = item
    return _decided(request, found, user, "confirmed")


def import_line_write(request: HttpRequest, patient: UUID, imported: UUID, line: UUID) -> HttpResponse:
    """Write by hand what a line means, where it was not understood or is not right."""
    found = _line_of(patient, imported, line)
    _require_this_person(found)
    person = patient_of(patient)
    form = HistoryItemForm(
        request.POST or None,
        instance=HistoryItem(patient=person, brought_by=found.brought),
        initial=recorded.suggested(found),
    )
    if request.method == "POST" and form.is_valid():
        user = user_of(request)
        found.version = int(request.POST.get("line") or 0)
        form.instance.confirmed_by, form.instance.confirmed_at = user, timezone.now()
        found.item = form.keep(user)
        return _decided(request, found, user, "by_hand")
    context = {"patient": person, "imported": found.brought, "line": found, "form": form, "kinds": recorded.SPOKEN}
    return render(request, "workbench/import_line.html", context)


def import_line_dismiss(request: HttpRequest, patient: UUID, imported: UUID, line: UUID) -> HttpResponse:
    """Say why a line does not count."""
    found = _line_of(patient, imported, line)
    form = LineForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        found.version = form.cleaned_data["version"] or 0
        return _decided(request, found, user_of(request), "dismissed")
    context = {
        "patient": found.brought.patient,
        "imported": found.brought,
        "line": found,
        "form": form,
        "kinds": recorded.SPOKEN,
    }
    return render(request, "workbench/import_line.html", {**context, "dismiss": True})


def import_aside(request: HttpRequest, patient: UUID, imported: UUID) -> HttpResponse:
    """Set a whole record aside: what waits in it counts for nothing; what was confirmed stays in the history."""
    person = patient_of(patient)
    brought = _import_of(person, imported)
    if brought.state != "open":
        return redirect("import_review", patient, imported)
    form = AsideForm(request.POST or None, instance=brought)
    if request.method == "POST" and form.is_valid():
        form.instance.state = "aside"
        form.keep(user_of(request))
        return redirect("import_review", patient, imported)
    context = {"form": form, "patient": person, "title": f"Set aside: {brought.file_name}", "action": "Set aside"}
    return render(request, "workbench/form_page.html", {**context, "back": "history"})


def _import_of(person: Patient, imported: UUID) -> Import:
    return get_object_or_404(Import.objects.defer("content"), pk=imported, patient=person)


def _line_of(patient: UUID, imported: UUID, line: UUID) -> ImportLine:
    wanted = ImportLine.objects.select_related("brought__patient").exclude(decision="none")
    return get_object_or_404(wanted, pk=line, brought=imported, brought__patient=patient)


def _require_this_person(line: ImportLine) -> None:
    """Raise `Fixed` for a line of another person's record, and of one that was set aside."""
    assert line.brought.patient is not None
    if recorded.of_another(recorded.compared(line.brought.patient, line.brought)):
        raise Fixed("the record says another date of birth or the other sex: it is of another person")
    if line.brought.state == "aside":
        raise Fixed("the record was set aside")


def _decided(request: HttpRequest, line: ImportLine, user: User, decision: str) -> HttpResponse:
    """Keep a decision over the version that was read; the last one ends the review."""
    if ImportLine.objects.filter(pk=line.pk).exclude(decision__in=_UNDECIDED).exists():
        raise Overtaken(line)
    line.decision, line.decided_by, line.decided_at = decision, user, timezone.now()
    line.reason = line.reason if decision == "dismissed" else ""
    line.save()
    brought = Import.objects.defer("content").get(pk=line.brought.pk)
    if brought.state == "open" and not ImportLine.objects.filter(brought=brought, decision="waiting").exists():
        Import.objects.filter(pk=brought.pk).update(state="done")
    tell(request, record=line.pk, decision=decision)
    return redirect("import_review", line.brought.patient_id, line.brought.pk)
