"""Needle arrays and what moves them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ...core.vocabulary import DeviceKind, Layout, Phototype
from .cells import Count, Grade, Id, NotNegative, Positive, Sources, Word, Words
from .row import Row, Wrong

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

_ONLY = {"frequency_hz": ("pen",), "max_frequency_hz": ("pen",), "layout": ("pen", "stamp"), "rows": ("roller",)}
"""Columns that apply to some kinds of device only."""


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
    kind: DeviceKind
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
        """Needles that narrow towards the tip, lengths in order, and nothing that does not apply to the kind."""
        yield from super().laws()
        for column, kinds in _ONLY.items():
            if getattr(self, column) is not None and self.kind not in kinds:
                yield Wrong(column, f"does not apply to a {self.kind}; leave it empty")
        if self.rows is not None and self.rows > self.needle_count:
            yield Wrong("rows", f"is above needle_count, {self.needle_count}")
