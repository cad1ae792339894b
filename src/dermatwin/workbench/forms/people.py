"""Forms of the front desk."""

from __future__ import annotations

from datetime import date

from django import forms

from ..models import Appointment, Patient
from .record import RecordForm

OLDEST = 120  # yr


class PatientForm(RecordForm[Patient]):
    """Who somebody is."""

    class Meta:
        model = Patient
        fields = [
            "number",
            "given_name",
            "family_name",
            "birth_date",
            "sex",
            "phone",
            "email",
            "address",
            "language",
            "note",
        ]

    def __init__(self, *args: object, **options: object) -> None:
        from dermatwin.report.sheets import languages

        super().__init__(*args, **options)
        codes = languages()
        self.fields["language"] = forms.ChoiceField(label="Language of the sheets", choices=[(c, c) for c in codes])

    def clean_birth_date(self) -> date:
        """A day somebody alive can have been born on."""
        born: date = self.cleaned_data["birth_date"]
        if not 0 <= date.today().year - born.year <= OLDEST or born > date.today():
            raise forms.ValidationError("No person alive was born on this day; check the year.")
        return born


class AppointmentForm(RecordForm[Appointment]):
    """When somebody comes."""

    class Meta:
        model = Appointment
        fields = ["at", "minutes", "kind", "state", "note"]
