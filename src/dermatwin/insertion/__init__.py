"""Device meets skin: how many needles pierce, how deep, and what they leave behind."""

from .force_course import ForceCourse, force_course
from .penetration import Make, Penetration, Press, depth_at_puncture, penetrate, puncture_force
from .reading import readings
from .session import insert

__all__ = [
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
]
