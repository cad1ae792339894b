"""The search: many courses with few people, the better ones with more, the best with all; then what to offer.

    literature's default and its variations -> NSGA-II (Optuna) on the first 16 people -> a quarter of them on 48 ->
    a quarter of those, the default and the corners on all -> front -> offers

Everybody is paired: the first 16 of 100 people are the same people with the same luck, so that a comparison of two courses
is of their difference. Nothing is reported from fewer than all. A candidate that screening stops, that keeps somebody from
sight longer than is accepted, or that falls on days to be kept free is never offered.

Optuna, because its ask-and-tell lets the caller keep the loop (progress, interruption, candidates asked twice), because it
takes constraints and known starting points, and because a seed makes it repeatable; pymoo would do, with twice the weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np

from ...case import Case
from ...evidence import Evidence
from ...screening import screen
from ...twin.what_if import Twin
from ..plan import Plan, propose
from .calendar import clashes
from .candidate import Candidate, Needling, case_of, so_far
from .front import best, dominated, losses
from .offer import Offer, offers
from .space import Held, Space, space_of
from .worth import Worth, worth_of

Progress = Callable[[float, str], None]
FEW, SOME = 16, 48  # numerical: people of the first two stages
KEPT = 4  # one in so many goes on
SOUGHT = 0.8  # numerical: share of the time that the first stage takes
FINALISTS = 24  # numerical: courses at most that are looked at with all people
BUDGET = 400  # numerical: courses that are looked at
WORST, FORBIDDEN = (0.0, 1e3, 1.0, 1e3), 1e3  # numerical: what the optimiser is told of a course that is stopped
ACCEPTED = 0.5  # share of people whose downtime must keep to what is accepted


@dataclass(frozen=True)
class Found:
    """What a search came to."""

    case: Case
    plan: Plan  # the literature's default, and why there is none where there is none
    space: Space | None
    offers: tuple[Offer, ...] = ()
    nothing: Worth | None = None  # nobody needles
    tried: tuple[int, ...] = ()  # courses looked at with few, some and all people
    people: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    refused: int = 0  # candidates that a fence kept out
    reason: str = ""  # why nothing is offered
    front: tuple[tuple[Candidate, Worth], ...] = field(default=(), repr=False)
    different: int = 0  # of the people; fewer where some count more than once


def search(
    case: Case,
    draws: int = 100,
    seed: int = 1,
    *,
    budget: int = BUDGET,
    evidence: Evidence | None = None,
    progress: Progress | None = None,
    people: tuple[int, ...] | None = None,
    held: Held | None = None,
) -> Found:
    """Look for courses that suit this person, inside the fences of the plan.

    Parameters
    ----------
    case : person, zones, concerns, `cabinet` (what the clinic has) and `accepts` (what the person agrees to).
    draws : people of the last stage, on whom everything that is reported stands.
    seed : of the people and of the search; the same seed finds the same.
    budget : courses to look at. An interruption (Ctrl-C) returns the best of those that were looked at.
    people : numbers of the people of the seed to ask, one as often as he counts, in an order of luck; None: the first ones.
    held : what was done of the course of the case: it stays, sessions are looked for that come after it.

    Raises CaseError for what nobody can read in the case.
    """
    believed = evidence or Evidence.packaged()
    plan, began = propose(case, believed), monotonic()
    space = space_of(case, plan, believed, held)
    if space is None:
        more = "" if held is None else f", with {held.sessions} held, nothing to go on with"
        return Found(case, plan, None, reason=f"screening and custom leave no course{more}")
    asked = tuple(range(draws)) if people is None else people
    quest = _Quest(space, asked, seed, budget, progress or (lambda share, what: None))
    return quest.result(began)


class _Quest:
    """One search under way."""

    def __init__(self, space: Space, who: tuple[int, ...], seed: int, budget: int, tell: Progress) -> None:
        self.space, self.who, self.seed, self.tell = space, who, seed, tell
        self.draws = len(who)
        self.budget = min(budget, space.size)
        self.twins: dict[int, Twin] = {}
        self.worths: dict[tuple[Candidate, int], Worth] = {}
        self.allowed: dict[Candidate, tuple[float, ...]] = {}
        self.interrupted = False
        self.tried: list[int] = []

    def result(self, began: float) -> Found:
        """Seek, refine, and make offers of what is left."""
        seen = self._stage(FEW, self._sought())
        for people in (SOME, self.draws):
            count = max(FINALISTS, len(seen) // KEPT) if people == SOME else FINALISTS
            chosen = [*self._best(seen, min(people, FEW if people == SOME else SOME), count), *self._known()]
            seen = self._stage(people, iter(dict.fromkeys(chosen)))
        sound = [candidate for candidate in seen if not any(self._violations(candidate, self.draws))]
        nothing = self._nothing()
        refused = sum(any(v) for v in self.allowed.values())
        common: dict[str, Any] = {
            "case": self.space.case,
            "plan": self.space.plan,
            "space": self.space,
            "nothing": nothing,
            "tried": tuple(self.tried),
            "people": self.draws,
            "different": len(set(self.who)),
            "seconds": monotonic() - began,
            "interrupted": self.interrupted,
            "refused": refused,
        }
        if not sound:
            return Found(reason="no course keeps to what is accepted", **common)
        worths = {candidate: self._worth(candidate, self.draws) for candidate in sound}
        front = [c for c, beaten in zip(sound, dominated(_losses(worths.values())), strict=True) if not beaten]
        least = self.space.evidence.value("worthwhile_gain", "1")
        most = max(float(np.nanmean(worths[candidate].gain - nothing.gain)) for candidate in front)
        if most < least:
            over = "do not treat: the best course gains {} over doing nothing"
            if self.space.held is not None:
                over = "stopping here does as well: the best course gains {} over it"
            why = f"{over.format(f'{most:.0%}')}, less than the {least:.0%} asked for"
            return Found(reason=why, **common)
        made = offers(front, worths, default_of(self.space), self.space, nothing, self._peek, self._outside)
        return Found(offers=made, front=tuple((c, worths[c]) for c in front), **common)

    def _stage(self, people: int, candidates: Iterator[Candidate]) -> list[Candidate]:
        """Look at candidates with so many people; an interruption ends the stage, not the search."""
        seen = list[Candidate]()
        try:
            for candidate in candidates:
                self._worth(candidate, people)
                seen.append(candidate)
        except KeyboardInterrupt:
            self.interrupted = True
        self.tried.append(len(seen))
        return seen

    def _worth(self, candidate: Candidate, people: int) -> Worth:
        people = min(people, self.draws)
        if (candidate, people) not in self.worths:
            if people not in self.twins:
                who, evidence = self.who[:people], self.space.evidence
                self.twins[people] = Twin(self.space.case, people, self.seed, evidence=evidence, people=who)
            self.worths[candidate, people] = worth_of(candidate, self.space, self.twins[people])
        return self.worths[candidate, people]

    def _peek(self, candidate: Candidate) -> Worth | None:
        """A neighbour of an offer, with all people; None where a fence keeps it out."""
        return None if any(self._fenced(candidate)) else self._worth(candidate, self.draws)

    def _best(self, seen: Sequence[Candidate], people: int, count: int) -> list[Candidate]:
        sound = [c for c in seen if not any(self._violations(c, people))] or list(seen)
        chosen = best(_losses(self._worth(c, people) for c in sound), count)
        return [sound[number] for number in chosen]

    def _known(self) -> Iterator[Candidate]:
        """The literature's default, always looked at with all people; only where a fence allows it."""
        default = default_of(self.space)
        if not any(self._fenced(default)):
            yield default

    def _fenced(self, candidate: Candidate) -> tuple[float, ...]:
        """How far a candidate is from what screening allows; before anything is computed."""
        if candidate not in self.allowed:
            verdict = screen(case_of(candidate, self.space), self.space.evidence)
            self.allowed[candidate] = (float(len(verdict.at("hard_stop", "soft_stop"))),)
        return self.allowed[candidate]

    def _violations(self, candidate: Candidate, people: int) -> tuple[float, ...]:
        """Stops, days of downtime too many, and sessions that are seen on days to be kept free; 0 where all is well."""
        days, case = self._seen(candidate, people), self.space.case
        late = max(0.0, max(days, default=0.0) - _accepted(case))
        return (*self._fenced(candidate), late, clashes(self.space, candidate, days))

    def _seen(self, candidate: Candidate, people: int) -> list[float]:
        """Days after each session until make-up covers it in half of the people."""
        return np.nanquantile(self._worth(candidate, people).by_session, ACCEPTED, axis=1).tolist()

    def _outside(self, candidate: Candidate) -> tuple[str, ...]:
        """What of that which is accepted a candidate does not keep, in words."""
        days, case = self._seen(candidate, self.draws), self.space.case
        worst, most = max(days, default=0.0), _accepted(case)
        late = (f"{worst:.1f} days of downtime after a session, {most:g} are accepted",) if worst > most else ()
        clash = clashes(self.space, candidate, days)
        return (*late, *((f"{clash:.0f} of the days to be kept free",) if clash else ()))

    def _nothing(self) -> Worth:
        """The same people with nothing done, or nothing more: what drifts, and what the sessions held have begun."""
        untreated = [zone.model_copy(update={"treated": False}) for zone in self._zones()]
        idle = self.space.case.model_copy(update={"zones": untreated})
        if self.space.held is not None:
            idle = so_far(self.space, self.space.held)
        twin = self.twins[self.draws]
        answers = {answer.zone: answer for answer in twin.answer(idle)}
        gains = {
            (zone.key, concern): max(
                (r for r in answers[zone.key].of("relative_improvement") if r.detail.concern == concern),
                key=lambda r: r.time or 0.0,
            ).values
            for zone in self.space.zones
            for concern in zone.read_at
        }
        return Worth(gains, np.zeros((0, self.draws)), {}, 0, 0.0)

    def _zones(self) -> list[Any]:
        return [self.space.case.zone(zone.key) for zone in self.space.zones]

    def _sought(self) -> Iterator[Candidate]:
        """Candidates to look at: seeds, then what the optimiser asks for; each once, none that screening stops."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.NSGAIISampler(population_size=_population(self.budget), seed=self.seed)
        study = optuna.create_study(directions=["maximize", "minimize", "minimize", "minimize"], sampler=sampler)
        for seed in _starts(self.space):
            study.enqueue_trial(_written(seed, self.space))
        seen, asked = set[Candidate](), 0
        while len(seen) < self.budget and asked < 6 * self.budget:
            trial, asked = study.ask(), asked + 1
            candidate = _read(trial, self.space)
            fenced = self._fenced(candidate) if any(candidate.zones) else (1.0,)
            if any(fenced):
                _tell(study, trial, WORST, [FORBIDDEN * one for one in fenced])
                continue
            if candidate not in seen:
                seen.add(candidate)
                self.tell(SOUGHT * len(seen) / self.budget, f"{len(seen)} of {self.budget} courses")
                yield candidate
            _tell(study, trial, self._worth(candidate, FEW).objectives, self._violations(candidate, FEW))


def _accepted(case: Case) -> float:
    """Most days of downtime after a session."""
    return np.inf if case.accepts is None or case.accepts.downtime is None else case.accepts.downtime


def default_of(space: Space) -> Candidate:
    """The literature's default as a candidate, of a course under way the course as planned; put on what the space holds."""
    case = space.plan.case if space.held is None else space.case
    assert case is not None
    own = space.devices[0]

    def nearest(values: Sequence[float], wanted: float) -> float:
        return min(values, key=lambda value: abs(value - wanted))

    zones = tuple(
        Needling(
            nearest(own.lengths[number], case.course.settings[zone.key].needle_length),
            int(nearest(own.passes, case.course.settings[zone.key].passes or own.passes[0])),
        )
        for number, zone in enumerate(space.zones)
    )
    sessions = case.course.sessions
    return Candidate(
        0,
        int(nearest(space.counts, len(case.session_days))),
        nearest(space.intervals, sessions.interval or float(np.diff(case.session_days or (0.0,)).max(initial=0.0))),
        zones,
    )


