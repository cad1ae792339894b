"""Facts for consent: how sure the benefit is, what can go wrong and how often, what is off label, what else there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...evidence.rows.advice import AlternativeRow, ComplicationRow
from ...evidence.rows.planning import DefaultCourseRow
from ...outcome import Counts
from ...screening.product import contents, name_of
from ...twin import Endpoint
from .about import OF_NUMBING, About, Treated, applies, concern_name
from .order import besides, is_off_label, products

CONFIDENCE = {
    "H": "{concern}: several trials agree that it helps.",
    "M": "{concern}: some trials say that it helps; more are needed.",
    "L": "{concern}: there is little evidence that it helps.",
    "VL": "{concern}: there is next to no evidence that it helps.",
}
NO_COURSE = "{concern}: needling is not the usual treatment."
GRADES = {
    "A": "measured in people who were needled",
    "B": "measured in people, not after needling",
    "C": "measured in animals or in the laboratory",
    "D": "worked out from other numbers",
    "E": "rests on at least one assumption",
}
ABOUT_LABEL = (
    "phototype_outside_label",
    "depth_beyond_label",
    "under_22",
    "skinpen_neck_phototype",
    "neck_wrinkle_phototype",
    "exceed_wrinkle_phototype",
    "exceed_scar_phototype",
    "skinpen_scar_depth",
)
"""Findings that say that a device is used outside its label."""

OF_PRODUCTS = "granuloma_risk"
"""The risk that products on needled skin bring; it is computed of those whose way in the skin is."""

THOUSAND, HUNDRED = 1000, 100


@dataclass(frozen=True)
class Risk:
    """One thing that can go wrong."""

    name: str
    zone: str
    often: str
    counted: str
    sure: str
    notes: str


@dataclass(frozen=True)
class Consent:
    """What the page shows."""

    known: list[str]
    unknown: list[str]
    risks: list[Risk]
    uncounted: list[str]
    off_label: list[str]
    alternatives: list[tuple[str, str]]


def consent(about: About) -> Consent:
    """Everything that a person should know before signing."""
    numbs = applies(about.run, "anaesthetic")
    rows = [row for row in about.run.evidence.rows(ComplicationRow) if row.plain and (numbs or row.id not in OF_NUMBING)]
    return Consent(
        known=list(_known(about)),
        unknown=list(_unknown(about)),
        risks=[risk for row in rows if row.risk for risk in _risks(row, about)],
        uncounted=[about.tongue.say(row.plain) for row in rows if not row.risk],
        off_label=list(dict.fromkeys(_off_label(about))),
        alternatives=list(_alternatives(about)),
    )


def _concerns(about: About) -> list[str]:
    return list(dict.fromkeys(record.concern for treated in about.zones for record in treated.run.zone.concerns))


def _known(about: About) -> Iterator[str]:
    courses = {row.concern: row for row in about.run.evidence.rows(DefaultCourseRow)}
    for concern in _concerns(about):
        row = courses.get(concern)
        sentence = NO_COURSE if row is None or row.decision != "course" else CONFIDENCE[row.confidence]
        yield about.tongue.say(sentence, concern=concern_name(concern, about))


def _unknown(about: About) -> Iterator[str]:
    known = [end for end in about.run.endpoints if np.isfinite(end.band).all()]
    assumed = sum(end.grade == "E" for end in known)
    tongue = about.tongue
    if known:
        yield tongue.say(
            "{assumed} of the {all} numbers behind these pages rest on at least one assumption.",
            assumed=tongue.number(assumed),
            all=tongue.number(len(known)),
        )
    yield tongue.say("Nobody can say beforehand how you yourself will answer: bands show how people like you differ.")
    yield tongue.say("What happens after more than a year has hardly been studied.")


def _risks(row: ComplicationRow, about: About) -> Iterator[Risk]:
    tongue = about.tongue
    for treated in about.zones:
        for end in about.run.find(row.risk or "", treated.key):
            unknown = _not_computed(treated, about) if end.quantity == OF_PRODUCTS else []
            if np.isfinite(end.band).all():
                yield Risk(
                    name=tongue.say(row.plain),
                    zone=treated.name if len(about.zones) > 1 else "",
                    often=_unknown_products(unknown, about) if unknown else _often(end, about),
                    counted="" if end.counts is None else _counted(end.counts, about),
                    sure="" if unknown else tongue.say(GRADES[end.grade]),
                    notes=about.notes.mark((*row.source, *end.pooled[:2])),
                )


def _often(end: Endpoint, about: About) -> str:
    """A risk as so many of a hundred, or of a thousand where it is rare."""
    low, middle, high = end.band
    tongue = about.tongue
    if high == 0.0:
        return tongue.say("not with this course: nothing in it brings it about")
    base = HUNDRED if middle >= 0.01 else THOUSAND
    low, middle, high = (base * share for share in (low, middle, high))
    if round(middle) == 0:
        return tongue.say(
            "fewer than 1 in {base} people like you; at most {high}",
            base=tongue.number(base),
            high=tongue.number(max(round(high), 1)),
        )
    return tongue.say(
        "{middle} in {base} people like you; between {low} and {high}",
        middle=tongue.number(round(middle)),
        base=tongue.number(base),
        low=tongue.number(round(low)),
        high=tongue.number(max(round(high), 1)),
    )


def _unknown_products(names: list[str], about: About) -> str:
    tongue = about.tongue
    return tongue.say("not computed: what {products} does in the skin is not known here", products=tongue.listing(names))


def _not_computed(treated: Treated, about: About) -> list[str]:
    """What goes onto the needled skin of a zone and is no part of the computation: unknown products, off-label adjuncts."""
    here = [topical for topical, zone in products(about) if zone is treated]
    unknown = [name_of(one) for one in here if contents(one, about.run.evidence).unknown]
    return list(dict.fromkeys((*unknown, *(one.what for one in besides(about) if one.off_label and one.treated is treated))))


def _counted(counts: Counts, about: About) -> str:
    """What trials of needling counted."""
    tongue, tally = about.tongue, counts.needled
    if not tally.people:
        return tongue.say("not counted in any trial of needling")
    people = tongue.number(tally.people)
    if counts.upper is not None:
        return tongue.many(
            "not seen in {people} people of {count} trial",
            "not seen in {people} people of {count} trials",
            tally.studies,
            people=people,
        )
    return tongue.many(
        "seen in {events} of {people} people of {count} trial",
        "seen in {events} of {people} people of {count} trials",
        tally.studies,
        events=tongue.number(tally.events),
        people=people,
    )


def _off_label(about: About) -> Iterator[str]:
    """Products and ways of use that no label covers, by name."""
    for topical, treated in products(about):
        if is_off_label(topical, treated, about):
            yield about.tongue.say("{product}: not approved for needled skin.", product=name_of(topical))
    for one in besides(about):
        if one.off_label and not one.against:
            yield about.tongue.say("{product}: not approved for needled skin.", product=one.what)
    for finding in about.run.screening.findings:
        if finding.rule in ABOUT_LABEL and finding.level != "info":
            yield about.tongue.quoted(f"{finding.title}: {finding.reason}.")


def _alternatives(about: About) -> Iterator[tuple[str, str]]:
    concerns = _concerns(about)
    for row in about.run.evidence.rows(AlternativeRow):
        if row.concern is None or row.concern in concerns:
            yield about.tongue.say(row.alternative), about.notes.mark(row.source)
