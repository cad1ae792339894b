"""What a person has and takes, as factors on the healing network; and what the network's names are called elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

from .cells import ParameterName, Word
from .row import Row, Wrong


class ModifierRow(Row):
    """A text found among conditions or medicines multiplies one constant by one parameter."""

    table: ClassVar[str] = "modifiers"
    key: ClassVar[tuple[str, ...]] = ("field", "pattern", "constant")

    field: Literal["smoker", "conditions", "medications"]
    pattern: str
    constant: ParameterName
    factor: ParameterName
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A pattern that can be searched for, and none for a habit that is asked by name."""
        try:
            re.compile(self.pattern)
        except re.error as error:
            yield Wrong("pattern", f"is not a regular expression ({error})")
        if (self.field == "smoker") != (not self.pattern):
            yield Wrong("pattern", "is for conditions and medications, which need one, and not for smoking")


class IdentifierRow(Row):
    """A name of the network in a register of identifiers.org."""

    table: ClassVar[str] = "identifiers"
    key: ClassVar[tuple[str, ...]] = ("name", "identifier")

    name: Word
    qualifier: Literal["is", "isVersionOf", "isDescribedBy", "hasPart", "hasTaxon", "isPartOf"]
    identifier: Word
    title: Word