def _starts(space: Space) -> Iterator[Candidate]:
    """The default, its gentlest and its most thorough variation, and each device of the cabinet in between."""
    default = default_of(space)
    yield default
    for number, own in enumerate(space.devices):
        for pick, count, interval in ((0, space.counts[0], space.intervals[-1]), (-1, space.counts[-1], space.intervals[0])):
            zones = tuple(Needling(lengths[pick], own.passes[pick]) for lengths in own.lengths)
            yield Candidate(number, count, interval, zones)
            yield Candidate(number, default.count, default.interval, zones)


def _population(budget: int) -> int:
    return max(8, min(40, budget // 6))  # numerical


def _tell(study: Any, trial: Any, objectives: Sequence[float], violations: Sequence[float]) -> None:
    trial.set_constraint("violation", sum(violations))
    study.tell(trial, list(objectives))


def _read(trial: Any, space: Space) -> Candidate:
    """The candidate that a trial asks for; lengths and passes by their place in a device's choices."""
    device = trial.suggest_categorical("device", list(range(len(space.devices))))
    own = space.devices[device]
    zones = tuple(_needling(trial, number, own.lengths[number], own.passes, space) for number in range(len(space.zones)))
    return Candidate(
        device,
        trial.suggest_categorical("count", list(space.counts)),
        trial.suggest_categorical("interval", list(space.intervals)),
        zones,
        trial.suggest_categorical("beside", list(range(len(space.beside)))),
    )


def _needling(trial: Any, number: int, lengths: Sequence[float], passes: Sequence[int], space: Space) -> Needling | None:
    depth = trial.suggest_float(f"depth {number}", 0.0, 1.0)
    dense = trial.suggest_float(f"passes {number}", 0.0, 1.0)
    later = space.can_wait and trial.suggest_categorical(f"later {number}", [False, True])
    return None if later else Needling(_at(lengths, depth), _at(passes, dense))


def _at(choices: Sequence[Any], place: float) -> Any:
    return choices[min(int(place * len(choices)), len(choices) - 1)]


def _written(candidate: Candidate, space: Space) -> dict[str, Any]:
    """What a trial must ask for to mean a candidate."""
    own = space.devices[candidate.device]
    found: dict[str, Any] = {
        "device": candidate.device,
        "count": candidate.count,
        "interval": candidate.interval,
        "beside": candidate.beside,
    }
    for number, needling in enumerate(candidate.zones):
        lengths = own.lengths[number]
        found[f"later {number}"] = needling is None
        found[f"depth {number}"] = 0.5 if needling is None else (lengths.index(needling.length) + 0.5) / len(lengths)
        found[f"passes {number}"] = 0.5 if needling is None else (own.passes.index(needling.passes) + 0.5) / len(own.passes)
    return found if space.can_wait else {name: one for name, one in found.items() if not name.startswith("later")}


def _losses(worths: Any) -> np.ndarray:
    return losses(np.array([worth.objectives for worth in worths]))
