"""What a change is a change of: scales and concerns of the evidence in words, and which direction is the good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...outcome import concerns, scales
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
    title = _titles(run).get(scale)
    if title is not None:
        return title + (f" ({words.name(concern)})" if concern else "")
    return words.name(key) if key else lookup.quantity_title(run, name)


def _titles(run: Run) -> dict[str, str]:
    """Words for scales and concerns, by their names."""
    labels = {name: rule.label for name, rule in concerns(run.evidence).items()}
    return labels | {name: scale.title for name, scale in scales(run.evidence).items()}


def better_is_lower(run: Run, name: str) -> bool | None:
    """Whether a negative change is the good one, by the scale's row or the quantity's entry."""
    if base(name).endswith("improvement"):
        return False
    scale = scales(run.evidence).get(lookup.detail(name).partition(":")[0])
    if scale is not None and scale.lower_is_better is not None:
        return scale.lower_is_better
    found = run.evidence.quantities.get(base(name))
    return found.lower_is_better if found else None


def scale_of(run: Run, concern: ConcernRecord) -> str:
    """The scale on which a concern is answered: the case's, else the usual one."""
    rule = concerns(run.evidence).get(concern.concern)
    return concern.scale or (rule.default_scale if rule else None) or ""


def base(name: str) -> str:
    """The name of a quantity without its brackets."""
    return name.partition("[")[0]
