"""`follow(case) -> Follow`: what was seen after the sessions beside what was foreseen, what it teaches of this person, what
to do about symptoms, and which measurement would tell most. `triage(case, evidence)` alone needs no simulation."""

from .follow import Follow, follow
from .triage import Advice, Triage, triage

__all__ = ["Advice", "Follow", "Triage", "follow", "triage"]
