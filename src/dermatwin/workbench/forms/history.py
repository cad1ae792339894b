"""Forms of the history."""

from __future__ import annotations

from typing import Any

from ..models import HistoryItem
from .record import RecordForm


class HistoryItemForm(RecordForm[HistoryItem]):
    """One line of the history. A line that is typed here is confirmed by whoever types it."""

    class Meta:
        model = HistoryItem
        fields = ["kind", "text", "status", "since", "until", "zone", "note", "source"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [one for one in HistoryItem.KINDS if one[0] != "unknown"]  # type: ignore[attr-defined]
        self.fields["until"].help_text = "For what is over: the last day, or the last use."
        self.fields["text"].help_text = "As it is written or said: a name, a brand, a code."

    def clean(self) -> dict[str, Any] | None:
        """What began does not end before."""
        cleaned = super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "Lies before the day on which it began.")
        return cleaned


class DismissForm(RecordForm[HistoryItem]):
    """Why a line does not count."""

    class Meta:
        model = HistoryItem
        fields = ["dismissed"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["dismissed"].required = True
        self.fields["dismissed"].help_text = "For example: entered for the wrong person, or ruled out by a letter of 3 May."
