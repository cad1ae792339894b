"""Device meets skin: how many needles pierce, how deep, and what they leave behind."""

from .penetration import Penetration, depth_at_puncture, penetrate, puncture_force
from .reading import readings
from .session import insert

__all__ = ["Penetration", "depth_at_puncture", "insert", "penetrate", "puncture_force", "readings"]
