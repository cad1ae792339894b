"""What a course is worth to this person: gain, downtime, lasting harm and visits, person by person on shared luck.

    gain      mean over all concerns of the person's relative improvement, each read where trials read it
    downtime  sum over the sessions of the days until make-up covers what is seen, the slowest zone of each
    harm      1 - PROD (1 - risk), over pigment and the two kinds of scar, the riskiest zone of each

Of a course under way downtime and visits are those to come, gain and harm those of the whole course. What is left for later
gains nothing now. Means over people are what is searched with; how often one course does better than
another is told beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...core.units import factor
from ...flows import Reading
from ...twin.what_if import Twin, ZoneAnswer
from .candidate import Candidate, case_of, days_of
from .space import Space

GAINS, SEEN = "relative_improvement", "downtime_makeup"
HARMS = ("pih_risk", "tram_track_risk", "hypertrophic_scar_risk")
GAIN, DOWNTIME, HARM, VISITS = range(4)
"""Places of the objectives."""


@dataclass(frozen=True)
class Worth:
    """Arrays (draw,); gains by zone and concern, harms by kind."""

    gains: Mapping[tuple[str, str], np.ndarray]  # relative improvement [-], 1 = gone
    by_session: np.ndarray  # (session to come, draw) d
    harms: Mapping[str, np.ndarray]
    visits: int  # to come
    days: float  # from the first session to the last
    reads: frozenset[str] = frozenset()  # names of what was read for all of it

    @property
    def gain(self) -> np.ndarray:
        """Mean over the concerns [-], (draw,)."""
        return np.mean(list(self.gains.values()), axis=0)

    @property
    def downtime(self) -> np.ndarray:
        """Days in all, (draw,)."""
        return self.by_session.sum(axis=0)

    @property
    def harm(self) -> np.ndarray:
        """Chance of any lasting harm, (draw,)."""
        return 1.0 - np.prod([1.0 - risk for risk in self.harms.values()], axis=0)

    def reaches(self, least: float) -> float:
        """Chance that a concern gains so much, mean over the concerns."""
        return float(np.mean([np.nanmean(gain >= least) for gain in self.gains.values()]))

    @property
    def objectives(self) -> tuple[float, float, float, float]:
        """Expected gain, downtime [d], harm and visits."""
        return _mean(self.gain), _mean(self.downtime), _mean(self.harm), float(self.visits)


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values))


def worth_of(candidate: Candidate, space: Space, twin: Twin) -> Worth:
    """Ask the twin."""
    return worth(twin.answer(case_of(candidate, space)), candidate, space, twin.draws.count)


def worth(answers: Sequence[ZoneAnswer], candidate: Candidate, space: Space, draws: int) -> Worth:
    """What answers come to; a zone that was left out gains nothing."""
    found, last = {answer.zone: answer for answer in answers}, days_of(candidate, space)[-1]
    gains = {
        (zone.key, concern): _gain(found.get(zone.key), concern, last + weeks * factor("week", "d"), draws)
        for zone in space.zones
        for concern, weeks in zone.read_at.items()
    }
    lasting = [[r.values for r in answer.of(SEEN)] for answer in answers]
    seen = np.max(np.array(lasting), axis=0) if lasting else np.zeros((candidate.count, draws))
    harms = {name: np.max([_only(answer.of(name)) for answer in answers], axis=0) for name in HARMS}
    reads = (r.reads for answer in answers for name in (GAINS, SEEN, *HARMS) for r in answer.of(name))
    coming = candidate.count - space.done
    return Worth(gains, seen[space.done :], harms, coming, last, frozenset[str]().union(*reads))


def _only(readings: Sequence[Reading]) -> np.ndarray:
    (one,) = readings
    return one.values


def _gain(answer: ZoneAnswer | None, concern: str, day: float, draws: int) -> np.ndarray:
    """The person's relative improvement, read nearest to a day."""
    if answer is None:
        return np.zeros(draws)
    read = [r for r in answer.of(GAINS) if r.detail.concern == concern]
    return min(read, key=lambda r: abs((r.time or 0.0) - day)).values
