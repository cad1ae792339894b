"""Needle arrays, and the kinds of thing that move them."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ...core.vocabulary import MOVED_ONLY, Layout, Movement, Phototype
from .cells import Count, Grade, Id, NotNegative, Positive, Ref, Sources, Word, Words
from .row import Link, Row, Wrong

Assumable = Literal[
    "needle_count",
    "needle_diameter",
    "tip_diameter",
    "min_length",
    "max_length",
    "frequency",
    "max_frequency",
    "track_width",
    "drum_diameter",
    "array_area",
    "pitch",
    "layout",
    "rows",
]
"""Properties of a device that may stand in for what no source states."""

KindName = Annotated[Word, Ref.of("device_kinds.kind")]

EACH = ("compliance_factor", "contact_gap", "planned_passes")
NUMBERS: dict[Movement, tuple[str, ...]] = {
    "strokes": ("passes", "hand_speed", "frequency", "track_width", "pitch"),
    "rolls": ("passes", "hand_speed", "force", "drum_diameter", "track_width"),
    "presses": ("passes", "hand_speed", "force", "array_area"),
}
"""Families of parameters that every movement needs, and those that one needs."""


class DeviceKindRow(Row):
    """One kind of device: how it moves, whose parameters hold for it, and whether it burns.

    A kind that only trials speak of, and no case can hold, has neither movement nor parameters.
    """

    table: ClassVar[str] = "device_kinds"
    key: ClassVar[tuple[str, ...]] = ("kind",)

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    label: Word
    movement: Movement | None
    parameters: Word | None
    heat: bool
    note: str

    def laws(self) -> Iterator[Wrong]:
        """What moves has numbers; what heats cannot be simulated."""
        if (self.movement is None) != (self.parameters is None):
            wrong, other = ("parameters", "movement") if self.parameters is None else ("movement", "parameters")
            yield Wrong(wrong, f"is empty; {other} needs it")
        if self.heat and self.movement is not None:
            yield Wrong("heat", "does not go with a movement: the twin has no model of burnt tissue; leave movement empty")

    def needs(self) -> Iterator[Link]:
        """The numbers of its movement."""
        for family in (*EACH, *NUMBERS[self.movement]) if self.movement else ():
            yield Link("parameters", f"{family}[{self.parameters}]", ("parameters.name",))


class DeviceRow(Row):
    """One device. Of its geometry, what no source states stands here all the same and its name stands in `assumed`."""

    table: ClassVar[str] = "devices"
    key: ClassVar[tuple[str, ...]] = ("id",)
    called: ClassVar[tuple[str, ...]] = ("id", "name", "aliases")
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (
        ("tip_diameter_um", "needle_diameter_um"),
        ("min_length_mm", "max_length_mm"),
        ("labelled_max_length_mm", "max_length_mm"),
        ("frequency_hz", "max_frequency_hz"),
    )

    id: Id
    name: Word
    kind: KindName
    needle_count: Annotated[int, Field(ge=1, le=2000)]
    needle_diameter_um: Positive
    tip_diameter_um: Positive
    min_length_mm: NotNegative
    max_length_mm: Positive
    labelled_max_length_mm: Positive | None
    frequency_hz: Positive | None
    max_frequency_hz: Positive | None
    track_width_mm: Positive | None
    drum_diameter_mm: Positive | None
    array_area_cm2: Positive | None
    pitch_mm: Positive | None
    layout: Layout | None
    rows: Count | None
    cleared: str
    indication: str
    phototypes: tuple[Phototype, ...]
    aliases: Words
    assumed: tuple[Assumable, ...]
    grade: Grade
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """Needles that narrow towards the tip, lengths in order."""
        yield from super().laws()
        if self.rows is not None and self.rows > self.needle_count:
            yield Wrong("rows", f"is above needle_count, {self.needle_count}")

    def misplaced(self, movement: Movement) -> Iterator[str]:
        """Columns that are filled although they do not apply to what moves so."""
        for name, movements in MOVED_ONLY.items():
            column = f"{name}_hz" if name.endswith("frequency") else name
            if getattr(self, column) is not None and movement not in movements:
                yield column
