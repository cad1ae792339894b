"""The register of sources: who says what."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Id, Word
from .row import Row

ASSUMPTION = "assumption"


class SourceRow(Row):
    """One source. Kind `assumption` is the authors' own; nothing that rests on it alone has a grade better than E."""

    table: ClassVar[str] = "sources*"
    key: ClassVar[tuple[str, ...]] = ("source",)

    source: Id
    title_or_citation: Word
    year: Annotated[str, Field(pattern=r"^((1[89]|20|21)[0-9]{2})?$")]
    doi_or_pmcid: str
    kind: Literal["paper", "database", "label", "vendor", "registry", "assumption"]
    note: str
