"""What a change is a change of: scales and concerns of the evidence in words, and which direction is the good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...outcome import concerns, scales
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
        scale = scales(run.evidence).get(detail.scale)
        return (scale.title if scale else words.name(detail.scale)) + of
    if detail.concern is not None:
        concern = concerns(run.evidence).get(detail.concern)
        return concern.label if concern else words.name(detail.concern)
    return words.name(detail.text) or lookup.quantity_title(run, quantity)


def better_is_lower(run: Run, quantity: str, detail: Detail) -> bool | None:
    """Whether a negative change is the good one, by the scale's row or the quantity's entry."""
    scale = scales(run.evidence).get(detail.scale) if detail.scale is not None else None
    if scale is not None and scale.lower_is_better is not None:
        return scale.lower_is_better
    return run.evidence.quantities[quantity].lower_is_better


def scale_of(run: Run, concern: ConcernRecord) -> str:
    """The scale on which a concern is answered: the case's, else the usual one."""
    rule = concerns(run.evidence).get(concern.concern)
    return concern.scale or (rule.default_scale if rule else None) or ""
