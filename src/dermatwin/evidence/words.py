"""What a case may call concerns, scales and their grades: the names of the tables, made once for each evidence."""

from __future__ import annotations

from ..core.lexicon import Lexicon, Words
from .rows.outcome import ConcernRow, ScaleRow
from .tables import Tables, view


@view
def words(tables: Tables) -> Words:
    """The words of some evidence."""
    concerns, scales = tables.rows(ConcernRow), tables.rows(ScaleRow)
    return Words(
        Lexicon({row.concern: row.aliases for row in concerns}, {row.concern: row.label for row in concerns}),
        Lexicon({row.id: row.aliases for row in scales}, {row.id: row.title for row in scales}),
        {row.concern: row.default_scale or "" for row in concerns},
        {row.id: row.named for row in scales},
    )
