"""Device meets skin: how many needles pierce, how deep, and what they leave behind."""

from .penetration import Penetration, penetrate, puncture_force
from .reading import readings
from .session import insert

__all__ = ["Penetration", "insert", "penetrate", "puncture_force", "readings"]
