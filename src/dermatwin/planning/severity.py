"""How bad it is: what the grade of a concern changes in its course, as far as anybody says.

    position = (grade - best end) / (worst end - best end);  mild <= `mild_position`, severe >= `severe_position`

No trial compared courses by grade: both positions are assumed, a third of the way and a little beyond two thirds, so that
of four grades the first two are mild, the third is usual and the fourth is severe. Mild findings begin at the shallow end
of what is customary and with the least number of sessions, severe ones have the most sessions that trials gave. Depth never
grows with the grade. Only scales of a few steps, of which both ends are known, say how bad it is; a score of many points
does not.
"""

from __future__ import annotations

from typing import Literal

from ..case.document import ConcernRecord
from ..evidence import Evidence, words
from ..evidence.rows.outcome import ScaleRow

Severity = Literal["mild", "usual", "severe"]
MOST_STEPS = 10  # scales with more are scores, of which the upper half is hardly ever used


def severity_of(record: ConcernRecord, evidence: Evidence) -> Severity:
    """Mild or severe by the scale that is named, else by the usual one of the concern; usual where that does not say."""
    named = record.scale or words(evidence).usual.get(record.concern)
    scale = next((row for row in evidence.rows(ScaleRow) if row.id == named), None)
    if scale is None or record.severity is None:
        return "usual"
    position = _position(record.severity, scale)
    if position is None:
        return "usual"
    if position <= evidence.value("mild_position", "1"):
        return "mild"
    return "severe" if position >= evidence.value("severe_position", "1") else "usual"


def _position(grade: float, scale: ScaleRow) -> float | None:
    """From 0 at the best to 1 at the worst end of a graded scale; None where the scale cannot say."""
    if scale.kind != "severity" or scale.low is None or scale.high is None or scale.high - scale.low > MOST_STEPS:
        return None
    way = (grade - scale.low) / (scale.high - scale.low)
    return way if scale.direction == "lower" else 1.0 - way
