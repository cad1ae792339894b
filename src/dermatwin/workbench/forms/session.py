"""Forms of a session: the checklist before it, each zone as it was needled, what was put on, the signature behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from ...case import Settings
from ..models import Addendum, Cartridge, CartridgeLot, Device, ProductLot, Session, SessionProduct, SessionZone
from .record import RecordForm, dress

ENOUGH = 5  # letters of a reason
SAME = Decimal("0.005")  # mm, to which a needle length is read


class StartForm(forms.Form):
    """What is at hand and what was asked again; `today` and `planned` say what a choice is measured by."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    device = forms.ModelChoiceField(Device.objects.none(), label="Device")
    lot = forms.ModelChoiceField(CartridgeLot.objects.none(), label="Sterile cartridge, by lot")
    code = forms.CharField(label="Number on the pouch", max_length=60)
    label_reason = forms.CharField(label="Off label: why, and that the person agreed", max_length=300, required=False)
    photo_reason = forms.CharField(label="No photograph today: why", max_length=200, required=False)
    asked = forms.BooleanField(
        label="Asked again today: illness, medicine, allergy, treatment, pregnancy, sun. Nothing is new; what is new stands "
        "in the history."
    )
    skin = forms.BooleanField(
        label="Looked at the skin: no infection, no cold sore, no open wound, no sunburn where it is needled."
    )

    def __init__(self, *args: Any, device: str, today: date, off_label: bool, photographed: bool, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.planned, self.today, self.off_label, self.photographed = device, today, off_label, photographed
        self.fields["device"].queryset = Device.objects.filter(retired_on=None)  # type: ignore[attr-defined]
        self.fields["lot"].queryset = CartridgeLot.objects.all()  # type: ignore[attr-defined]
        usable = [("", "---------")] + [(lot.pk, str(lot)) for lot in CartridgeLot.objects.all() if lot.usable_on(today)]
        self.fields["lot"].widget.choices = usable  # type: ignore[attr-defined]
        if photographed:
            del self.fields["photo_reason"]
        for field in self.fields.values():
            dress(field)

    def clean_lot(self) -> CartridgeLot:
        """Neither expired nor recalled."""
        lot: CartridgeLot = self.cleaned_data["lot"]
        if lot.recalled_on is not None:
            raise forms.ValidationError(f"This lot was recalled on {lot.recalled_on}.")
        if lot.expires_on < self.today:
            raise forms.ValidationError(f"This lot expired on {lot.expires_on}.")
        return lot

    def clean(self) -> dict[str, Any]:
        """A piece that was never used; a reason for what is not as it should be."""
        said = super().clean() or self.cleaned_data
        lot, code, device = said.get("lot"), (said.get("code") or "").strip(), said.get("device")
        if lot and code and Session.objects.filter(cartridge__lot=lot, cartridge__code=code).exists():
            self.add_error("code", "This piece was used before; a sterile piece is used once.")
        if lot and Cartridge.objects.filter(lot=lot, session__isnull=False).count() >= lot.received:
            self.add_error("lot", f"All {lot.received} pieces of this lot were used.")
        other = device is not None and device.catalogue != self.planned
        if (other or self.off_label) and len(said.get("label_reason") or "") < ENOUGH:
            what = "This device is not the one that was planned" if other else "The course is outside the label"
            self.add_error("label_reason", f"{what}; say why.")
        if not self.photographed and len(said.get("photo_reason") or "") < ENOUGH:
            self.add_error("photo_reason", "There is no photograph of this session yet; take one, or say why not.")
        return said

    def cartridge(self) -> Cartridge:
        """The piece, entered where it was not known yet."""
        piece, _ = Cartridge.objects.get_or_create(lot=self.cleaned_data["lot"], code=self.cleaned_data["code"].strip())
        return piece


class ZoneDoneForm(RecordForm[SessionZone]):
    """A zone as it was needled, beside the plan; what differs needs a reason."""

    class Meta:
        model = SessionZone
        fields = ["needle_length_mm", "passes", "endpoint", "deviation"]

    def __init__(self, *args: Any, planned: Settings, **options: Any) -> None:
        super().__init__(*args, **options)
        self.planned = planned
        length, passes = self.fields["needle_length_mm"], self.fields["passes"]
        length.help_text = f"Planned: {planned.needle_length:g} mm."
        passes.help_text = f"Planned: {planned.passes}." if planned.passes is not None else "The plan names no passes."
        self.fields["deviation"].help_text = "Where length or passes are not as planned: why."

    @property
    def differs(self) -> bool:
        """Whether it is not as planned."""
        said = self.cleaned_data
        length, passes = said.get("needle_length_mm"), said.get("passes")
        other = length is not None and abs(length - Decimal(str(self.planned.needle_length))) > SAME
        return other or (self.planned.passes is not None and passes is not None and passes != self.planned.passes)

    def clean_needle_length_mm(self) -> Decimal:
        """A length that a needle can have; the case allows no other."""
        length: Decimal = self.cleaned_data["needle_length_mm"]
        if not Decimal("0.05") <= length <= Decimal("5"):
            raise forms.ValidationError("From 0.05 to 5 mm.")
        return length

    def clean_passes(self) -> int:
        """At least once over the skin."""
        passes: int = self.cleaned_data["passes"]
        if not 1 <= passes <= 100:
            raise forms.ValidationError("From 1 to 100.")
        return passes

    def clean(self) -> dict[str, Any] | None:
        """A deviation has a reason, and nothing else has."""
        cleaned = super().clean()
        self.instance.deviates = self.differs
        if self.differs and len(self.cleaned_data.get("deviation") or "") < ENOUGH:
            self.add_error("deviation", "This is not as planned; say why.")
        return cleaned


class ProductForm(RecordForm[SessionProduct]):
    """Something that is put on the skin, of which lot, how much."""

    class Meta:
        model = SessionProduct
        fields = ["lot", "zone", "grams"]

    def __init__(self, *args: Any, zones: Sequence[tuple[str, str]], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["zone"] = forms.ChoiceField(choices=[("", "all zones"), *zones], required=False, label="Zone")
        lots = ProductLot.objects.select_related("product")
        self.fields["lot"].widget.choices = [  # type: ignore[attr-defined]
            ("", "---------"),
            *((lot.pk, str(lot)) for lot in lots if lot.usable_on(today)),
        ]

    def clean_lot(self) -> ProductLot:
        """Neither expired nor recalled."""
        lot: ProductLot = self.cleaned_data["lot"]
        if not lot.usable_on(self.today):
            raise forms.ValidationError("This lot is expired or was recalled.")
        return lot

    def clean_grams(self) -> Decimal:
        """More than nothing."""
        grams: Decimal = self.cleaned_data["grams"]
        if grams <= 0:
            raise forms.ValidationError("More than 0 g.")
        return grams


class FinishForm(forms.Form):
    """Who finishes a session signs it; it never changes afterwards."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label="Note", max_length=2000, widget=forms.Textarea, required=False)
    name = forms.CharField(label="Your name, as you sign", max_length=120)

    def __init__(self, *args: Any, signs: str, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.signs = signs
        for field in self.fields.values():
            dress(field)

    def clean_name(self) -> str:
        """The name of who is signed in."""
        name: str = self.cleaned_data["name"]
        if name.split() != self.signs.split():
            raise forms.ValidationError(f"You are signed in as {self.signs}; write that name.")
        return name


class AddendumForm(RecordForm[Addendum]):
    """What is put right afterwards."""

    class Meta:
        model = Addendum
        fields = ["text"]


class MoveForm(RecordForm[Session]):
    """Another day for a session that was not held yet."""

    class Meta:
        model = Session
        fields = ["planned_for"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["planned_for"].label = "On which day"
