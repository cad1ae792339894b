"""The case: one document that says who is treated, where, with what and what was seen.

Records only; what is *true* of a case beyond its shape (zones that exist, settings that fit the device) is checked in
`case.checks`. Every record is frozen: change one with `model_copy(update=...)`.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..core.printing import visible
from ..core.vocabulary import Layout, Phototype, Species, Vehicle
from .quantity import (
    Age,
    Area,
    BodyMass,
    Clock,
    Coordinate,
    CourseTime,
    Density,
    Dose,
    Downtime,
    Force,
    Fraction,
    Frequency,
    Horizon,
    Interval,
    NeedleLength,
    SmallLength,
    Speed,
    TrackSpacing,
)

SCHEMA_VERSION = 1
_DIGITS_OF_A_DAY = 6  # numerical


class Record(BaseModel):
    """Base of every record: frozen, no unknown keys, no silent conversions; its reader is built when first asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_max_length=20_000, defer_build=True)


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years of what anybody who is treated has lived or may live to see."""


def _read_date(value: Any) -> date:
    if isinstance(value, date):
        return _of_our_time(value)
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date", "is not a date; write for example 2026-01-12")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "is not a day of the calendar; write for example 2026-01-12") from None
    return _of_our_time(day)


def _of_our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        why = f"is outside the years {FIRST_YEAR}-{LAST_YEAR}"
        raise PydanticCustomError("date", "{why}", {"why": why})
    return day


def _read_said(least: int) -> Callable[[Any], Any]:
    """Text that says something: so many characters that can be seen, a letter or a digit among them."""

    def read(value: Any) -> Any:
        if not isinstance(value, str) or len(value) < least:  # told as such
            return value
        seen = visible(value)
        if len(seen) < least or not any(one.isalnum() for one in seen):
            why = f"says nothing; write at least {least} letters"
            raise PydanticCustomError("said", "{why}", {"why": why})
        return value.strip()

    return read


def _said(least: int, most: int) -> Any:
    told = Annotated[str, Field(min_length=least, max_length=most)]
    return Annotated[told, BeforeValidator(_read_said(least))]


Date = Annotated[
    date,
    BeforeValidator(_read_date),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date"}),
]

if TYPE_CHECKING:
    Reason = str
    Signed = str
else:
    Reason = _said(10, 2000)
    Signed = _said(2, 200)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Measured = Annotated[float, Field(ge=-1e12, le=1e12)]
Named = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=2000)]
Count = Annotated[int, Field(ge=1, le=60)]
Point = Annotated[list[Coordinate], Field(min_length=2, max_length=2)]


class Origin(Record):
    """The line of somebody's record that an item was read from: its codes, how it stands there, and who has confirmed it."""

    record: Annotated[str, Field(min_length=1, max_length=200)]
    codes: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9]+:[A-Za-z0-9._-]+$", max_length=80)]], Field(max_length=20)
    ] = []
    status: Literal["active", "past", "family", "unknown", ""] = ""
    confirmed: Signed | None = None


