"""The order of a session: whom, what was found, what to put on and when, how deep, when to stop, how long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...case import Settings, Topical
from ...core.units import factor
from ...evidence.rows.advice import PreparationRow, SessionTimeRow
from ...evidence.rows.planning import DefaultCourseRow
from ...history import kinds_in
from ...naming import NOTHING
from ...screening import rule_book
from ...screening.agent import agent_of
from ...screening.allergy import adjunct, is_or_holds
from ...screening.match import is_product
from ...screening.product import name_of
from ...screening.records import OFF_LABEL
from ...screening.rule import Clause
from ...screening.target import targets
from .. import words
from .about import About, Treated, concern_name, steps
from .findings import Told, allergen, allergies, findings
from .tolerated import refused, tolerated

STOP = "stop"
IN_MINUTES = 180  # min; what takes longer is told in hours
ZONED = ("antisepsis", "glide", "rinse", "soothing", "gloves")
PURPOSES = {
    "antisepsis": "Disinfect with",
    "glide": "Glide on",
    "rinse": "Rinse with",
    "soothing": "Cover with",
    "gloves": "Gloves",
}


@dataclass(frozen=True)
class Chosen:
    """A preparation for a purpose; `none`: nothing of the table suits the person there."""

    purpose: str
    what: str
    note: str
    none: bool
    notes: str


@dataclass(frozen=True)
class Endpoint:
    """What to look for in one zone for one concern."""

    concern: str
    sign: str


@dataclass(frozen=True)
class ZoneOrder:
    """How one zone is needled in this session."""

    name: str
    area: str
    device: str
    length: str
    settings: list[str]
    endpoints: list[Endpoint]
    expected: str
    chosen: list[Chosen]


@dataclass(frozen=True)
class Put:
    """A product on a zone: how much, from when to when around the needling; `against`: what the person does not tolerate."""

    product: str
    zone: str
    amount: str
    on: str
    off: str
    covered: bool
    off_label: bool
    against: str
    numbs: bool
    before: float  # h, from when to the needling
    off_h: float | None = None  # h from the needling, when it comes off; None: it stays


@dataclass(frozen=True)
class Beside:
    """A treatment beside the needling in a zone; the case does not say in which sessions."""

    what: str
    treated: Treated
    off_label: bool
    against: str


@dataclass(frozen=True)
class Times:
    """How long the appointment takes."""

    needling: str
    numbing: str
    whole: str
    usual: str


@dataclass(frozen=True)
class Order:
    """One session on paper."""

    number: int
    day: str
    stopped: bool
    allergies: list[str]
    unread: list[str]
    findings: list[Told]
    numbing: list[Put]
    zones: list[ZoneOrder]
    products: list[Put]
    besides: list[Beside]
    refused: list[Put]
    steps: list[tuple[str, str]]
    stops: list[str]
    times: Times


def orders(about: About) -> list[Order]:
    """One order for each session of the course."""
    return [_order(number, about) for number in range(len(about.days))]


def _order(session: int, about: About) -> Order:
    puts = [put for topical in _of_session(session, about) for put in _puts(topical, about)]
    numbing = [put for put in puts if put.numbs and not put.against]
    known = allergies(about)
    say = about.tongue.say
    rows = (row for row in steps(about.run, "session") if numbing or row.applies_if != "anaesthetic")
    return Order(
        number=session + 1,
        day=about.tongue.day(about.days[session]),
        stopped=about.run.screening.verdict == STOP,
        allergies=list(dict.fromkeys(allergen(fact) for fact in known)),
        unread=list(dict.fromkeys(fact.words for fact in known if not fact.known)),
        findings=findings(about),
        numbing=numbing,
        zones=[_zone(treated, session, about) for treated in about.zones],
        products=[put for put in puts if not put.numbs and not put.against],
        besides=besides(about),
        refused=[put for put in puts if put.against],
        steps=[(say(row.instruction), about.notes.mark(row.source)) for row in rows],
        stops=[say(row.instruction) for row in steps(about.run, "stop")],
        times=_times(session, max((put.before for put in numbing), default=0.0), about),
    )


def _of_session(session: int, about: About) -> list[Topical]:
    topicals = about.run.case.course.topicals
    return sorted(
        (one for one in topicals if one.sessions is None or session + 1 in one.sessions), key=lambda one: one.apply
    )


def numbed(session: int, zone: str, about: About) -> list[Topical]:
    """What numbs a zone in a session, counted from 0."""
    every = (one for one in _of_session(session, about) if one.zones is None or zone in one.zones)
    return [one for one in every if agent_of(one, about.run.evidence) is not None]


def products(about: About) -> Iterator[tuple[Topical, Treated]]:
    """What the course puts on in any session and this person tolerates, with each treated zone that it reaches."""
    for topical in about.run.case.course.topicals:
        if not refused(topical, about):
            yield from ((topical, treated) for treated in about.zones if reaches(topical, treated))


def reaches(topical: Topical, treated: Treated) -> bool:
    """Whether a product is put on a zone."""
    return topical.zones is None or treated.key in topical.zones


def _puts(topical: Topical, about: About) -> Iterator[Put]:
    """One line for each zone that a product reaches."""
    numbs = agent_of(topical, about.run.evidence) is not None
    against = list(dict.fromkeys(fact.words for fact in refused(topical, about)))
    for treated in about.zones:
        if reaches(topical, treated):
            yield Put(
                product=name_of(topical),
                zone=treated.name,
                amount=_amount(topical, treated, about),
                on=_clock(topical.apply, about),
                off="" if topical.remove is None else _clock(topical.remove, about),
                covered=topical.occluded,
                off_label=is_off_label(topical, treated, about),
                against=about.tongue.listing(against),
                numbs=numbs,
                before=-topical.apply,
                off_h=topical.remove,
            )


def besides(about: About) -> list[Beside]:
    """The treatments beside the needling, zone by zone, as screening reads them."""
    names = {target.key: target.adjuncts for target in targets(about.run.case, about.run.evidence)}
    return [_beside(what, treated, about) for treated in about.zones for what in names.get(treated.key, ())]


def _beside(what: str, treated: Treated, about: About) -> Beside:
    evidence = about.run.evidence
    against = (fact.words for fact in allergies(about) if is_or_holds(adjunct(what, evidence), fact))
    asked = (clause.adjuncts or () for clause in _off_label_rule(about))
    off_label = _is_found(treated, about) and any(kinds_in(what, evidence) & set(concepts) for concepts in asked)
    return Beside(what, treated, off_label, about.tongue.listing(list(dict.fromkeys(against))))


def _amount(topical: Topical, treated: Treated, about: About) -> str:
    grams = topical.dose * treated.run.zone.area * factor("mg", "g")
    dose, tongue = about.tongue.amount(topical.dose, "mg/cm²"), about.tongue
    return tongue.say("{grams} ({dose} on {area})", grams=tongue.amount(grams, "g"), dose=dose, area=_area(treated, about))


def _area(treated: Treated, about: About) -> str:
    return about.tongue.amount(treated.run.zone.area, "cm²")


def _clock(hours: float, about: About) -> str:
    """Around the needling, with its sign: '−45 min', '−5 h 5 min', '+8 h'."""
    minutes = round(hours * factor("h", "min"))
    sign = "+" if minutes > 0 else words.MINUS if minutes < 0 else ""
    return f"{sign}{_lasting(abs(minutes), about)}"


def _lasting(minutes: int, about: About) -> str:
    """Minutes, of three hours and more as hours and minutes."""
    if minutes < IN_MINUTES:
        return about.tongue.amount(minutes, "min")
    hours, rest = divmod(minutes, round(factor("h", "min")))
    return " ".join(about.tongue.amount(value, unit) for value, unit in ((hours, "h"), (rest, "min")) if value)


def is_off_label(topical: Topical, treated: Treated, about: About) -> bool:
    """Whether screening says of the product, as it is put on in this zone, that needled skin is not its place."""
    asked = (clause.topicals for clause in _off_label_rule(about) if clause.topicals is not None)
    return _is_found(treated, about) and any(is_product(one, topical, about.run.evidence) for one in asked)


def _off_label_rule(about: About) -> list[Clause]:
    rule = rule_book(about.run.evidence).rule(OFF_LABEL)
    return [] if rule is None else rule.when


def _is_found(treated: Treated, about: About) -> bool:
    return any(f.rule == OFF_LABEL and f.zone in ("", treated.key) for f in about.run.screening.findings)


def _zone(treated: Treated, session: int, about: About) -> ZoneOrder:
    assert treated.run.settings is not None
    assert treated.run.device is not None
    settings = treated.run.settings.at(session)
    return ZoneOrder(
        name=treated.name,
        area=_area(treated, about),
        device=treated.run.device.name,
        length=about.tongue.amount(settings.needle_length, "mm"),
        settings=list(_settings(settings, about)),
        endpoints=list(_endpoints(treated, about)),
        expected=_expected(treated, session, about),
        chosen=[_chosen(purpose, treated, about) for purpose in ZONED],
    )


def _settings(settings: Settings, about: About) -> Iterator[str]:
    tongue = about.tongue
    if settings.passes is not None:
        yield tongue.many("{count} pass", "{count} passes", settings.passes)
    if settings.directions is not None:
        yield tongue.many("{count} direction", "{count} directions", settings.directions)
    if settings.hand_speed is not None:
        yield tongue.say("hand {speed}", speed=tongue.amount(settings.hand_speed * factor("mm/s", "cm/s"), "cm/s"))
    if settings.frequency is not None:
        yield tongue.say("motor {frequency}", frequency=tongue.amount(settings.frequency, "Hz"))
    if settings.density is not None:
        yield tongue.say("{density} punctures", density=tongue.amount(settings.density, "/cm²"))
    if settings.force is not None:
        yield tongue.say("force {force}", force=tongue.amount(settings.force, "N"))
    if settings.stretched:
        yield tongue.say("skin stretched")


def _endpoints(treated: Treated, about: About) -> Iterator[Endpoint]:
    courses = {row.concern: row for row in about.run.evidence.rows(DefaultCourseRow)}
    for record in treated.run.zone.concerns:
        row = courses.get(record.concern)
        if row is not None and row.endpoint:
            yield Endpoint(concern_name(record.concern, about), about.tongue.say(row.endpoint))


def _expected(treated: Treated, session: int, about: About) -> str:
    """In how many people these settings bring pinpoint bleeding, as computed."""
    found = treated.run.punctures[session].bleeding_endpoint
    if found is None or not np.isfinite(found).any():
        return ""
    count = round(10.0 * float(np.nanmean(found)))
    return about.tongue.say(
        "As computed, uniform pinpoint bleeding is seen in {count} of 10 such people.", count=about.tongue.number(count)
    )


def _chosen(purpose: str, treated: Treated, about: About) -> Chosen:
    row: PreparationRow | None = tolerated(purpose, treated.site, about)
    say = about.tongue.say
    if row is None:
        return Chosen(say(PURPOSES[purpose]), say("none of the usual is tolerated: a clinician decides"), "", True, "")
    return Chosen(say(PURPOSES[purpose]), say(row.preparation), say(row.note), False, about.notes.mark(row.source))


def _times(session: int, numbing: float, about: About) -> Times:
    """Preparation, needling as computed and what follows, against what is usual; the wait for numbing cream [h] apart."""
    tongue, parts = about.tongue, {row.part: row for row in about.run.evidence.rows(SessionTimeRow)}
    minutes = [_needling(treated, session, about) for treated in about.zones]
    wait = _lasting(round(numbing * factor("h", "min")), about) if numbing > 0.0 else ""
    known = [values for values in minutes if values is not None]
    if len(known) < len(minutes):
        return Times("", wait, "", tongue.say("The time of needling is not known for these settings."))
    low, middle, high = (float(np.nanquantile(sum(known), at)) for at in (0.05, 0.5, 0.95))
    before, after, usual = parts["preparation"], parts["afterwards"], parts["usual"]
    least, most = before.low_min + low + after.low_min, before.high_min + high + after.high_min
    return Times(
        needling=tongue.say(
            "{middle} (between {low} and {high})",
            middle=tongue.amount(_minutes(middle), "min"),
            low=tongue.amount(_minutes(low), "min"),
            high=tongue.amount(_minutes(high), "min"),
        ),
        numbing=wait,
        whole=f"{tongue.number(round(least))}–{tongue.amount(round(most), 'min')}",
        usual=_usual(least, most, usual, about),
    )


def _minutes(value: float) -> float:
    return round(value, 1) if value < 10.0 else round(value)


def _needling(treated: Treated, session: int, about: About) -> np.ndarray | None:
    """Minutes of needling of one zone in one session, by person."""
    day = about.run.case.session_days[session]
    found = about.run.find("needling_time", treated.key, NOTHING)
    return next((end.values for end in found if end.time_days is not None and abs(end.time_days - day) < 0.5), None)


def _usual(least: float, most: float, usual: SessionTimeRow, about: About) -> str:
    tongue = about.tongue
    span = f"{tongue.number(usual.low_min)}–{tongue.amount(usual.high_min, 'min')}"
    if most < usual.low_min:
        return tongue.say("Shorter than the usual {span}: check area and hand speed.", span=span)
    if least > usual.high_min:
        return tongue.say("Longer than the usual {span}: book the time, or treat in two sessions.", span=span)
    return tongue.say("Within or across the usual {span}.", span=span)
