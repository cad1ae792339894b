"""What is looked at after a session: quantities with their readers' errors, symptoms in plain words, and what to do."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Grade, Id, NotNegative, Positive, QuantityName, Ref, Sources, Spread, Unit, Word, Words
from .row import Row, Wrong

Form = Literal["additive", "ratio", "steps"]
"""How an error is meant: in the unit of the value, on its natural logarithm, or in steps of its scale."""

Reader = Literal["clinician", "patient", "device", "photo"]
Course = Literal["fades", "grows", "neither"]
Level = Literal["reassure", "contact", "urgent"]
"""What is done about a symptom, the mildest first."""

SymptomId = Annotated[Word, Ref.of("symptoms.id")]


class MeasureRow(Row):
    """A quantity that a person is followed by: what it is called, what it can be, and how sure its readers are.

    Errors are one standard deviation of a reading of the same skin at the same time; empty: nobody reads it so. floor : is
    added before the logarithm, so that nothing has one. between_sessions : how one person's sessions differ beyond what
    the twin draws, in the same form. lasting : whether it fades after a session, grows over the course, or neither.
    look_high, look_low : what to look for where it is higher or lower than in nearly everybody.
    """

    table: ClassVar[str] = "follow_measures"
    key: ClassVar[tuple[str, ...]] = ("quantity",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("low", "high"),)

    quantity: QuantityName
    label: Word
    names: Words
    form: Form
    floor: Spread
    unit: Unit
    low: float | None
    high: float | None
    clinician: Positive | None
    patient: Positive | None
    device: Positive | None
    photo: Positive | None
    usual: Reader
    between_sessions: Spread
    lasting: Course
    look_high: str
    look_low: str
    grade: Grade
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """Who usually reads it has an error, and what is read on a logarithm is never below nothing."""
        yield from super().laws()
        if getattr(self, self.usual) is None:
            yield Wrong(self.usual, f"is empty, but {self.usual} is who usually reads it")
        if self.form == "ratio" and (self.low is None or self.low < 0.0):
            yield Wrong("low", "must be 0 or more for a ratio")
        if self.floor and self.form != "ratio":
            yield Wrong("floor", "belongs to a ratio; leave it empty")


class SymptomRow(Row):
    """Something that a person may notice, with the words for it; `lasts` is the quantity that says how long it lasts."""

    table: ClassVar[str] = "symptoms"
    key: ClassVar[tuple[str, ...]] = ("id",)

    id: Id
    label: Word
    names: Words
    lasts: QuantityName | None
    note: str


class TriageRow(Row):
    """What to do about a symptom within a window of hours after a session (open where `to_h` is empty).

    when : any, or only where it is told to get worse. flag : the row of red flags that says the same to the person.
    """

    table: ClassVar[str] = "triage"
    key: ClassVar[tuple[str, ...]] = ("symptom", "when", "from_h")
    replaces: ClassVar[tuple[str, ...]] = ("symptom", "when")
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("from_h", "to_h"),)

    symptom: SymptomId
    when: Literal["any", "worse"]
    from_h: NotNegative
    to_h: Annotated[float, Field(gt=0.0)] | None
    level: Level
    reason: Word
    do: Word
    flag: Annotated[Word, Ref.of("red_flags.id")] | None
    source: Sources
    grade: Grade
    note: str

    def laws(self) -> Iterator[Wrong]:
        """Nobody is reassured for ever, nor about what gets worse."""
        yield from super().laws()
        if self.level == "reassure" and self.to_h is None:
            yield Wrong("to_h", "is empty; a reassurance has an end")
        if self.level == "reassure" and self.when == "worse":
            yield Wrong("level", "reassures about what gets worse; write contact or urgent")