class Item(Record):
    """A condition, medicine, allergy or recent procedure; free text is matched against the screening rules."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    since: Date | None = None
    until: Date | None = None
    zone: Name | None = None
    note: Text = ""
    origin: Origin | None = None


def _read_item(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class _TextOrItem:
    """JSON schema of an item: its name alone, or the whole record."""

    @staticmethod
    def __get_pydantic_json_schema__(core_schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 200}, handler(core_schema)]}


Items = Annotated[list[Annotated[Item, BeforeValidator(_read_item), _TextOrItem()]], Field(max_length=200)]


class Reply(Record):
    """The answer to a question of the anamnesis; what is said beside it belongs to a yes."""

    answer: Literal["yes", "no", "not asked"]
    since: Date | None = None
    until: Date | None = None
    zone: Name | None = None
    which: Annotated[str, Field(max_length=120)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


def _read_reply(value: Any) -> Any:
    return value if isinstance(value, (dict, Reply)) else {"answer": value}


class _WordOrReply:
    """JSON schema of a reply: its answer alone, or the whole record."""

    @staticmethod
    def __get_pydantic_json_schema__(core_schema: Any, handler: Any) -> dict[str, Any]:
        word = {"type": "string", "enum": ["yes", "no", "not asked"]}
        return {"description": "the answer alone, or a record of it", "anyOf": [word, handler(core_schema)]}


class Patient(Record):
    """The person (or animal) treated. What is left out is drawn from the population and said so."""

    age: Age
    sex: Literal["female", "male"]
    phototype: Phototype
    species: Species = "human"
    body_weight: BodyMass | None = None
    smoker: bool = False
    pregnant: bool = False
    breastfeeding: bool = False
    conditions: Items = []
    medications: Items = []
    allergies: Items = []
    recent_procedures: Items = []
    anamnesis: dict[str, Annotated[Reply, BeforeValidator(_read_reply), _WordOrReply()]] = {}
    sun: Literal["protected", "usual", "strong"] = "usual"


class ConcernRecord(Record):
    """What bothers the person in a zone, on a scale of the field when there is one."""

    concern: Name
    scale: Name | None = None
    severity: Annotated[float, Field(ge=0.0, le=1e6)] | None = None


class Zone(Record):
    """A stretch of skin. Two zones may share a site (a split face); then each needs a name of its own."""

    zone: Name
    name: Name | None = None
    area: Area
    outline: Annotated[list[Point], Field(min_length=3, max_length=500)] | None = None
    hydration: Literal["dry", "usual", "hydrated"] = "usual"
    treated: bool = True
    concerns: Annotated[list[ConcernRecord], Field(max_length=60)] = []

    @property
    def key(self) -> str:
        """The name by which settings, topicals and results refer to this zone."""
        return self.name or self.zone


class CustomDevice(Record):
    """A device described in the case instead of taken from the catalogue."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "custom device"
    kind: Name
    needle_count: Annotated[int, Field(ge=1, le=2000)]
    needle_diameter: SmallLength
    tip_diameter: SmallLength
    max_length: NeedleLength
    min_length: NeedleLength | None = None
    frequency: Frequency | None = None
    track_width: SmallLength | None = None
    drum_diameter: SmallLength | None = None
    drum_width: SmallLength | None = None
    array_area: Area | None = None
    pitch: SmallLength | None = None
    layout: Layout | None = None
    rows: Annotated[int, Field(ge=1, le=200)] | None = None


class SettingsUsed(Record):
    """What differed from the settings of a zone in a session; what is left out is as it is written for the zone."""

    needle_length: NeedleLength | None = None
    passes: Annotated[int, Field(ge=1, le=100)] | None = None
    hand_speed: Speed | None = None
    frequency: Frequency | None = None
    stroke: SmallLength | None = None
    track_spacing: TrackSpacing | None = None
    directions: Annotated[int, Field(ge=1, le=12)] | None = None
    stretched: bool | None = None
    force: Force | None = None
    density: Density | None = None

    @property
    def stated(self) -> dict[str, Any]:
        """The settings that it changes, by name."""
        named = {name: getattr(self, name) for name in SettingsUsed.model_fields}
        return {name: value for name, value in named.items() if value is not None}


class SettingsChange(SettingsUsed):
    """What is different in some sessions of a zone; what is left out is as in the other sessions."""

    sessions: Annotated[list[Count], Field(min_length=1, max_length=60)]


MOVED = ("passes", "hand_speed", "track_spacing")
"""Settings that say how many needles fall on the skin; a density says it without them."""


