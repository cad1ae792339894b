"""Who may take part: by ranges of the document, by facts of the history, and by the verdict of the screening.

Facts and verdict are asked once for each kind of person (sex, phototype, band of ages, habits, conditions, medicines), of
the case of every needled arm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Case, Patient
from ..core.chance import Luck
from ..core.errors import CaseError, Fault
from ..core.vocabulary import PHOTOTYPES
from ..evidence import Draws
from ..history import Question, holds, person_in, vocabulary
from ..population import People, draw_people
from ..screening import screen
from .document import Include
from .planned import Plan

BATCH = 2000  # numerical: people who are asked at once
YEAR = 1.0  # numerical: rules of the screening have limits of age in whole years
PATIENCE = 400  # numerical: people asked for one who may take part, at most


@dataclass(frozen=True, order=True)
class Kind:
    """What the chain and the screening know of a person: people of one kind are computed together."""

    female: bool
    phototype: int
    band: int  # of ages
    smoker: bool
    diabetes: bool
    medicines: tuple[str, ...]


def within(include: Include, people: People) -> np.ndarray:
    """Who lies within the ranges of a document, (person,)."""
    fits = np.ones(len(people), bool)
    if include.age is not None:
        fits &= (people.age >= include.age[0]) & (people.age <= include.age[1])
    if include.severity is not None:
        fits &= (people.severity >= include.severity[0]) & (people.severity <= include.severity[1])
    if include.sex is not None:
        fits &= np.where(people.female, "female" in include.sex, "male" in include.sex)
    if include.phototypes is not None:
        fits &= np.isin(people.phototype, [PHOTOTYPES.index(name) for name in include.phototypes])
    return fits


def kinds_of(people: People, width: float) -> list[Kind]:
    """The kind of each person; `width` of a band of ages, yr."""
    bands = np.floor(people.age / width).astype(int)
    taken = list(people.medicines)
    takes = np.array([people.medicines[name] for name in taken]).reshape(len(taken), len(people))
    return [
        Kind(
            bool(people.female[i]),
            int(people.phototype[i]),
            int(bands[i]),
            bool(people.smoker[i]),
            bool(people.diabetes[i]),
            tuple(name for name, has in zip(taken, takes[:, i], strict=True) if has),
        )
        for i in range(len(people))
    ]


def patient_of(kind: Kind, plan: Plan, width: float) -> Patient:
    """The patient of a case who stands for everybody of a kind: the age is that of the middle of the band."""
    labels = vocabulary(plan.evidence).concepts
    weights = plan.preset.row("body_weight", "female" if kind.female else "male")
    assert weights is not None
    return Patient.model_validate(
        {
            "age": f"{(kind.band + 0.5) * width:g} yr",
            "sex": "female" if kind.female else "male",
            "phototype": PHOTOTYPES[kind.phototype],
            "body_weight": f"{weights.value:g} kg",
            "smoker": kind.smoker,
            "conditions": ["diabetes"] if kind.diabetes else [],
            "medications": [labels[name].label for name in kind.medicines],
        }
    )


def band_width(plan: Plan) -> float:
    """Width of a band of ages, yr."""
    return Draws(plan.evidence, Luck(0, 1, frozenset())).median("age_band", "yr")


class Doorkeeper:
    """Says of each kind of person whether they may take part; asks once for each."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.width = plan, YEAR
        self.reasons: dict[Kind, str] = {}

    def reason(self, kind: Kind) -> str:
        """Why somebody of a kind may not take part; '' if they may."""
        if kind not in self.reasons:
            self.reasons[kind] = next(self._reasons(kind), "")
        return self.reasons[kind]

    def _reasons(self, kind: Kind) -> Iterator[str]:
        plan, patient = self.plan, patient_of(kind, self.plan, self.width)
        rules = plan.document.exclude
        first = next(iter(plan.cases.values()))
        facts = person_in(first.model_copy(update={"patient": patient}), plan.evidence).facts
        for fact in rules.facts:
            if holds(facts, Question(any=(fact,)), first.course.start):
                yield fact
        for name, case in plan.cases.items():
            if rules.screened != "nobody" and name in {arm.name for arm in plan.document.arms} and case.zones[0].treated:
                found = screen(_asked(case, patient), plan.evidence)
                if found.verdict == "stop" or found.verdict == rules.screened:
                    yield f"screening: {next((f.rule for f in found.findings if f.stops), found.verdict)}"


def _asked(case: Case, patient: Patient) -> Case:
    return case.model_copy(update={"patient": patient})


@dataclass(frozen=True)
class Enrolled:
    """Those who may take part, in the order in which they were asked, and why others may not."""

    people: People
    asked: int
    reasons: dict[str, int]


def enrol(plan: Plan, wanted: int, seed: int) -> Enrolled:
    """The first people of the population under a seed who may take part, as many as are wanted.

    CaseError where of very many hardly anybody may.
    """
    door, asked, found = Doorkeeper(plan), 0, np.zeros(0, int)
    reasons: dict[str, int] = {}
    while len(found) < wanted:
        people = draw_people(plan.preset, Luck(seed, BATCH, first=asked))
        fits = within(plan.document.include, people)
        told = [
            door.reason(kind) if fit else "outside the ranges"
            for kind, fit in zip(kinds_of(people, door.width), fits, strict=True)
        ]
        for why in told:
            reasons[why] = reasons.get(why, 0) + (why != "")
        found = np.concatenate([found, people.number[[not why for why in told]]])
        asked += BATCH
        if len(found) * PATIENCE < asked:
            why = max(reasons, key=lambda name: reasons[name])
            said = f"leave hardly anybody of {plan.preset.label}: {len(found)} of {asked}, mostly for '{why}'"
            raise CaseError([Fault("include and exclude", "", said)])
    everybody = draw_people(plan.preset, Luck(seed, wanted, people=tuple(int(n) for n in found[:wanted])))
    return Enrolled(everybody, asked, {why: count for why, count in reasons.items() if why})
