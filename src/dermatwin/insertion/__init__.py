"""Device meets skin: how many needles pierce, how deep, and what they leave behind."""

from .force_course import ForceCourse, force_course
from .penetration import Make, Penetration, Press, depth_at_puncture, penetrate, puncture_force
from .reading import readings
from .residual import READOUTS, share_left, with_odds
from .session import insert

__all__ = [
    "READOUTS",
    "ForceCourse",
    "Make",
    "Penetration",
    "Press",
    "depth_at_puncture",
    "force_course",
    "insert",
    "penetrate",
    "puncture_force",
    "readings",
    "share_left",
    "with_odds",
]
