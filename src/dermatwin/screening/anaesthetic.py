"""Numbing: the dose of a topical anaesthetic against its label and the body weight, its time on the skin, its removal.

    drug applied [mg] = dose [mg/cm2] x area [cm2] x strength,        limit [mg] = min(4.5 mg/kg x body weight, 300 mg)

The limit is that of lidocaine on mucous membranes and by infiltration; little of what lies on intact skin is absorbed,
and the labels of some products allow far more on skin. For those a soft stop is given where the label is kept, for all
others a hard one. Labels' own limits (mass, area, time, age) are hard. Agents add up: the sum of their shares of their
limits may not exceed one. Left out: absorption, heat, what was numbed elsewhere on the same day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..case import Case, Patient, Topical
from ..core.units import factor
from ..evidence import Evidence
from ..history import Person, Question, holds, person_in
from .agent import Agent, agent_of
from .product import name_of
from .records import Finding

GUARD_SOURCES = ("lidocaine_solution_label", "fda_anaesthetics2009")


@dataclass(frozen=True)
class Dose:
    """One anaesthetic as it is applied in one treatment session."""

    topical: Topical
    agent: Agent
    area: float  # cm2
    product: float  # mg

    @property
    def text(self) -> str:
        """Name of the product in the case."""
        return name_of(self.topical)

    @property
    def time(self) -> float | None:
        """Hours on the skin; None if it is never taken off."""
        return None if self.topical.remove is None else self.topical.remove - self.topical.apply

    def lidocaine(self) -> float | None:
        """Lidocaine applied, mg; None if the strength is unknown."""
        return self.agent.mass("lidocaine", self.product)


@dataclass(frozen=True)
class Allowance:
    """How much lidocaine, and of a cream that holds it, may be applied in one session."""

    lidocaine: float  # mg
    weight: float  # kg
    weight_assumed: bool
    sources: tuple[str, ...] = GUARD_SOURCES

    def cream(self, strength: float) -> float:
        """Grams of a preparation of this strength (0-1)."""
        return self.lidocaine / strength * factor("mg", "g")


def allowance(patient: Patient, evidence: Evidence) -> Allowance:
    """The most lidocaine for this person [mg]: by weight and in all, whichever is less."""
    weight = patient.body_weight if patient.body_weight is not None else _assumed_weight(patient.age, evidence)
    by_weight = evidence.value("lidocaine_weight_limit", "mg/kg") * weight
    most = min(by_weight, evidence.value("lidocaine_mass_limit", "mg"))
    return Allowance(most, weight, patient.body_weight is None)


def _assumed_weight(age: float, evidence: Evidence) -> float:
    child, adult = evidence.value("child_age", "yr"), evidence.value("adult_age", "yr")
    group = "child" if age < child else "adolescent" if age < adult else "adult"
    return evidence.value(f"assumed_weight_{group}", "kg")


def anaesthetic_check(case: Case, evidence: Evidence) -> tuple[Finding, ...]:
    """Everything there is to say about the numbing in a case, each thing once."""
    found: dict[tuple[str, str], Finding] = {}
    who = person_in(case, evidence)
    for session in range(1, len(case.session_days) + 1):
        doses = _doses(case, session, evidence)
        for finding in _session(who, doses, evidence):
            found.setdefault((finding.rule, finding.reason), finding)
    return tuple(found.values())


def _doses(case: Case, session: int, evidence: Evidence) -> tuple[Dose, ...]:
    found: list[Dose] = []
    for topical in case.course.topicals:
        agent = agent_of(topical, evidence, case.patient.age)
        if agent is None or (topical.sessions is not None and session not in topical.sessions):
            continue
        area = sum(zone.area for zone in case.zones if topical.zones is None or zone.key in topical.zones)
        found.append(Dose(topical, agent, area, topical.dose * area))
    return tuple(found)


def _session(who: Person, doses: tuple[Dose, ...], evidence: Evidence) -> Iterator[Finding]:
    if not doses:
        return
    for dose in doses:
        yield from _label(dose, who.patient, evidence)
        yield from _time(dose, who, evidence)
        yield from _cover(dose, evidence)
    yield from _weight(doses, who.patient, evidence)
    yield from _sum(doses, who.patient, evidence)


def _label(dose: Dose, patient: Patient, evidence: Evidence) -> Iterator[Finding]:
    agent = dose.agent
    who = f"at the age of {patient.age:g} years"
    if agent.max_mass is not None and dose.product > agent.max_mass:
        yield Finding(
            "anaesthetic_label_mass",
            "hard_stop",
            "More numbing cream than its label allows",
            f"{dose.text}: {dose.product * factor('mg', 'g'):.3g} g on {dose.area:g} cm2; the label of {agent.name} allows "
            f"{agent.max_mass * factor('mg', 'g'):g} g {who}",
            "Use less, or numb and treat fewer zones in one session",
            sources=agent.sources,
        )
    if agent.max_area is not None and dose.area > agent.max_area:
        yield Finding(
            "anaesthetic_label_area",
            "hard_stop",
            "Numbing cream on a larger area than its label allows",
            f"{dose.text}: {dose.area:g} cm2; {agent.name} {who}: {agent.max_area:g} cm2",
            "Numb and treat fewer zones in one session",
            sources=agent.sources,
        )
    if not agent.labelled and ("lidocaine" not in agent.strengths or dose.lidocaine() is None):
        yield Finding(
            "anaesthetic_dose_unknown",
            "soft_stop",
            "The dose of the numbing cream cannot be checked",
            f"{dose.text}: " + ("its strength is not given" if dose.lidocaine() is None else "no maximum is known for it"),
            "Write the strength (such as 'lidocaine 4 % cream') or use a labelled product",
            sources=agent.sources,
        )
    strength = sum(share or 0.0 for share in agent.strengths.values())
    if not agent.labelled and strength > evidence.value("strong_anaesthetic", "1"):
        yield Finding(
            "anaesthetic_compounded",
            "caution",
            "A strong numbing cream without a label",
            f"{dose.text}: {strength:.0%} of anaesthetics; deaths followed such creams on large areas under covers",
            "Prefer a labelled product",
            sources=("fda_anaesthetics2009",),
        )


def _time(dose: Dose, who: Person, evidence: Evidence) -> Iterator[Finding]:
    topical, agent = dose.topical, dose.agent
    if topical.apply >= 0.0 or topical.remove is None or topical.remove > 0.0:
        what = "goes on" if topical.apply >= 0.0 else "is not taken off before"
        yield Finding(
            "anaesthetic_on_channels",
            "hard_stop",
            "Numbing cream on open channels",
            f"{dose.text} {what} the needling" if what != "goes on" else f"{dose.text} goes on after the needling began",
            "Take off all of it before the first needle (remove: 0 min) and put none on afterwards",
            sources=("fda_anaesthetics2009", "openfda_lido_prilo"),
        )
    time = dose.time
    if time is None or topical.apply >= 0.0:
        return
    longest = _longest(agent, who, evidence)
    if longest is not None and time > longest:
        yield Finding(
            "anaesthetic_time",
            "hard_stop",
            "Numbing cream longer on the skin than its label allows",
            f"{dose.text}: {time:g} h; {agent.name}: {longest:g} h",
            "Shorten the time on the skin",
            sources=agent.sources,
        )
    if time < agent.min_time:
        yield Finding(
            "anaesthetic_short",
            "info",
            "Numbing cream may not have worked yet",
            f"{dose.text}: {_minutes(time)}; {agent.name} needs {_minutes(agent.min_time)}",
            "Wait longer",
            sources=agent.sources,
        )


def _minutes(hours: float) -> str:
    return f"{hours * factor('h', 'min'):.0f} min"


_ATOPIC_SKIN = Question(any=("atopic_dermatitis", "dermatitis"), time="present")


def _longest(agent: Agent, who: Person, evidence: Evidence) -> float | None:
    """Longest time on the skin [h]; shorter in children with atopic skin."""
    atopic = holds(who.facts, _ATOPIC_SKIN, who.start)
    if agent.max_time is None or not (atopic and who.patient.age < evidence.value("child_age", "yr")):
        return agent.max_time
    return min(agent.max_time, evidence.value("atopic_time_limit", "h"))


def _cover(dose: Dose, evidence: Evidence) -> Iterator[Finding]:
    if not dose.topical.occluded:
        return
    large = dose.area > evidence.value("large_area", "cm^2")
    if dose.agent.occlusion == "no" or large:
        yield Finding(
            "anaesthetic_occluded",
            "caution",
            "Numbing cream under a cover",
            f"{dose.text} on {dose.area:g} cm2 is covered" + ("; the area is large" if large else "; not meant to be"),
            "Leave it uncovered, no heat; covers and large areas raise what is absorbed",
            sources=("fda_anaesthetics2009", *dose.agent.sources),
        )


def _weight(doses: tuple[Dose, ...], patient: Patient, evidence: Evidence) -> Iterator[Finding]:
    limit = allowance(patient, evidence)
    known = [(dose, mass) for dose in doses if (mass := dose.lidocaine())]
    total = sum(mass for _, mass in known)
    weight = f"{limit.weight:g} kg" + (" (assumed: the body weight is not given)" if limit.weight_assumed else "")
    if total > limit.lidocaine:
        soft = len(doses) == 1 and known[0][0].agent.mass_guard == "soft_stop"
        note = "; its label allows more on intact skin, of which little is absorbed" if soft else ""
        yield Finding(
            "anaesthetic_lidocaine_label" if soft else "anaesthetic_lidocaine_limit",
            "soft_stop" if soft else "hard_stop",
            "More lidocaine than the body weight allows",
            f"{' and '.join(dose.text for dose, _ in known)}: {total:.4g} mg lidocaine applied in one session; "
            f"{limit.lidocaine:.4g} mg at {weight}{note}",
            "Use less, a weaker preparation or fewer zones in one session",
            sources=limit.sources,
        )
    elif limit.weight_assumed and total:
        yield Finding(
            "anaesthetic_weight_missing",
            "info",
            "Body weight is needed to check the numbing cream",
            f"{total:.3g} mg lidocaine was checked against {limit.lidocaine:.4g} mg at {weight}",
            "Write patient.body_weight",
            sources=limit.sources,
        )


def _sum(doses: tuple[Dose, ...], patient: Patient, evidence: Evidence) -> Iterator[Finding]:
    if len(doses) < 2:
        return
    limit = allowance(patient, evidence).lidocaine
    shares = [_share(dose, limit) for dose in doses]
    names = " + ".join(f"{dose.text} {share:.0%}" for dose, share in zip(doses, shares, strict=True))
    over = sum(shares) > 1.0
    yield Finding(
        "anaesthetic_sum",
        "hard_stop" if over else "caution",
        "Several numbing agents add up",
        f"shares of their limits: {names} = {sum(shares):.0%}",
        "Use one agent" if over else "Prefer one agent",
        sources=("openfda_lido_prilo", "pliaglis_label"),
    )


def _share(dose: Dose, limit: float) -> float:
    """Share of its strictest known limit that a dose takes."""
    agent = dose.agent
    shares = [(dose.lidocaine() or 0.0) / limit]
    if agent.max_mass is not None:
        shares.append(dose.product / agent.max_mass if agent.max_mass else float("inf"))
    if agent.max_area is not None:
        shares.append(dose.area / agent.max_area if agent.max_area else float("inf"))
    return max(shares)
