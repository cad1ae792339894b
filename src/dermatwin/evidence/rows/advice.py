"""What people are told and what a clinic does: hours, steps, signs for which to call, preparations, alternatives."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import ConcernName, Count, Grade, Id, NotNegative, Positive, QuantityName, Ref, Sources, Word
from .row import Row

Applies = Literal["always", "dark", "face", "anaesthetic"]
Activity = Literal[
    "acid",
    "alcohol_products",
    "cleanser",
    "clothing",
    "deodorant",
    "flaking",
    "hair_colour",
    "hair_wash",
    "hot_air",
    "housework",
    "injection",
    "laser",
    "lenses",
    "look",
    "makeup",
    "minoxidil",
    "painkiller",
    "peel",
    "pigment",
    "products",
    "retinoid",
    "rings",
    "scratching",
    "shaving",
    "smoking",
    "sun",
    "sun_daily",
    "sunscreen",
    "sweat",
    "water",
    "water_hot",
    "waxing",
]
ConceptName = Annotated[Word, Ref.of("vocabulary.concept")]
Place = Annotated[Word, Ref.of("regions.name", "sites.site")]
"""A region, which means all of its sites, or one site."""


class CareStepRow(Row):
    """One instruction that has no hours, or (`stop`) one reason to stop needling."""

    table: ClassVar[str] = "care_steps"
    key: ClassVar[tuple[str, ...]] = ("phase", "instruction")

    phase: Literal["before", "session", "stop"]
    applies_if: Applies
    instruction: Word
    source: Sources
    grade: Grade


class ClockRow(Row):
    """What is done or left, in hours around a session, at some places or everywhere; the only place for such hours.

    concepts : it is told to people whose history holds one of them; to everybody where there is none. rules : rules of
    screening that speak of the same. computed : the waiting time that stands beside it. `{lasting}` in the instruction is
    the span of the hours in words.
    """

    table: ClassVar[str] = "clock"
    key: ClassVar[tuple[str, ...]] = ("phase", "activity", "sites", "concepts")
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("from_h", "to_h"),)

    phase: Literal["before", "aftercare"]
    activity: Activity
    from_h: float
    to_h: float
    sites: tuple[Place, ...]
    applies_if: Applies
    concepts: tuple[ConceptName, ...]
    rules: tuple[Id, ...]
    computed: Literal["no_makeup_before", "no_actives_before"] | None
    instruction: Word
    grade: Grade
    source: Sources

    @property
    def lasting(self) -> float:
        """Hours for which it holds: up to the session, or from it on."""
        return -self.from_h if self.phase == "before" else self.to_h


class RedFlagRow(Row):
    """One sign for which to call, its window in hours after the session (open where `to_h` is empty), and what to do."""

    table: ClassVar[str] = "red_flags"
    key: ClassVar[tuple[str, ...]] = ("id",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("from_h", "to_h"),)

    id: Id
    sign: Word
    from_h: NotNegative
    to_h: NotNegative | None
    possible_cause: Word
    action: Literal["emergency", "call the clinic the same day", "call the clinic within days"]
    meanwhile: str
    source: Sources
    grade: Grade
    note: str


class PreparationRow(Row):
    """Something put on or worn for a purpose, in the order in which it is chosen.

    concepts : what it is or holds, to which a person may be allergic. not_at : where it is not used. not_with : what a
    person may have with which it is not used.
    """

    table: ClassVar[str] = "preparations"
    key: ClassVar[tuple[str, ...]] = ("purpose", "rank")

    purpose: Literal["antisepsis", "glide", "rinse", "gloves", "soothing"]
    rank: Count
    preparation: Word
    concepts: tuple[ConceptName, ...]
    not_at: tuple[Place, ...]
    not_with: tuple[ConceptName, ...]
    grade: Grade
    source: Sources
    note: str


class SessionTimeRow(Row):
    """How long one part of an appointment takes; `usual` is all of it but the wait for numbing cream."""

    table: ClassVar[str] = "session_times"
    key: ClassVar[tuple[str, ...]] = ("part",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("low_min", "high_min"),)

    part: Literal["preparation", "afterwards", "usual"]
    low_min: Positive
    high_min: Positive
    grade: Grade
    source: Sources
    note: str


class ComplicationRow(Row):
    """What a clinic does when something goes wrong; `plain` names it to a person, `risk` is the quantity that counts it."""

    table: ClassVar[str] = "complication_steps"
    key: ClassVar[tuple[str, ...]] = ("id",)

    id: Id
    complication: Word
    plain: str
    risk: QuantityName | None
    signs: Word
    first_steps: Annotated[tuple[Word, ...], Field(min_length=1)]
    refer_to: Word
    urgency: Literal["emergency", "now", "same day", "within days"]
    grade: Grade
    source: Sources
    note: str


class AlternativeRow(Row):
    """What can be done instead of needling about a concern; about every concern where none is named."""

    table: ClassVar[str] = "alternatives"
    key: ClassVar[tuple[str, ...]] = ("concern",)

    concern: ConcernName | None
    alternative: Word
    grade: Grade
    source: Sources