class Settings(Record):
    """How one zone is needled: in every session, but for what `changes` says."""

    needle_length: NeedleLength
    device: Named | CustomDevice | None = None
    passes: Annotated[int, Field(ge=1, le=100)] | None = None
    hand_speed: Speed | None = None
    frequency: Frequency | None = None
    stroke: SmallLength | None = None
    track_spacing: TrackSpacing | None = None
    directions: Annotated[int, Field(ge=1, le=12)] | None = None
    stretched: bool = False
    force: Force | None = None
    density: Density | None = None
    changes: Annotated[list[SettingsChange], Field(max_length=60)] = []

    def at(self, session: int) -> Self:
        """The settings of one session, counted from 0, with nothing left to change.

        A density takes the place of passes, hand speed and distance of tracks, and these that of a density.
        """
        stated = next((change.stated for change in self.changes if session + 1 in change.sessions), {})
        gone = MOVED if "density" in stated else ("density",) if set(MOVED) & set(stated) else ()
        return self.model_copy(update={**dict.fromkeys(gone), **stated, "changes": []})


class Sessions(Record):
    """When the treatment sessions are: a count and an interval, or days after the first."""

    count: Count | None = None
    interval: Interval | None = None
    days: Annotated[list[CourseTime], Field(max_length=60)] | None = None


class ActiveShare(Record):
    """One of the actives of a product that a case describes.

    `smiles` describes an active that the table does not hold; it needs the optional extra `chemistry`.
    """

    active: Annotated[str, Field(min_length=1, max_length=100)]
    strength: Fraction
    smiles: Annotated[str, Field(min_length=1, max_length=1000)] | None = None


