"""Forms of planning and prescribing: what a course is asked for, a reason to go on, a judgement, a signature."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from ..calls import known
from ..calls.document import Wanted
from .record import dress

ENOUGH = 10  # letters of a reason
BUDGETS = [("24", "quick look, about a minute"), ("60", "usual"), ("200", "thorough")]


class _Plain(forms.Form):
    """A form that is no record's."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            dress(field)


class WantedForm(_Plain):
    """What a course is asked for."""

    device = forms.ChoiceField(label="Device")
    start = forms.DateField(label="First session")
    most_sessions = forms.IntegerField(label="At most so many sessions", min_value=1, max_value=12, required=False)
    most_downtime = forms.FloatField(label="At most so many days of downtime", min_value=0, max_value=30, required=False)
    how = forms.ChoiceField(
        label="How",
        choices=[
            ("usual", "the literature's usual course, at once"),
            ("search", "search for courses that suit this person"),
        ],
        widget=forms.RadioSelect,
        initial="usual",
    )
    budget = forms.ChoiceField(label="How thorough a search", choices=BUDGETS, initial="24", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["device"].choices = known.devices()  # type: ignore[attr-defined]

    def clean_start(self) -> date:
        """Not in the past."""
        start: date = self.cleaned_data["start"]
        if start < date.today():
            raise forms.ValidationError("Lies in the past.")
        return start

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        said = self.cleaned_data
        return Wanted(said["device"], said["start"], said["most_sessions"], said["most_downtime"])


class OverrideForm(_Plain):
    """Why a prescriber goes on in spite of a soft stop."""

    reason = forms.CharField(
        label="Your reason",
        min_length=ENOUGH,
        max_length=2000,
        widget=forms.Textarea,
        help_text="It stands in the case, on the report and in the log, with your name.",
    )


class JudgementForm(_Plain):
    """What a clinician says of words that the twin does not know."""

    about = forms.CharField(label="Words of the history", max_length=200)
    reading = forms.CharField(
        label="What they are", max_length=60, help_text="“harmless”, or a concept of the vocabulary such as retinoid."
    )
    reason = forms.CharField(label="Your reason", min_length=ENOUGH, max_length=2000, widget=forms.Textarea)


class SignatureForm(_Plain):
    """A signature is a name and a yes; who signs is who is signed in."""

    digest = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label="Your name, as you sign", max_length=120)
    read = forms.BooleanField(label="I have read the course, the findings and what the twin does not know.")
