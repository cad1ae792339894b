"""One line of a record under review: what it says, what was made of it, and why not where nothing was."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

Outcome = Literal["mapped", "listed", "aside"]
"""mapped: read as facts, or as a field of the person; listed: kept, not understood; aside: understood, and says nothing
here."""

Standing = Literal["active", "past", "family", "unknown", ""]
"""How a line stands, in the words of `Origin.status` of a case."""


@dataclass(frozen=True)
class Said:
    """What a resource says, before anybody has looked it up.

    place : the list of the patient that it would stand in, empty where none. states : the status in the record's own words.
    why : why it is not read further: set aside where `aside`, else kept as not understood.
    field, value : a field of the patient that it fills. about : what it is one of several states of, over time.
    """

    text: str
    codes: tuple[str, ...] = ()
    place: str = ""
    status: Standing = ""
    states: str = ""
    since: date | None = None
    until: date | None = None
    note: str = ""
    why: str = ""
    aside: bool = False
    field: str = ""
    value: Any = None
    about: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the review.

    record : which line of the record it is ('Condition/12'). says, codes, states : in the record's words. place : where it
    stands in the case (conditions, medications, allergies, recent_procedures, a field of the patient, an answer of the
    anamnesis); empty where it does not. status, since, until : as they are taken over. stands : how the gravest fact
    stands (active, past, family, unknown). reads : labels of the facts.
    concepts : their ids. by : code, words or value. reason : why it is listed or set aside, or what is to be noticed.
    item : the item of the case, as plain values.
    """

    record: str
    kind: str
    says: str
    codes: tuple[str, ...]
    states: str
    outcome: Outcome
    place: str = ""
    status: Standing = ""
    since: date | None = None
    until: date | None = None
    stands: str = ""
    reads: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    by: Literal["code", "words", "value", ""] = ""
    reason: str = ""
    item: dict[str, Any] | None = None
    value: Any = None

    @property
    def to_confirm(self) -> bool:
        """Whether a person has to confirm it before it counts as asked."""
        return self.place != ""

    def confirmed(self, by: str) -> Line:
        """The line as a person confirmed it, whose name stands in the item from then on."""
        if self.item is None:
            return self
        origin = {**self.item.get("origin", {"record": self.record}), "confirmed": by}
        return replace(self, item={**self.item, "origin": origin})

    def to_dict(self) -> dict[str, Any]:
        """Plain data, days as text."""
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(self).items()}
