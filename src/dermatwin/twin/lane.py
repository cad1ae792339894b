"""One lane of the healing network for a case: the needles of every session, then the network's constants, for one person.

Nothing is integrated here: the lane is handed to other programs (SBML, PEtab).
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import insertion
from .. import skin as sections
from ..case import Case, Settings, Zone
from ..core.chance import Luck
from ..core.errors import CaseError, Fault
from ..device import Device
from ..device import find as find_device
from ..evidence import Draws, Evidence
from ..flows import LAYERS
from ..healing.lane import PIECES, Excerpt, Lane, lane_of
from ..history import Person
from ..history import person as person_of
from ..outcome import reference_course
from .resolve import resolve

YEAR = 364.0  # numerical: whole weeks
FIRST_SEED = 1
DEFAULT_LAYER, DEFAULT_PIECE = "papillary_dermis", "repeated"


def draws_of(seed: int, person: int | None, evidence: Evidence) -> Draws:
    """Draws whose last person is the wanted one; the median person where none is wanted. People count from 1."""
    luck = Luck(seed, 1, frozenset()) if person is None else Luck(seed, person)
    return Draws(evidence, luck)


def lane(
    case: Case | None = None,
    *,
    zone: str | None = None,
    layer: str = DEFAULT_LAYER,
    piece: str = DEFAULT_PIECE,
    seed: int = FIRST_SEED,
    person: int | None = None,
    evidence: Evidence,
) -> Lane:
    """The lane of one layer of one zone of a case; of the reference course over a year where no case is given.

    `person` counts from 1 within the seed, as the draws of `simulate` do; None is everything at its median.
    Raises CaseError for a name that is not there.
    """
    _require(layer, piece, person)
    draws = draws_of(seed, person, evidence)
    excerpt = Excerpt(layer, piece, draws.count - 1)
    who = "median constants" if person is None else f"person {person} of seed {seed}"
    treatment = _usual(draws) if case is None else _planned(case, zone, evidence)
    return _lane(treatment, excerpt, draws, f"{treatment.title}, {treatment.zone.key}, {layer}, {who}")


@dataclass(frozen=True)
class _Treatment:
    """What one zone of one person gets; neither device nor settings where it is not needled."""

    title: str
    zone: Zone
    person: Person
    device: Device | None
    settings: Settings | None
    session_days: tuple[float, ...]
    horizon: float  # d after the first session


def _usual(draws: Draws) -> _Treatment:
    """The reference course over a year."""
    course = reference_course(draws)
    device = find_device(course.device, draws.evidence)
    return _Treatment("Reference course", course.zone, course.person, device, course.settings, course.session_days, YEAR)


def _planned(case: Case, zone: str | None, evidence: Evidence) -> _Treatment:
    """One zone of a case, the first where none is named."""
    plans = {plan.zone.key: plan for plan in resolve(case, evidence)}
    plan = plans.get(zone if zone is not None else next(iter(plans)))
    if plan is None:
        raise CaseError([Fault("--zone", repr(zone), f"is not a zone of the case; one of {', '.join(plans)}")])
    days = case.session_days if plan.device is not None else ()
    title = case.title or "Case"
    who = person_of(case.patient, case.course, evidence)
    return _Treatment(title, plan.zone, who, plan.device, plan.settings, days, case.horizon)


def _lane(treatment: _Treatment, excerpt: Excerpt, draws: Draws, title: str) -> Lane:
    device, settings, days = treatment.device, treatment.settings, treatment.session_days
    skin = sections.section_of(treatment.zone, treatment.person.patient, draws)
    punctures = (
        [insertion.insert(device, settings, skin, draws, session) for session in range(len(days))]
        if device is not None and settings is not None
        else []
    )
    return lane_of(punctures, days, skin, treatment.person, draws, excerpt=excerpt, horizon=treatment.horizon, title=title)


def _require(layer: str, piece: str, person: int | None) -> None:
    faults = [
        Fault(option, repr(given), f"is not one of {', '.join(known)}")
        for option, given, known in (("--layer", layer, LAYERS), ("--piece", piece, PIECES))
        if given not in known
    ]
    if person is not None and person < 1:
        faults.append(Fault("--draw", str(person), "is below 1; people count from 1"))
    if faults:
        raise CaseError(faults)