class InlineProduct(Record):
    """A product described in the case instead of taken from the catalogue: with one active, or with several."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "custom product"
    active: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    strength: Fraction | None = None
    actives: Annotated[list[ActiveShare], Field(max_length=30)] = []
    vehicle: Vehicle = "gel"
    ph: Annotated[float, Field(ge=1.0, le=12.0)] | None = None
    smiles: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    @property
    def contents(self) -> tuple[ActiveShare, ...]:
        """Its actives, whichever way they are written."""
        if self.active is None or self.strength is None:
            return tuple(self.actives)
        return (ActiveShare(active=self.active, strength=self.strength, smiles=self.smiles),)


class Topical(Record):
    """A product put on the skin, at a time relative to the needling."""

    product: Named | InlineProduct
    dose: Dose
    apply: Clock
    remove: Clock | None = None
    occluded: bool = False
    zones: Annotated[list[Name], Field(max_length=24)] | None = None
    sessions: Annotated[list[Count], Field(max_length=60)] | None = None


class Adjunct(Record):
    """A treatment beside the needling (PRP, peel, subcision, LED ...)."""

    adjunct: Name
    zones: Annotated[list[Name], Field(max_length=24)] | None = None
    detail: Text = ""


class Aftercare(Record):
    """What the person does in the days after."""

    occlusion: Clock | None = None
    sun_protection: bool = True


class Course(Record):
    """Device, dates, settings per zone, topicals and adjuncts."""

    device: Named | CustomDevice
    start: Date
    sessions: Sessions
    settings: dict[str, Settings]
    topicals: Annotated[list[Topical], Field(max_length=60)] = []
    adjuncts: Annotated[list[Adjunct], Field(max_length=50)] = []
    aftercare: Aftercare = Aftercare()


class Observation(Record):
    """Something that was measured: drawn beside the prediction of the same quantity, and what a follow-up learns from."""

    quantity: Annotated[str, Field(max_length=200)]
    zone: Name
    time: CourseTime | None = None
    value: Measured
    low: Measured | None = None
    high: Measured | None = None
    band: Literal["sd", "ci90", "ci95", "ci99", "range"] | None = None
    unit: Annotated[str, Field(max_length=80)]
    n: Annotated[int, Field(ge=1)] | None = None
    bound: Literal["upper", "lower"] | None = None
    source: Text = ""
    note: Text = ""
    by: Literal["clinician", "patient", "device", "photo"] | None = None
    error: Annotated[float, Field(gt=0.0, le=1e12)] | None = None
    confirmed: bool = False


class Symptom(Record):
    """Something that the person noticed after a session, in plain words."""

    symptom: Annotated[str, Field(min_length=1, max_length=300)]
    zone: Name | None = None
    time: CourseTime | None = None
    getting: Literal["better", "same", "worse"] | None = None
    note: Text = ""


class Held(Record):
    """A session as it was held: that it was missed, its day where that was another, the settings that were used instead."""

    session: Count
    missed: bool = False
    time: CourseTime | None = None
    settings: dict[str, SettingsUsed] = {}


class Override(Record):
    """A recorded reason to go on in spite of a soft stop. Hard stops cannot be overridden."""

    rule: Annotated[str, Field(max_length=200)]
    reason: Reason
    by: Signed


class Judgement(Record):
    """What a clinician says of words in the history that nobody here knows, or that leave open what is meant."""

    about: Annotated[str, Field(min_length=1, max_length=200)]
    reading: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Reason
    by: Signed
    date: Date


class Cabinet(Record):
    """What the clinic has to choose from when a course is searched for; what is left out is what the course names."""

    devices: Annotated[list[Named | CustomDevice], Field(max_length=20)] = []
    topicals: Annotated[list[Topical], Field(max_length=20)] = []
    adjuncts: Annotated[list[Adjunct], Field(max_length=20)] = []


class Free(Record):
    """Days on which nothing may be seen: one, or from one to another."""

    start: Date
    end: Date | None = None
    note: Text = ""


def _read_free(value: Any) -> Any:
    return value if isinstance(value, (dict, Free)) else {"start": value}


class _DayOrDays:
    """JSON schema of free days: one day alone, or the whole record."""

    @staticmethod
    def __get_pydantic_json_schema__(core_schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "format": "date"}, handler(core_schema)]}


class Accepts(Record):
    """What the person agrees to when a course is searched for; what is left out is not limited."""

    sessions: Count | None = None
    downtime: Downtime | None = None
    keep_free: Annotated[list[Annotated[Free, BeforeValidator(_read_free), _DayOrDays()]], Field(max_length=50)] = []


class TakenFrom(Record):
    """The record that a case was read from, and what it does not say: what stands there in the case was assumed."""

    record: Annotated[str, Field(min_length=1, max_length=200)]
    day: Date
    unsaid: Annotated[list[Literal["age", "sex", "phototype", "course", "pages"]], Field(max_length=5)] = []


class Case(Record):
    """The whole run document."""

    dermatwin: Literal[1] = SCHEMA_VERSION
    title: Annotated[str, Field(max_length=200)] = ""
    description: str = ""
    sources: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)] = []
    patient: Patient
    zones: Annotated[list[Zone], Field(min_length=1, max_length=24)]
    course: Course
    horizon: Horizon = 364.0
    observations: Annotated[list[Observation], Field(max_length=1000)] = []
    symptoms: Annotated[list[Symptom], Field(max_length=200)] = []
    held: Annotated[list[Held], Field(max_length=60)] = []
    overrides: Annotated[list[Override], Field(max_length=200)] = []
    judgements: Annotated[list[Judgement], Field(max_length=200)] = []
    cabinet: Cabinet | None = None
    accepts: Accepts | None = None
    taken_from: TakenFrom | None = None

    def zone(self, key: str) -> Zone:
        """The zone with this key."""
        return next(zone for zone in self.zones if zone.key == key)

    @property
    def session_days(self) -> tuple[float, ...]:
        """Days of the treatment sessions after the first one, to a tenth of a second: 6 x 39.1 d are 234.6 d."""
        sessions = self.course.sessions
        if sessions.days is not None:
            return tuple(round(day, _DIGITS_OF_A_DAY) for day in sessions.days)
        assert sessions.count is not None
        return tuple(round(number * (sessions.interval or 0.0), _DIGITS_OF_A_DAY) for number in range(sessions.count))
