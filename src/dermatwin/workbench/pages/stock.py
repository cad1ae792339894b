"""What the clinic owns and uses up, by lot; who is concerned when a lot is called back; texts of consent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify

from ..deeds import tell, user_of
from ..forms import stock as forms
from ..forms.record import RecordForm
from ..models import CartridgeLot, ConsentText, Device, Patient, Product, ProductLot, Session, SessionProduct


def catalogue(request: HttpRequest) -> HttpResponse:
    """Devices, cartridges, products, texts."""
    lots = CartridgeLot.objects.annotate(used=Count("pieces", filter=Q(pieces__session__isnull=False)))
    context = {
        "devices": Device.objects.all(),
        "lots": [(lot, lot.usable_on(timezone.localdate()), lot.received - lot.used) for lot in lots],  # type: ignore[attr-defined]
        "products": Product.objects.all(),
        "product_lots": [(lot, lot.usable_on(timezone.localdate())) for lot in ProductLot.objects.select_related("product")],
        "texts": ConsentText.objects.all(),
    }
    return render(request, "workbench/catalogue.html", context)


def _kept(request: HttpRequest, form: RecordForm[Any], title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        tell(request, record=form.keep(user_of(request)).pk, what=title)
        return redirect("catalogue")
    context = {"form": form, "title": title, "action": "Save", "back": "catalogue"}
    return render(request, "workbench/form_page.html", context)


def device_new(request: HttpRequest) -> HttpResponse:
    """Enter a device."""
    return _kept(request, forms.DeviceForm(request.POST or None), "A device")


def device_edit(request: HttpRequest, device: UUID) -> HttpResponse:
    """Change a device."""
    found = get_object_or_404(Device, pk=device)
    return _kept(request, forms.DeviceForm(request.POST or None, instance=found), found.label)


def cartridge_lot_new(request: HttpRequest) -> HttpResponse:
    """Enter a delivery of cartridges."""
    return _kept(request, forms.CartridgeLotForm(request.POST or None), "A lot of cartridges")


def cartridge_lot_edit(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Correct a lot."""
    found = get_object_or_404(CartridgeLot, pk=lot)
    return _kept(request, forms.CartridgeLotForm(request.POST or None, instance=found), str(found))


def product_new(request: HttpRequest) -> HttpResponse:
    """Enter a product."""
    return _kept(request, forms.ProductForm(request.POST or None), "A product")


def product_edit(request: HttpRequest, product: UUID) -> HttpResponse:
    """Change a product."""
    found = get_object_or_404(Product, pk=product)
    return _kept(request, forms.ProductForm(request.POST or None, instance=found), found.name)


def product_lot_new(request: HttpRequest) -> HttpResponse:
    """Enter a delivery of a product."""
    return _kept(request, forms.ProductLotForm(request.POST or None), "A lot of a product")


def product_lot_edit(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Correct a lot."""
    found = get_object_or_404(ProductLot, pk=lot)
    return _kept(request, forms.ProductLotForm(request.POST or None, instance=found), str(found))


def consent_text_new(request: HttpRequest) -> HttpResponse:
    """A new wording: the next version."""
    before = (
        ConsentText.objects.filter(pk=request.GET.get("from") or None).first() if _is_id(request.GET.get("from")) else None
    )
    kept = {name: getattr(before, name) for name in ("kind", "language", "title", "text")} if before else {}
    return _kept(request, forms.ConsentTextForm(request.POST or None, initial=kept), "A text of consent")


def _is_id(text: str | None) -> bool:
    try:
        return bool(text and UUID(text))
    except ValueError:
        return False


def consent_text(request: HttpRequest, text: UUID) -> HttpResponse:
    """One wording."""
    return render(request, "workbench/consent_text.html", {"text": get_object_or_404(ConsentText, pk=text)})


# ---- recall ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """Somebody on whom something of a lot was used, with the session."""

    patient: Patient
    session: Session
    what: str


def of_cartridges(lot: CartridgeLot) -> Iterator[Concerned]:
    """On whom pieces of a lot were used; those that were only entered concern nobody."""
    rows = Session.objects.filter(cartridge__lot=lot, state__in=("under_way", "done")).select_related("patient", "cartridge")
    for one in rows.order_by("patient__family_key", "patient__given_key", "started_at"):
        assert one.cartridge is not None
        yield Concerned(one.patient, one, f"no. {one.cartridge.code}")


def of_product(lot: ProductLot) -> Iterator[Concerned]:
    """On whom a lot of a product was put."""
    rows = SessionProduct.objects.filter(lot=lot).select_related("session__patient")
    for one in rows.order_by("session__patient__family_key", "session__patient__given_key", "made_at"):
        where = f", {one.zone.replace('_', ' ')}" if one.zone else ""
        yield Concerned(one.session.patient, one.session, f"{one.grams:f} g{where}")


def cartridge_recall(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Who is concerned by a lot of cartridges; call it back."""
    found = get_object_or_404(CartridgeLot, pk=lot)
    return _recall(request, found, list(of_cartridges(found)), "cartridge")


def product_recall(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Who is concerned by a lot of a product; call it back."""
    found = get_object_or_404(ProductLot.objects.select_related("product"), pk=lot)
    return _recall(request, found, list(of_product(found)), "product")


def _recall(request: HttpRequest, lot: CartridgeLot | ProductLot, concerned: list[Concerned], kind: str) -> HttpResponse:
    form = forms.RecallForm(request.POST or None, initial={"version": lot.version})
    if request.method == "POST" and lot.recalled_on is None and form.is_valid():
        lot.version, lot.recalled_on = form.cleaned_data["version"], timezone.localdate()
        lot.recall_note = form.cleaned_data["recall_note"]
        lot.save()
        tell(request, lot=str(lot))
        return redirect(f"{kind}_recall", lot.pk)
    people = len({one.patient.pk for one in concerned})
    context = {"lot": lot, "concerned": concerned, "people": people, "form": form, "kind": kind, "csv": f"{kind}_recall_csv"}
    return render(request, "workbench/recall.html", context)


def cartridge_recall_csv(request: HttpRequest, lot: UUID) -> HttpResponse:
    """The same people as a table for the clinic's own letters."""
    found = get_object_or_404(CartridgeLot, pk=lot)
    return _csv(request, str(found), list(of_cartridges(found)))


def product_recall_csv(request: HttpRequest, lot: UUID) -> HttpResponse:
    """The same people as a table for the clinic's own letters."""
    found = get_object_or_404(ProductLot.objects.select_related("product"), pk=lot)
    return _csv(request, str(found), list(of_product(found)))


def _csv(request: HttpRequest, title: str, concerned: list[Concerned]) -> HttpResponse:
    text = StringIO()
    rows = csv.writer(text)
    rows.writerow(["file number", "family name", "first name", "phone", "email", "session", "held on", "what"])
    for one in concerned:
        who, at = one.patient, one.session.started_at
        day = timezone.localtime(at).date().isoformat() if at else ""
        cells = [who.number, who.family_name, who.given_name, who.phone, who.email, one.session.number, day, one.what]
        rows.writerow([_harmless(str(cell)) for cell in cells])
    tell(request, people=len({one.patient.pk for one in concerned}))
    headers = {"Content-Disposition": f'attachment; filename="recall-{slugify(title)[:60]}.csv"'}
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
