"""What a change is a change of: scales and concerns of the evidence in words, and which direction is the good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import words
from . import lookup

if TYPE_CHECKING:
    from ...case import ConcernRecord
    from ...naming import Detail
    from ...twin import Run


def subject(run: Run, quantity: str, detail: Detail) -> str:
    """What a number is about: the scale's or concern's words, the session, the layer, else what the quantity is."""
    if detail.session is not None:
        return f"session{words.SPACE}{detail.session}"
    if detail.scale is not None:
        of = f" ({words.name(detail.concern)})" if detail.concern is not None else ""
        return _label(run, "scales", "id", detail.scale, "title") + of
    if detail.concern is not None:
        return _label(run, "concerns", "concern", detail.concern, "label")
    return words.name(detail.text) or lookup.quantity_title(run, quantity)


def _label(run: Run, file: str, key: str, name: str, column: str) -> str:
    """The words of a table for one of its rows, else the name in words."""
    found = next((row for row in table(run, file) if row[key] == name), {})
    return found.get(column) or words.name(name)


def table(run: Run, name: str) -> list[dict[str, str]]:
    """Rows of a table of the evidence, none if it has no such table."""
    return run.evidence.table(name) if (run.evidence.folder / f"{name}.csv").is_file() else []


def better_is_lower(run: Run, quantity: str, detail: Detail) -> bool | None:
    """Whether a negative change is the good one, by the scale's row or the quantity's entry."""
    for row in table(run, "scales") if detail.scale is not None else ():
        if row["id"] == detail.scale and row["direction"]:
            return row["direction"] == "lower"
    return run.evidence.quantities[quantity].lower_is_better


def scale_of(run: Run, concern: ConcernRecord) -> str:
    """The scale on which a concern is answered: the case's, else the usual one."""
    usual = {row["concern"]: row.get("default_scale", "") for row in table(run, "concerns")}
    return concern.scale or usual.get(concern.concern, "")
