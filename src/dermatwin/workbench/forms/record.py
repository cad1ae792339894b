"""The form of a record: carries the version that was read, so that nobody's edit is lost, and who makes the record."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django import forms
from django.forms.renderers import DjangoTemplates

from ..models import Record, User

R = TypeVar("R", bound=Record)


class Drawn(DjangoTemplates):
    """Fields as this house draws them: label, help, fault, field, in this order."""

    form_template_name = "workbench/form.html"
    field_template_name = "workbench/field.html"


class RecordForm(forms.ModelForm, Generic[R]):
    """Base of all forms of records."""

    instance: R
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.fields["version"].initial = self.instance.version
        for field in self.fields.values():
            dress(field)

    def keep(self, user: User) -> R:
        """Save over the version that was read; raises `Overtaken` where there is a newer one."""
        if self.instance._state.adding:
            self.instance.made_by = user
        else:
            self.instance.version = self.cleaned_data.get("version") or 0
        return self.save()


def dress(field: forms.Field) -> None:
    """Fields of dates as the browser's own; long texts in few lines."""
    widget = field.widget
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    elif isinstance(field, forms.DateTimeField):
        field.widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        field.input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    elif isinstance(widget, forms.Textarea):
        widget.attrs |= {"rows": 3, "cols": 40}
    if isinstance(field, forms.DateField | forms.DateTimeField):
        field.widget.is_required = field.required
