"""What stands behind computed numbers: pools of studies whose spread is nobody's parameter, and what runs were seen to read.

The second table is generated (`python -m dermatwin.twin.reads`): runs note what they read, nobody types it.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from .cells import Grade, QuantityName, Share, Word, Words
from .row import Row


class PoolRow(Row):
    """Studies from which a spread was learnt that is no parameter of its own: how their results scatter, and around what."""

    table: ClassVar[str] = "pools"
    key: ClassVar[tuple[str, ...]] = ("pool",)

    pool: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    title: Word
    grade: Grade
    note: str


class ReadRow(Row):
    """What runs read for one quantity (`family[*]` for members of a family), and how its spread was split in one of them.

    The shares are means over the endpoints of that quantity; blank where it has no spread of its own.
    """

    table: ClassVar[str] = "reads"
    key: ClassVar[tuple[str, ...]] = ("quantity",)

    quantity: QuantityName
    reads: Words
    a: Share | None
    b: Share | None
    c: Share | None
    d: Share | None
    e: Share | None
    knowledge: Share | None
    person: Share | None
    chance: Share | None
    carried_by: Words
