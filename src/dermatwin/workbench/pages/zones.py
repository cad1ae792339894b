"""Where: a site is chosen on a drawing or from a list, then how much of it and what bothers the person there."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from ..calls import known
from ..deeds import tell, user_of
from ..drawn import drawings
from ..forms.consultation import Concerns, ZoneForm
from ..models import Concern, Consultation, Zone
from .found import consultation_of


def sites(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """The drawn face and body; every site a link."""
    seen = consultation_of(patient, consultation)
    taken = {zone.key for zone in Zone.objects.filter(consultation=seen)}
    context = {
        "patient": seen.patient,
        "consultation": seen,
        "drawings": drawings(),
        "places": known.places(),
        "taken": taken,
        "sided": sorted({spot.site for drawing in drawings() for spot in drawing.spots if spot.side}),
    }
    return render(request, "workbench/sites.html", context)


def zone_new(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """A new zone on the site that was chosen."""
    seen = consultation_of(patient, consultation)
    asked = request.POST if request.method == "POST" else request.GET
    zone = Zone(consultation=seen, site=asked.get("site", "")[:60], side=asked.get("side", "")[:5])
    if zone.site not in known.places() or zone.side not in dict(Zone.SIDES):
        return redirect("sites", patient, consultation)
    there = Zone.objects.filter(consultation=seen, site=zone.site, side=zone.side).first()
    if there is not None:
        return redirect("zone_edit", patient, consultation, there.pk)
    return _zone(request, seen, zone)


def zone_edit(request: HttpRequest, patient: UUID, consultation: UUID, zone: UUID) -> HttpResponse:
    """Change a zone."""
    seen = consultation_of(patient, consultation)
    return _zone(request, seen, get_object_or_404(Zone, pk=zone, consultation=seen))


def _zone(request: HttpRequest, seen: Consultation, zone: Zone) -> HttpResponse:
    form = ZoneForm(request.POST or None, instance=zone)
    concerns = Concerns(request.POST or None, instance=zone, prefix="concern")
    if request.method == "POST" and form.is_valid() and concerns.is_valid():
        with transaction.atomic():
            kept = form.keep(user_of(request))
            concerns.instance = kept
            concerns.save()
        tell(request, record=kept.pk)
        return redirect("consultation", seen.patient.pk, seen.pk)
    new = zone._state.adding
    context = {"patient": seen.patient, "consultation": seen, "zone": zone, "form": form, "concerns": concerns, "new": new}
    return render(request, "workbench/zone.html", context)


def zone_remove(request: HttpRequest, patient: UUID, consultation: UUID, zone: UUID) -> HttpResponse:
    """Take a zone out of the consultation; its earlier states stay."""
    seen = consultation_of(patient, consultation)
    gone = get_object_or_404(Zone, pk=zone, consultation=seen)
    for concern in Concern.objects.filter(zone=gone):
        concern.delete()
    gone.delete()
    return redirect("consultation", patient, consultation)
