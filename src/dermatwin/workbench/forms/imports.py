"""Forms of imported records."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from ..calls.recorded import LONGEST
from ..models import Import, ImportLine
from .record import RecordForm


class UploadForm(forms.Form):
    """A file with somebody's record."""

    record = forms.FileField(
        label="File with the record",
        help_text="FHIR R4 as JSON: a bundle, for example of $everything, or JSON lines. At most 20 MB.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".json,.ndjson,application/json,application/fhir+json"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)

    def clean_record(self) -> UploadedFile:
        """Not more than a page can take."""
        given: UploadedFile = self.cleaned_data["record"]
        if (given.size or 0) > LONGEST:
            raise forms.ValidationError(f"The file has {given.size:,} bytes; a page takes at most {LONGEST:,}.")
        return given


class LineForm(RecordForm[ImportLine]):
    """Why a line of a record does not count."""

    class Meta:
        model = ImportLine
        fields = ["reason"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = True
        self.fields["reason"].help_text = "For example: asked today, never took it; or a slip of the other system."


class AsideForm(RecordForm[Import]):
    """Why a whole record is set aside."""

    class Meta:
        model = Import
        fields = ["said"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["said"]
        field.required, field.label = True, "Why the record is set aside"
        field.help_text = "For example: it is of another person."
