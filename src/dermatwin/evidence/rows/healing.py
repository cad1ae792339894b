"""What a person has and takes, as factors on the healing network; and what the network's names are called elsewhere."""

from typing import ClassVar, Literal

from .cells import ParameterName, Word
from .history import Asked
from .row import Row


class ModifierRow(Asked):
    """A fact of the history multiplies one constant of the network by one parameter."""

    table: ClassVar[str] = "modifiers"
    key: ClassVar[tuple[str, ...]] = ("concepts", "manners", "not_manners", "constant")

    constant: ParameterName
    factor: ParameterName
    note: str


class IdentifierRow(Row):
    """A name of the network in a register of identifiers.org."""

    table: ClassVar[str] = "identifiers"
    key: ClassVar[tuple[str, ...]] = ("name", "identifier")

    name: Word
    qualifier: Literal["is", "isVersionOf", "isDescribedBy", "hasPart", "hasTaxon", "isPartOf", "isPropertyOf"]
    identifier: Word
    title: Word
