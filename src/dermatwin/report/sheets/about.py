"""What every page is made from: the run, the person with the history read, the treated zones, language and footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ...case import Topical, Zone
from ...core.spelling import tokens
from ...core.vocabulary import DARK_PHOTOTYPES
from ...evidence.rows.advice import CareStepRow
from ...evidence.rows.outcome import ConcernRow
from ...history import Person, person_in
from ...screening.agent import agent_of
from ...skin import site_of
from ...skin.site import Site
from ...twin import Run
from ...twin.run import ZoneRun
from .. import words
from .notes import Notes
from .tongue import Tongue

SIDES = {"left": "left", "right": "right", "both": "both sides"}
"""Sides as a case writes them, and as they stand on a page."""

OF_NUMBING = ("anaesthetic_toxicity", "methaemoglobinaemia")
"""Complications of numbing creams; where nothing numbs nobody is told of them."""


@dataclass(frozen=True)
class Treated:
    """One zone that is needled, its site, and its name in the language of the page."""

    run: ZoneRun
    site: Site
    name: str

    @property
    def key(self) -> str:
        """The zone's key in the case."""
        return self.run.zone.key


@dataclass(frozen=True)
class About:
    """What a page is made from."""

    run: Run
    tongue: Tongue
    notes: Notes
    who: Person
    zones: tuple[Treated, ...]

    @property
    def days(self) -> list[date]:
        """Dates of the sessions."""
        return session_dates(self.run)


def about(run: Run, tongue: Tongue) -> About:
    """The same, for a run in which somebody is treated; footnotes begin anew."""
    who = person_in(run.case, run.evidence)
    return About(run, tongue, Notes(run.evidence, tongue), who, tuple(_treated(run, tongue)))


def _treated(run: Run, tongue: Tongue) -> Iterator[Treated]:
    for zone in run.zones:
        if zone.punctures:
            site = site_of(zone.skin, run.evidence)
            yield Treated(zone, site, _name(zone.zone, site, tongue))


def _name(zone: Zone, site: Site, tongue: Tongue) -> str:
    """The site in the language of the page, with the side that the case names; a name of its own as the case has it."""
    if zone.name is not None:
        return words.title(zone.key)
    plain = words.title(tongue.say(site.label))
    side = next((side for side in SIDES if side in tokens(zone.zone.replace("_", " "))), "")
    return tongue.say("{site}, {side}", site=plain, side=tongue.say(SIDES[side])) if side else plain


def session_dates(run: Run) -> list[date]:
    """Calendar dates of the treatment sessions."""
    return [run.case.course.start + timedelta(days=round(day)) for day in run.case.session_days]


def concern_name(concern: str, about: About) -> str:
    """A concern in the language of the page."""
    labels = {row.concern: row.label for row in about.run.evidence.rows(ConcernRow)}
    return words.title(about.tongue.say(labels[concern]))


def stands(places: tuple[str, ...], site: Site) -> bool:
    """Whether a site is among some sites and regions; no place named is every place."""
    return not places or site.name in places or site.region.name in places


def numbs(topical: Topical, run: Run) -> bool:
    """Whether a product is an anaesthetic that reaches a treated zone, whatever is known of its numbness."""
    treated = {zone.zone.key for zone in run.zones if zone.punctures}
    reached = treated if topical.zones is None else treated & set(topical.zones)
    return bool(reached) and agent_of(topical, run.evidence) is not None


def applies(run: Run, condition: str) -> bool:
    """Whether the condition of an instruction holds for the person and the course."""
    conditions = {
        "always": True,
        "dark": run.case.patient.phototype in DARK_PHOTOTYPES,
        "face": any(site_of(zone.skin, run.evidence).on_face for zone in run.zones if zone.punctures),
        "anaesthetic": any(numbs(topical, run) for topical in run.case.course.topicals),
    }
    return conditions[condition]


def steps(run: Run, phase: str) -> list[CareStepRow]:
    """Instructions without hours that apply to this person."""
    return [row for row in run.evidence.rows(CareStepRow) if row.phase == phase and applies(run, row.applies_if)]
