"""Forms of what is seen afterwards: observations, symptoms, photographs, incidents; and those of a person at home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from ...evidence.rows.following import MeasureRow
from ...naming import split
from ..models import AdverseEvent, Observation, Photo, Session, Symptom
from .record import RecordForm, dress

Choice = tuple[str, str]
AT_HOME = ("redness_grade", "swelling_grade", "soreness", "pain_vas")
"""What somebody at home is asked, where the evidence says how sure they read it."""
WORDS = {
    "redness_grade": ("How red is the skin today?", "0: not at all, 4: very red."),
    "swelling_grade": ("How swollen is it today?", "0: not at all, 4: very swollen."),
    "soreness": ("How sore is it today?", "0: not at all, 10: as sore as can be."),
    "pain_vas": ("How much did the needling itself hurt?", "0: not at all, 10: the worst pain that you can imagine."),
}


class ObservationForm(RecordForm[Observation]):
    """Something that was measured or graded."""

    class Meta:
        model = Observation
        fields = ["quantity", "zone", "seen_on", "value", "unit", "read_by", "note"]

    def __init__(
        self,
        *args: Any,
        measures: Mapping[str, MeasureRow],
        scales: Sequence[str],
        zones: Sequence[Choice],
        sessions: Sequence[Choice],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.measures = measures
        plain = [(name, row.label) for name, row in measures.items() if name not in ("score", "scale_change")]
        scored = [
            (f"{name}[{scale}]", f"{measures[name].label}: {scale.replace('_', ' ')}")
            for scale in scales
            for name in ("score", "scale_change")
            if name in measures
        ]
        self.fields["quantity"] = forms.ChoiceField(label="What", choices=[("", "---------"), *plain, *scored])
        self.fields["zone"] = forms.ChoiceField(label="Where", choices=zones)
        self.fields["session_number"] = forms.ChoiceField(
            label="Of which session",
            choices=[("", "–"), *sessions],
            required=False,
            help_text="For what is read once of a session, such as pain while needling or how long redness lasted.",
        )
        self.fields["unit"].required = False
        self.fields["unit"].help_text = "Empty: the usual unit of what is measured."
        self.order_fields(["quantity", "zone", "session_number", "seen_on", "value", "unit", "read_by", "note"])
        for name in ("quantity", "zone", "session_number"):
            dress(self.fields[name])

    def clean_seen_on(self) -> date:
        """Not in the future."""
        return not_later(self.cleaned_data["seen_on"])

    def clean(self) -> dict[str, Any] | None:
        """The unit where it is usual; the session where the quantity is of one."""
        from ..calls.follow import of_a_session

        cleaned = super().clean()
        said = self.cleaned_data
        base = split(said.get("quantity") or "")[0]
        if base in self.measures:
            said["unit"] = said.get("unit") or self.measures[base].unit
            number = said.get("session_number") or ""
            if of_a_session(base) and not number:
                self.add_error("session_number", "This is read of one session; say of which.")
            elif of_a_session(base):
                said["quantity"] = f"{base}[{number}]"
        return cleaned


class SymptomForm(RecordForm[Symptom]):
    """What the person noticed, in their words."""

    class Meta:
        model = Symptom
        fields = ["words", "zone", "noticed_on", "getting"]

    def __init__(self, *args: Any, zones: Sequence[Choice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["zone"] = forms.ChoiceField(label="Where", choices=[("", "not said"), *zones], required=False)
        self.fields["words"].help_text = "As it was said: “red and hot, a little swollen”."
        self.fields["getting"].label = "Is it getting"
        dress(self.fields["zone"])

    def clean_noticed_on(self) -> date:
        """Not in the future."""
        return not_later(self.cleaned_data["noticed_on"])


class HomeForm(forms.Form):
    """The questions of a link: what may be read at home, and whatever else was noticed. It names nobody."""

    def __init__(self, *args: Any, zones: Sequence[Choice], measures: Mapping[str, MeasureRow], **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.asked: list[tuple[str, str, str]] = []
        for number, (zone, said) in enumerate(zones):
            for name in AT_HOME:
                row = measures.get(name)
                if row is None or row.patient is None:
                    continue
                question, scale = WORDS[name]
                label = f"{said.capitalize()}: {question[0].lower()}{question[1:]}" if len(zones) > 1 else question
                key = f"{name}-{number}"
                self.fields[key] = forms.FloatField(
                    label=label, help_text=scale, min_value=row.low, max_value=row.high, required=False
                )
                self.asked.append((key, name, zone))
        self.fields["words"] = forms.CharField(
            label="Did you notice anything else?", max_length=300, widget=forms.Textarea, required=False
        )
        self.fields["getting"] = forms.ChoiceField(
            label="Is that getting",
            choices=[("", "not said"), ("better", "better"), ("same", "the same"), ("worse", "worse")],
            required=False,
        )
        for field in self.fields.values():
            dress(field)

    def clean(self) -> dict[str, Any]:
        """Something has to be said."""
        said = super().clean() or self.cleaned_data
        if not self.errors and not any(value not in (None, "") for value in said.values()):
            raise forms.ValidationError("Nothing is filled in yet.")
        return said

    def readings(self) -> list[tuple[str, str, float]]:
        """Quantity, zone and value of every question that was answered."""
        return [
            (name, zone, self.cleaned_data[key]) for key, name, zone in self.asked if self.cleaned_data.get(key) is not None
        ]


class PhotoForm(RecordForm[Photo]):
    """A photograph and what it shows."""

    file = forms.FileField(label="Photograph", help_text="JPEG, PNG or WebP. Place, time and device are taken off it.")

    class Meta:
        model = Photo
        fields = ["view", "session", "taken_at", "note"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].widget.attrs |= {"accept": "image/jpeg,image/png,image/webp"}
        self.fields["session"].queryset = Session.objects.filter(  # type: ignore[attr-defined]
            patient=self.instance.patient, state__in=("planned", "under_way")
        )
        self.fields["session"].empty_label = "no session"  # type: ignore[attr-defined]
        self.order_fields(["view", "file", "session", "taken_at", "note"])


class IncidentForm(RecordForm[AdverseEvent]):
    """What happened, after which session, and what was done."""

    class Meta:
        model = AdverseEvent
        fields = ["kind", "session", "noticed_on", "grade", "zone", "told", "done", "outcome", "reported_on"]

    def __init__(self, *args: Any, kinds: Sequence[Choice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"] = forms.ChoiceField(label="What it is", choices=[("", "---------"), *kinds])
        self.fields["session"].queryset = Session.objects.filter(  # type: ignore[attr-defined]
            patient=self.instance.patient, state="done"
        ).order_by("-started_at")
        self.fields["session"].empty_label = "after no session"  # type: ignore[attr-defined]
        self.fields["session"].label = "After which session"
        self.fields["zone"].label = "Where"
        dress(self.fields["kind"])

    def clean_noticed_on(self) -> date:
        """Not in the future."""
        return not_later(self.cleaned_data["noticed_on"])


class CloseForm(forms.Form):
    """Who closes an incident says how it ended."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="How it ended", choices=[one for one in AdverseEvent.OUTCOMES if one[0] != "open"], widget=forms.RadioSelect
    )
    done = forms.CharField(label="What was done", max_length=2000, widget=forms.Textarea)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            dress(field)


def not_later(day: date) -> date:
    """A day that has been; a fault for one to come."""
    if day > date.today():
        raise forms.ValidationError("Lies in the future.")
    return day
