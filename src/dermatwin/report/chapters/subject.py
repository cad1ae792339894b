"""What a change is a change of: scales and concerns of the evidence in words, and which direction is the good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import words
from . import lookup

if TYPE_CHECKING:
    from ...case import ConcernRecord
    from ...twin import Run


def subject(run: Run, name: str) -> str:
    """What a change is measured on: the scale's or concern's words."""
    key = lookup.detail(name)
    if key.isdigit():
        return f"session{words.SPACE}{key}"
    scale, _, concern = key.partition(":")
    for file, column in (("scales", "title"), ("concerns", "label")):
        for row in table(run, file):
            if scale and scale in (row.get("id"), row.get("concern")):
                return (row.get(column) or words.name(scale)) + (f" ({words.name(concern)})" if concern else "")
    return words.name(key) if key else lookup.quantity_title(run, name)


def table(run: Run, name: str) -> list[dict[str, str]]:
    """Rows of a table of the evidence, none if it has no such table."""
    return run.evidence.table(name) if (run.evidence.folder / f"{name}.csv").is_file() else []


def better_is_lower(run: Run, name: str) -> bool | None:
    """Whether a negative change is the good one, by the scale's row or the quantity's entry."""
    if base(name).endswith("improvement"):
        return False
    scale = lookup.detail(name).partition(":")[0]
    for row in table(run, "scales"):
        if scale and scale == row.get("id") and row.get("direction"):
            return row["direction"] == "lower"
    found = run.evidence.quantities.get(base(name))
    return found.lower_is_better if found else None


def scale_of(run: Run, concern: ConcernRecord) -> str:
    """The scale on which a concern is answered: the case's, else the usual one."""
    usual = {row["concern"]: row.get("default_scale", "") for row in table(run, "concerns")}
    return concern.scale or usual.get(concern.concern, "")


def base(name: str) -> str:
    """The name of a quantity without its brackets."""
    return name.partition("[")[0]
