"""Forms of a consultation: the person that day, one question of the anamnesis, a zone with its concerns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory

from ...evidence.rows.history import AnamnesisRow
from ..calls import known
from ..models import Answer, Concern, Consultation, Zone
from .record import RecordForm, dress


class ConsultationForm(RecordForm[Consultation]):
    """The person as they are today."""

    class Meta:
        model = Consultation
        fields = ["day", "phototype", "body_weight_kg", "smoker", "pregnant", "breastfeeding", "sun", "wish", "note"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["phototype"].help_text = "How the skin takes strong sun: I always burns, VI never."
        self.fields["body_weight_kg"].help_text = "Needed for the dose limit of a numbing cream."


class ZoneForm(RecordForm[Zone]):
    """How much of a site is treated."""

    class Meta:
        model = Zone
        fields = ["site", "side", "area_cm2", "hydration"]
        widgets = {"site": forms.HiddenInput, "side": forms.HiddenInput}

    def clean_site(self) -> str:
        """A site of the catalogue."""
        site: str = self.cleaned_data["site"]
        if site not in known.places():
            raise forms.ValidationError("This site is not in the catalogue.")
        return site


class ConcernForm(forms.ModelForm):
    """What bothers the person there; a grade belongs to a scale."""

    class Meta:
        model = Concern
        fields = ["concern", "scale", "grade"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.fields["concern"] = forms.ChoiceField(choices=[("", "none"), *known.concerns()], required=False)
        self.fields["scale"] = forms.ChoiceField(choices=[("", "no scale"), *known.scales()], required=False)
        for field in self.fields.values():
            dress(field)


class _Concerns(BaseInlineFormSet[Concern, Zone, ConcernForm]):
    """At least one concern: without one there is nothing to plan for."""

    def clean(self) -> None:
        super().clean()
        chosen = [form.cleaned_data for form in self.forms if form.cleaned_data.get("concern")]
        if not any(not one.get("DELETE") for one in chosen):
            raise forms.ValidationError("Choose what bothers the person here; without a concern nothing is planned.")


Concerns = inlineformset_factory(
    Zone, Concern, form=ConcernForm, formset=_Concerns, extra=2, max_num=8, can_delete_extra=False
)


class QuestionForm(forms.Form):
    """One question of the anamnesis: yes, no, or not asked; what is said beside it belongs to a yes."""

    answer = forms.ChoiceField(
        choices=[("yes", "yes"), ("no", "no"), ("", "not asked")], widget=forms.RadioSelect, required=False
    )
    which = forms.CharField(label="Which, or what exactly", max_length=120, required=False)
    since = forms.DateField(label="Since", required=False)
    until = forms.DateField(label="Until", required=False)
    zone = forms.CharField(label="Where", max_length=60, required=False)
    note = forms.CharField(label="Note", max_length=200, required=False)

    def __init__(self, row: AnamnesisRow, said: Answer | None, data: Any = None) -> None:
        kept = {name: getattr(said, name) for name in self.base_fields} if said else {}
        super().__init__(data, prefix=row.id, initial=kept, label_suffix="")
        self.row = row
        for name in ("which", "since", "until", "zone"):
            if name not in row.details:
                del self.fields[name]
        if row.role == "procedure" and "since" in self.fields:
            self.fields["since"].label = "Last time on"
        for field in self.fields.values():
            dress(field)

    @property
    def beside(self) -> list[forms.BoundField]:
        """What is asked beside a yes."""
        return [self[name] for name in self.fields if name != "answer"]

    def keep(self, consultation: Consultation, said: Answer | None) -> None:
        """Keep the answer, or take it back where it is not asked any more; nothing where nothing changed."""
        answer = self.cleaned_data["answer"]
        if not answer:
            if said is not None:
                said.delete()
            return
        record = said or Answer(consultation=consultation, question=self.row.id)
        details = {name: self.cleaned_data.get(name) for name in ("which", "since", "until", "zone", "note")}
        wanted = {"answer": answer} | {
            name: (value or ("" if name in ("which", "zone", "note") else None))
            if answer == "yes"
            else ("" if name in ("which", "zone", "note") else None)
            for name, value in details.items()
        }
        if said is None or any(getattr(said, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(record, name, value)
            record.save()
