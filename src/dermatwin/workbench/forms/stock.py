"""Forms of what the clinic owns and uses up, and of the texts that people sign."""

from __future__ import annotations

from typing import Any

from django import forms

from ..calls import known
from ..models import CartridgeLot, Consent, ConsentText, Device, Erasure, Patient, Product, ProductLot, User
from .record import RecordForm, dress


class DeviceForm(RecordForm[Device]):
    """A device that stands in the clinic."""

    class Meta:
        model = Device
        fields = ["label", "catalogue", "serial", "cleared_for", "serviced_on", "service_due", "retired_on"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["catalogue"] = forms.ChoiceField(label="Device of the catalogue", choices=known.devices())
        self.fields["retired_on"].label = "Taken out of use on"
        dress(self.fields["catalogue"])


class CartridgeLotForm(RecordForm[CartridgeLot]):
    """A delivery of sterile pieces."""

    class Meta:
        model = CartridgeLot
        fields = ["name", "lot", "needles", "expires_on", "received"]


class ProductForm(RecordForm[Product]):
    """Something that is put on the skin."""

    class Meta:
        model = Product
        fields = ["name", "catalogue", "retired_on"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["catalogue"].help_text = "Its name in the evidence, where it has one."
        self.fields["retired_on"].label = "No longer used since"


class ProductLotForm(RecordForm[ProductLot]):
    """A delivery of a product."""

    class Meta:
        model = ProductLot
        fields = ["product", "lot", "expires_on", "opened_on"]


class RecallForm(forms.Form):
    """A lot is called back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    recall_note = forms.CharField(
        label="Who recalls it, and why",
        max_length=300,
        min_length=5,
        help_text="For example the maker's notice and its number.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            dress(field)


class ConsentTextForm(RecordForm[ConsentText]):
    """A new wording; it becomes the next version of its kind and language."""

    class Meta:
        model = ConsentText
        fields = ["kind", "language", "title", "text"]

    def __init__(self, *args: Any, **options: Any) -> None:
        from dermatwin.report.sheets import languages

        super().__init__(*args, **options)
        self.fields["language"] = forms.ChoiceField(label="Language", choices=[(code, code) for code in languages()])
        dress(self.fields["language"])
        self.fields["text"].widget.attrs |= {"rows": 14}

    def keep(self, user: User) -> ConsentText:
        """Keep it as the next version; the one before is no longer signed."""
        from django.utils import timezone

        same = ConsentText.objects.filter(kind=self.cleaned_data["kind"], language=self.cleaned_data["language"])
        last = same.order_by("-edition").first()
        self.instance.edition = last.edition + 1 if last else 1
        for before in same.filter(retired_on=None):
            before.retired_on = timezone.localdate()
            before.save()
        return super().keep(user)


class ConsentForm(forms.Form):
    """The person signs with their name, before somebody who works here."""

    digest = forms.CharField(widget=forms.HiddenInput)
    signed_name = forms.CharField(label="Name of the person, as they sign", max_length=120)
    read = forms.BooleanField(label="The person has read the text, or had it read to them, and had time to ask.")
    witness = forms.BooleanField(label="I was there when the person signed.")

    def __init__(self, *args: Any, text: ConsentText, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options, "initial": {"digest": text.sha256}})
        self.text = text
        for field in self.fields.values():
            dress(field)

    def clean(self) -> dict[str, Any]:
        """It is these very words."""
        said = super().clean() or self.cleaned_data
        if said.get("digest") != self.text.sha256:
            raise forms.ValidationError("The text is another one by now; read it again.")
        return said


class WithdrawForm(RecordForm[Consent]):
    """A consent is taken back."""

    sure = forms.BooleanField(label="The person takes this consent back today.")

    class Meta:
        model = Consent
        fields: list[str] = []


class ErasureForm(forms.ModelForm):
    """Whom to forget, by file number; the wish names nobody."""

    number = forms.CharField(label="File number", max_length=30)

    class Meta:
        model = Erasure
        fields = ["reason"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.fields["reason"].help_text = "It stays after the erasure: name nobody. For example: asked in writing on 3 May."
        self.order_fields(["number", "reason"])
        for field in self.fields.values():
            dress(field)

    def clean_number(self) -> Patient:
        """Somebody with this number, who is not waiting to be forgotten already."""
        found = Patient.objects.filter(number=self.cleaned_data["number"].strip()).first()
        if found is None:
            raise forms.ValidationError("Nobody has this file number.")
        if Erasure.objects.filter(patient=found.pk, refused_at=None, done_at=None).exists():
            raise forms.ValidationError("This was asked for already and waits for a prescriber.")
        return found


class ApproveForm(forms.Form):
    """A prescriber writes the file number once more: nothing brings the person back."""

    number = forms.CharField(label="File number of the person", max_length=30)
    sure = forms.BooleanField(label="No law asks to keep these records any longer. I know that nothing brings them back.")

    def __init__(self, *args: Any, patient: Patient, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.patient = patient
        for field in self.fields.values():
            dress(field)

    def clean_number(self) -> str:
        """That of the person."""
        number: str = self.cleaned_data["number"].strip()
        if number != self.patient.number:
            raise forms.ValidationError("This is not the file number of the person who is to be forgotten.")
        return number
