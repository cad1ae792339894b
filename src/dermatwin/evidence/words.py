"""What a case may call concerns, scales, grades and measures: the names of the tables, made once for each evidence."""

from __future__ import annotations

from ..core.lexicon import Lexicon, Words
from .rows.following import MeasureRow
from .rows.outcome import ConcernRow, ScaleRow
from .tables import Tables, view


@view
def words(tables: Tables) -> Words:
    """The words of some evidence."""
    concerns, scales, measures = tables.rows(ConcernRow), tables.rows(ScaleRow), tables.rows(MeasureRow)
    return Words(
        Lexicon({row.concern: row.aliases for row in concerns}, {row.concern: row.label for row in concerns}),
        Lexicon({row.id: row.aliases for row in scales}, {row.id: row.title for row in scales}),
        {row.concern: row.default_scale or "" for row in concerns},
        {row.id: row.named for row in scales},
        Lexicon({row.quantity: row.names for row in measures}, {row.quantity: row.label for row in measures}),
    )
