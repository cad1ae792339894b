"""How measurements are read from the twin, and where they contradict one another."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from ...core.vocabulary import Layer
from .cells import Grade, Id, NotNegative, SourceId, Sources, Word
from .row import Link, Row, Wrong

OF_TISSUE = (
    "tissue",
    "opposite",
    "ratio",
    "synthesis",
    "crosslink",
    "extractable",
    "cells",
    "peak",
    "lasting",
    "column",
    "intact",
)
OF_TRIALS = ("arm", "untreated", "relative", "share", "responders", "scored")
OF_PARAMETERS = ("factor", "percent", "loss", "power", "steroid", "delay", "off")
_NUMBER, _LINE = re.compile(r"\d+(\.\d+)?"), re.compile(r"\d+")
Way = Literal[
    "tissue",
    "opposite",
    "ratio",
    "synthesis",
    "crosslink",
    "extractable",
    "cells",
    "peak",
    "lasting",
    "column",
    "intact",
    "closure",
    "insertion",
    "erythema",
    "pain",
    "event",
    "arm",
    "untreated",
    "relative",
    "share",
    "responders",
    "factor",
    "percent",
    "loss",
    "power",
    "decade",
    "skin",
    "steroid",
    "aged",
    "delay",
    "off",
    "scored",
]
"""Ways of predicting a quantity of healing_timecourse.csv."""


class ObservableRow(Row):
    """How a quantity is read from the states of the network, for other people's fitters."""

    table: ClassVar[str] = "observables"
    key: ClassVar[tuple[str, ...]] = ("quantity",)

    quantity: Annotated[Word, Field(pattern=r"^[a-z0-9_]+$")]
    injury: Literal["needling", "wound"]
    layer: Layer
    formula: Word
    scaled: bool
    error: NotNegative | None
    grade: Grade
    note: str

    def laws(self) -> Iterator[Wrong]:
        """An error where the study gives none: what is scaled has the study's own."""
        if self.error is None and not self.scaled:
            yield Wrong("error", "is empty; it needs a number")


class ReadingRow(Row):
    """How a quantity is predicted, or why it is not.

    `name` and `layer` mean what the way makes of them: states and a layer of the network, a concern and a scale of a trial,
    a parameter and a number.
    """

    table: ClassVar[str] = "validation_map"
    key: ClassVar[tuple[str, ...]] = ("quantity",)

    quantity: Annotated[Word, Field(pattern=r"^[a-z0-9_]+$")]
    way: Way | None
    name: str
    layer: str
    scale: Literal["log", "absolute", "sign"] | None
    note: str

    def laws(self) -> Iterator[Wrong]:
        """What is predicted has a scale, what is not has a reason."""
        if self.way is not None and self.scale is None:
            yield Wrong("scale", "is empty; one of log, absolute, sign")
        if self.way is None and not self.note:
            yield Wrong("note", "is empty; say why it is not predicted")
        if self.way in OF_TISSUE and self.layer not in get_args(Layer):
            yield Wrong("layer", f"is not one of {', '.join(get_args(Layer))}")
        if self.way == "power" and not _NUMBER.fullmatch(self.layer):
            yield Wrong("layer", "is not a number; the parameter is the power to which one is raised, such as 0.5")

    def links(self) -> Iterator[Link]:
        """The concern and the scale of a trial, the parameter that is read."""
        if self.way in OF_TRIALS:
            yield Link("name", self.name, ("concerns.concern",))
        if self.way in ("arm", "untreated"):
            yield Link("layer", self.layer, ("scales.id",))
        if self.way in OF_PARAMETERS:
            yield Link("name", self.name, ("parameters.name",))

    def needs(self) -> Iterator[Link]:
        """The slope with age of what slows."""
        if self.way == "aged":
            yield Link("name", f"{self.name}_age_slope", ("parameters.name",))


class TensionRow(Row):
    """Measurements that contradict one another, and what is made of it; `rows` are written file:source, or file:line."""

    table: ClassVar[str] = "tensions"
    key: ClassVar[tuple[str, ...]] = ("id",)

    id: Id
    rows: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z_]+\.csv:[a-z0-9_]+$")], ...], Field(min_length=1)]
    quantity: Annotated[tuple[Word, ...], Field(min_length=1)]
    what_disagrees: Word
    how_dermatwin_handles: Word
    source: Sources

    def links(self) -> Iterator[Link]:
        """The study of each entry, in its file."""
        for entry in self.rows:
            file, _, study = entry.partition(":")
            if _LINE.fullmatch(study):
                continue
            yield Link("rows", study, (f"measurements/{file.removesuffix('.csv')}.source",))


class KnownValueRow(Row):
    """What a packaged row measured, as the scores read it: on it stands the naive baseline, for any folder.

    place : file and line of the row. of : the file of measurements to whose kind it belongs. share : the value on a footing
        that all scales have, where it has one.
    """

    table: ClassVar[str] = "known_values"
    key: ClassVar[tuple[str, ...]] = ("place",)

    place: Annotated[Word, Field(pattern=r"^[a-z_/]+\.csv:[0-9]+$")]
    of: Annotated[Word, Field(pattern=r"^[a-z_]+\.csv$")]
    source: SourceId
    quantity: Word
    scale: Literal["log", "absolute", "sign"]
    bound: Literal["upper", "lower"] | None
    value: float
    footing: str
    share: float | None
    concern: str
    arm: str
