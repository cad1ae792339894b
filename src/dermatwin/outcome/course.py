"""What an outcome is read from: what was done to one zone, session by session, and what its tissue made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..flows import Channels, Exposure, Punctures, TissueHistory


@dataclass(frozen=True)
class Blocked:
    """How far an anaesthetic blocks the nociceptors when the needling starts."""

    block: np.ndarray  # (draw, NERVE_DEPTHS) share of the nociceptors at depths below the skin surface
    reads: frozenset[str] = frozenset()  # names of what was read for it


@dataclass(frozen=True)
class Course:
    """Stage results of one zone over all of its sessions; nothing but a history where nobody needled."""

    history: TissueHistory
    punctures: Sequence[Punctures] = ()  # per session
    channels: Sequence[Channels] = ()  # per session
    exposures: Sequence[Exposure] = ()
    adjuncts: Sequence[str] = ()  # what was done beside the needling, as trials list it
    session_days: Sequence[float] | None = None  # date the readings of a zone whose own history has no sessions
    device: str = ""  # whose handling holds: a member of `tram_track_factor`; '' where it is not known
    numb: Mapping[int, Blocked] = field(default_factory=dict)  # session -> nociceptors blocked when it starts

    @property
    def days(self) -> np.ndarray:
        """Days of the sessions after the first one; day 0 alone where none is known."""
        return self.history.sessions if self.history.sessions.size else np.asarray(self.session_days or (0.0,))

    @property
    def needled(self) -> np.ndarray:
        """Sessions in which needles pierced, (draw,)."""
        return sum((p.density > 0.0 for p in self.punctures), start=np.zeros(len(self.history.status)))
