"""A course under way, planned on from here: courses searched for the person as she is known by now.

    follow(case)            -> weights of possible people, sessions held, symptoms, observations that are asked about
    as many people like her -> search(...): what was held stays, sessions to come are looked for

Who is in danger or was observed otherwise than anybody like her is looked at first: then nothing is planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .case import Case
from .evidence import Evidence
from .following import Follow, follow
from .following.follow import PEOPLE
from .planning.search import Found, Held, search
from .planning.search.seek import BUDGET, Progress

KNOWN = 0.3  # numerical: share of the time that following takes


@dataclass(frozen=True)
class Onward:
    """A course followed and, where nothing has to be looked at first, planned on."""

    follow: Follow
    found: Found | None
    first: str = ""  # what comes before a plan


def onward(
    case: Case,
    draws: int = 100,
    seed: int = 1,
    *,
    budget: int = BUDGET,
    today: date | None = None,
    latest: date | None = None,
    evidence: Evidence | None = None,
    progress: Progress | None = None,
) -> Onward:
    """Follow a course, then look for the sessions to come.

    Parameters
    ----------
    case : with what was held and observed (`dermatwin follow`), with `cabinet` and `accepts` (`dermatwin plan --search`).
    draws : people on whom every number stands; drawn by the weights that the observations gave them.
    today, latest : as in `follow`. budget, seed : as in `search`.

    Raises CaseError as both do.
    """
    tell = progress or (lambda share, what: None)
    known = follow(
        case,
        PEOPLE,
        seed,
        today=today,
        latest=latest,
        evidence=evidence,
        progress=lambda share, what: tell(KNOWN * share, what),
    )
    if first := _before(known):
        return Onward(known, None, first)
    found = search(
        known.case,
        draws,
        seed,
        budget=budget,
        evidence=evidence,
        progress=lambda share, what: tell(KNOWN + (1.0 - KNOWN) * share, what),
        people=known.like_her(draws),
        held=Held(len(known.done), known.day) if known.done else None,
    )
    return Onward(known, found)


def _before(known: Follow) -> str:
    """Why nothing is planned yet; '' where it is."""
    if known.level == "urgent":
        return "symptoms are urgent: somebody has to look before a further session is planned"
    if known.asked:
        return "an observation is asked about: it counts once it is confirmed, and a plan would leave it out"
    return ""
