"""The vocabulary of a person's history: what it may speak of, the places it names, and what such a fact does to a risk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Blank, Grade, Id, ParameterName, QuantityName, Ref, Sources, Word, Words
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
