"""The vocabulary of a person's history: what it may speak of, the places it names, and what such a fact does to a risk."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Age, Blank, Grade, Id, ParameterName, QuantityName, Ref, Sources, Word, Words
from .row import Link, Row, Wrong

Concept = Annotated[Word, Ref.of("vocabulary.concept")]
Concepts = tuple[Concept, ...]
SomeConcepts = Annotated[Concepts, Field(min_length=1)]

Time = Literal["present", "past", "ever", "window", "family"]
"""When something counts: now, when it is over, at any time, within a window before the course, in a relative."""

Window = Annotated[str, Field(pattern=r"^(|[1-9]\d* (day|week|month|year)s?)$"), Blank("")]
"""A length of time on the calendar: '10 days'."""

EVERYWHERE = "everywhere"
REGION = "region:"


class VocabularyRow(Row):
    """One thing that a history can speak of, with every name of it; a name of one word may end or begin with a star.

    parents : what it is or holds. course : how a condition runs: lasting (had once, has it), state (named = there now),
    episode (comes and goes), event (is over). codes : 'system:code', of icd10cm, snomed, rxnorm, atc or loinc.
    """

    table: ClassVar[str] = "vocabulary*"
    key: ClassVar[tuple[str, ...]] = ("concept",)

    concept: Id
    kind: Literal["condition", "medicine", "substance", "procedure", "habit", "device", "none"]
    label: Word
    parents: Concepts
    names: Words
    brands: Words
    codes: tuple[Annotated[str, Field(pattern=r"^(icd10cm|snomed|rxnorm|atc|loinc):[A-Za-z0-9.-]+$")], ...]
    course: Annotated[Literal["lasting", "state", "episode", "event", ""], Blank("")]
    source: Sources
    note: str


class RecordCodeRow(Row):
    """What a code of an observation, or of its value, says in a clinical record (FHIR R4).

    reads : state (the observation asks how a concept stands), yes, no, past, unsure (answers), level (a measured value that
    from `least` on speaks for the concept), or the field of the person that it fills: phototype, weight, age.
    """

    table: ClassVar[str] = "record_codes"
    key: ClassVar[tuple[str, ...]] = ("code",)

    code: Annotated[str, Field(pattern=r"^(snomed|loinc):[A-Za-z0-9.-]+$")]
    reads: Literal["state", "yes", "no", "past", "unsure", "level", "phototype", "weight", "age"]
    concept: Concept | None
    unit: str
    least: float | None
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A level has a concept, a unit and the value from which it speaks."""
        yield from super().laws()
        if (self.reads == "level") != (self.least is not None):
            yield Wrong("least", "goes with 'level' and only with it")
        if self.reads in ("state", "level") and not self.concept:
            yield Wrong("concept", "is missing; name what the observation is about")


class PlaceRow(Row):
    """A place that a history names, and the sites that it covers: by name, 'region:' a region, or everywhere."""

    table: ClassVar[str] = "places"
    key: ClassVar[tuple[str, ...]] = ("place",)

    place: Id
    names: Words
    sites: Words

    def links(self) -> Iterator[Link]:
        """Sites stand in the table of sites, regions as well."""
        for site in self.sites:
            if site.startswith(REGION):
                yield Link("sites", site.removeprefix(REGION), ("sites.region",))
            elif site != EVERYWHERE:
                yield Link("sites", site, ("sites.site",))


class Asked(Row):
    """What is asked of the facts of a person before a row counts."""

    concepts: SomeConcepts
    without: Concepts
    manners: Words
    not_manners: Words
    time: Time
    window: Window

    def laws(self) -> Iterator[Wrong]:
        """A window where the time is one, and only there."""
        yield from super().laws()
        if (self.time == "window") != bool(self.window):
            yield Wrong("window", "goes with the time 'window' and only with it")


class RiskModifierRow(Asked):
    """A fact of the history multiplies the hazard of one event by one parameter."""

    table: ClassVar[str] = "risk_modifiers"
    key: ClassVar[tuple[str, ...]] = ("risk", "concepts", "time")

    risk: QuantityName
    factor: ParameterName
    source: Sources
    grade: Grade
    note: str


class AnamnesisRow(Asked):
    """A question of the anamnesis: a yes stands for its concepts, in its role, at its time; a no denies them.

    details : what is asked after a yes. sex, age_from_yr, age_below_yr, courses, regions : whom it is asked, where they are
        not empty; courses are concepts that a device or an adjunct names. after : the question whose yes opens this one.
    """

    table: ClassVar[str] = "anamnesis"
    key: ClassVar[tuple[str, ...]] = ("id",)

    id: Id
    group: Word
    label: Word
    question: Word
    role: Literal["condition", "medicine", "allergy", "procedure", "habit"]
    details: tuple[Literal["since", "until", "zone", "which"], ...]
    sex: Annotated[Literal["female", "male", ""], Blank("")]
    age_from_yr: Age | None
    age_below_yr: Age | None
    courses: Concepts
    regions: tuple[Annotated[Word, Ref.of("regions.name")], ...]
    after: Annotated[str, Blank("")]
    source: Sources
    grade: Grade
    note: str

    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("age_from_yr", "age_below_yr"),)

    def links(self) -> Iterator[Link]:
        """The question that opens this one stands in the same table."""
        if self.after:
            yield Link("after", self.after, ("anamnesis.id",))

    def laws(self) -> Iterator[Wrong]:
        """A question does not open itself."""
        yield from super().laws()
        if self.after == self.id:
            yield Wrong("after", "is the question itself; name another one, or none")
