"""What is believed while results are read: one possible set of parameters per person, and what may not be leaned on."""

from __future__ import annotations

from dataclasses import dataclass

from ..evidence import Draws
from ..flows import TissueHistory


@dataclass(frozen=True)
class Belief:
    """Parameters as they are drawn, the studies that are left out of everything pooled, and the usual course.

    With the history of `reference_course` under the same draws, what is not known of the network's amplitudes cancels from
    responses, recovery and pigment risk; without it parameters stand for the usual course, much more roughly.
    """

    draws: Draws
    exclude: frozenset[str] = frozenset()
    reference: TissueHistory | None = None
