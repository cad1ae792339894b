"""Risks of one person's course: the pooled rate of trials, scaled by what this course does to this skin.

Pigment     1 - (1 - p0)^e,  e = (int Q dt / int Q_ref dt)^b x site x sun   (Q already carries the phototype)
Scars       e = sum over sessions of l^b / n_ref x (1 + (max Y / max F / level)^h);  raised scars x site x keloid history
Tracks      the same with, in each session, x (contacts / places)^b x (F/F_ref)^p, then x device x bone
Infection   e = sessions / n_ref x weakened defence;  serious events e = sessions / n_ref
Cold sores  e = sessions / n_ref x history
Granuloma   e = (sessions with a product on open channels + f_0 x sessions without) / n_ref
Bleeding    e = sum of bleeding shares / (n_ref usual share) x anticoagulant

with Q the pigment drive of the epidermis and Y/F the share of myofibroblasts where every session hits, the alarm of the
healing network, and l the inflamed volume of a session against that of the usual course (`reaction`): deeper and denser
needling is never less likely to scar. Tracks come from needles that follow one another along a line, are pressed by hand
and meet bone; the only ones that were counted come from a roller, the reference. Each risk comes with the numerators and
denominators behind it. Cold sores, granulomas after a product on open channels and prolonged bleeding are counted by name
in no trial read: an assumed rate of grade E is the prior, and trials that saw nothing unexpected hold it down. A granuloma
without a product is rarer by f_0, not impossible. A risk is that of the whole course.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..case.document import Patient, Zone
from ..core.errors import Notice
from ..core.vocabulary import ASSUMPTION
from ..evidence import Draws, Pages
from ..evidence.rows.history import RiskModifierRow
from ..flows import Exposure, Punctures, Reading, TissueHistory
from ..history import Person, holds, question
from ..skin import Skin, site_of
from .belief import Belief
from .counts import ASSUMED, Counts, counts
from .course import Course
from .events import rate_pool, study_risk
from .reaction import inflamed_volume
from .response import saturating
from .tissue import EPIDERMIS, change

POOLED = {
    "pih_risk": "pih",
    "tram_track_risk": "tram_track_scar",
    "hypertrophic_scar_risk": "hypertrophic_scar_or_keloid",
    "infection_risk": "infection",
    "herpes_risk": "hsv_reactivation",
    "granuloma_risk": "granuloma_or_allergy",
    "prolonged_bleeding_risk": "prolonged_bleeding",
    "serious_event_risk": "serious",
}
"""Reading -> event of the adverse-event rows."""

PIGMENT, SCARS, LINES, SESSIONS, PRODUCTS, BLOOD = "pigment", "scars", "tracks", "sessions", "products", "blood"
"""What hazards count."""

SUN = {"protected": -1.0, "usual": 0.0, "strong": 1.0}
"""How often the sun effect enters: protection takes back what strong sun adds."""


@dataclass(frozen=True)
class Risks:
    """Risks of a course with the studies and the counts behind them."""

    readings: tuple[Reading, ...]
    notices: tuple[Notice, ...]
    sources: dict[str, tuple[str, ...]]
    counts: dict[str, Counts]


def risks(zone: Zone, person: Person, skin: Skin, course: Course, belief: Belief) -> Risks:
    """Every risk of a course in one zone, shape (draw,) each, all within [0, 1]."""
    needled, draws, exclude = course.needled, belief.draws, belief.exclude
    page = Pages(draws)
    parts = {
        PIGMENT: {"pih_risk": pigment_hazard(person.patient, skin, course.history, page[PIGMENT], belief.reference)},
        SCARS: {"hypertrophic_scar_risk": _raised_hazard(skin, course, page[SCARS], belief.reference)},
        LINES: {"tram_track_risk": _track_hazard(skin, course, page[LINES], belief.reference)},
        SESSIONS: _session_hazards(needled, page[SESSIONS]),
        PRODUCTS: {"granuloma_risk": _product_hazard(course.punctures, course.exposures, page[PRODUCTS])},
        BLOOD: {"prolonged_bleeding_risk": _bleeding_hazard(course.punctures, page[BLOOD])},
    }
    hazards = {name: hazard for part in parts.values() for name, hazard in part.items()}
    own = {name: own_factor(name, person, page[name]) for name in POOLED}
    found = {
        name: study_risk(event, np.where(needled > 0.0, hazards[name] * own[name], 0.0), page[name], exclude)
        for name, event in POOLED.items()
    }
    met = _met(course, skin, belief)
    behind = {name: page.of(part, name).union(*met[part]) for part, names in parts.items() for name in names}
    readings = tuple(Reading(name, zone.key, "1", values, reads=behind[name]) for name, values in found.items())
    sources = {name: rate_pool(event, draws, exclude).sources for name, event in POOLED.items()}
    counted = {name: counts(event, draws, exclude) for name, event in POOLED.items()}
    return Risks(readings, _notices(zone, found, counted, draws, exclude), sources, counted)


def _met(course: Course, skin: Skin, belief: Belief) -> dict[str, list[frozenset[str]]]:
    """What was read for the stage results that each kind of hazard looks at; every risk needs needles that pierce."""
    pierced = [punctures.behind("density") for punctures in course.punctures]
    usual = [] if belief.reference is None else [belief.reference.behind("means")]
    entered = [exposure.behind() for exposure in course.exposures]
    brought = [] if belief.reference is None else [belief.reference.behind("inflammation")]
    inflamed = [course.history.behind("values", "inflammation"), *brought]
    return {
        PIGMENT: [*pierced, *usual, course.history.behind("means"), skin.behind("pigment")],
        SCARS: [*pierced, *inflamed],
        LINES: [*pierced, *inflamed, *(punctures.behind("force", "pattern") for punctures in course.punctures)],
        SESSIONS: pierced,
        PRODUCTS: [*pierced, *entered],
        BLOOD: [*pierced, *(punctures.behind("bleeding_fraction") for punctures in course.punctures)],
    }


def pigment_hazard(
    patient: Patient, skin: Skin, history: TissueHistory, draws: Draws, reference: TissueHistory | None = None
) -> np.ndarray:
    """Hazard of pigment relative to the reference course on the face of phototype III, (draw,).

    e = m(x^b) P^b f_site f_sun,   x = (INT Q dt / P) / (INT Q dt)_ref,   P pigment of this skin relative to III

    The injury saturates like every other response (m of `response`): trials saw no course denser than the taught one
    several times over, and a power law without a ceiling would make pigment certain there. Trials counted pigment after the
    reference course, so that a draw in which the network makes none says nothing: there the sessions count alone.
    """
    steepness = draws("pigment_dose_exponent", "1")
    injury = _pigment_injury(history, draws, reference) / skin.pigment
    dose = saturating(injury**steepness, draws("response_saturation", "1")) * skin.pigment**steepness
    site = draws(f"pih_site_factor[{site_of(skin, draws.evidence).region.pigment}]", "1")
    return dose * site * draws("sun_effect", "1") ** SUN[patient.sun]


def _pigment_injury(history: TissueHistory, draws: Draws, reference: TissueHistory | None) -> np.ndarray:
    """Pigment drive of the course relative to the reference course under the same draws [-], (draw,)."""
    if reference is None:
        return _pigment_dose(history) / draws("pigment_drive_reference", "d")
    floor = 0.1 * draws.median("pigment_drive_reference", "d")
    sessions = history.sessions.size / draws.median("reference_sessions", "1")
    usual = (_pigment_dose(reference) + floor) * draws("reference_dose", "1")
    return (_pigment_dose(history) + floor * sessions) / usual


def _pigment_dose(history: TissueHistory) -> np.ndarray:
    """Integral of the pigment drive over the course, mean over the epidermis, (draw,) d."""
    drive = change(history, "pigment_drive")[:, EPIDERMIS]
    return np.maximum(np.trapezoid(drive, history.time, axis=-1), 0.0)


def alarm(history: TissueHistory) -> np.ndarray:
    """Most myofibroblasts over most fibroblasts, largest of the layers, (draw,).

    Where the history says what happens at a point that every session hits, that point counts: scars are local.
    """
    end = "_repeated" if "fibroblasts_repeated" in history.states else ""
    most = history.state(f"fibroblasts{end}").max(axis=-1)
    cells = history.state(f"myofibroblasts{end}").max(axis=-1)
    return np.divide(cells, most, out=np.zeros_like(most), where=most != 0.0).max(axis=1)


def _raised_hazard(skin: Skin, course: Course, draws: Draws, reference: TissueHistory | None) -> np.ndarray:
    """Hazard of a raised scar, (draw,): inflamed volume, alarm of the network, site."""
    volumes = [_scarring_volume(punctures, course.history, draws, reference) for punctures in course.punctures]
    raised = sum(volumes, start=np.zeros(draws.count)) * _alarmed(course.history, draws)
    site = draws(f"scar_site_factor[{site_of(skin, draws.evidence).scars}]", "1")
    return np.minimum(raised * site, draws.median("largest_hazard_ratio", "1"))


def _track_hazard(skin: Skin, course: Course, draws: Draws, reference: TissueHistory | None) -> np.ndarray:
    """Hazard of tracks, (draw,): as for raised scars, but device, pressure, passes over one place and bone for the site."""
    volumes = [
        _scarring_volume(punctures, course.history, draws, reference) * _tracked(punctures, course.device, draws)
        for punctures in course.punctures
    ]
    tracks = sum(volumes, start=np.zeros(draws.count)) * _alarmed(course.history, draws)
    return np.minimum(tracks * _device(course.device, skin, draws), draws.median("largest_hazard_ratio", "1"))


def _alarmed(history: TissueHistory, draws: Draws) -> np.ndarray:
    """What the alarm of the network multiplies by, over the sessions of the reference course, (draw,)."""
    level = (alarm(history) / draws("alarm_fraction", "1")) ** draws("myofibroblast_alarm_steepness", "1")
    return (1.0 + level) / draws.median("event_reference_sessions", "1")


def _scarring_volume(
    punctures: Punctures, history: TissueHistory, draws: Draws, reference: TissueHistory | None
) -> np.ndarray:
    """What one session counts for, l^b [-], (draw,): 1 in the usual course, 0 where nothing pierced."""
    volume = inflamed_volume(punctures.session, history, draws, reference)
    return np.where(punctures.density > 0.0, volume ** draws("scar_dose_exponent", "1"), 0.0)


def _tracked(punctures: Punctures, device: str, draws: Draws) -> np.ndarray:
    """What passes over one place and the hand's push add in a session, (contacts / places)^b (F/F_ref)^p [-], (draw,)."""
    pattern = punctures.pattern
    again = np.ones(draws.count) if pattern is None else pattern.contacts / np.maximum(pattern.holes, np.finfo(float).tiny)
    pressed = punctures.force.mean(axis=1) / draws.median("reference_needle_force", "N")
    steep = draws(f"tram_track_force_exponent[{_handled(device, draws)}]", "1")
    return np.maximum(again, 1.0) ** draws("scar_dose_exponent", "1") * pressed**steep


def _device(device: str, skin: Skin, draws: Draws) -> np.ndarray:
    """What the device, and bone below the skin, multiply the hazard of tracks by, (draw,)."""
    factor = draws(f"tram_track_factor[{_handled(device, draws)}]", "1")
    return factor * draws("tram_track_bone_factor", "1") if skin.over_bone else factor


def _handled(device: str, draws: Draws) -> str:
    """The member of `tram_track_factor` that holds for a device."""
    known = {parameter.member for parameter in draws.evidence.family("tram_track_factor").values()}
    return device if device in known else "unspecified"


def _session_hazards(needled: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
    """Hazards that count sessions and nothing that the needles do."""
    sessions = needled / draws.median("event_reference_sessions", "1")
    return dict.fromkeys(("infection_risk", "serious_event_risk", "herpes_risk"), sessions)


def _product_hazard(punctures: Sequence[Punctures], exposures: Sequence[Exposure], draws: Draws) -> np.ndarray:
    """Hazard of a granuloma or allergy, (draw,): sessions with a product on open channels, and the rest for little."""
    products = [exposure for exposure in exposures if exposure.at_nerves is None]
    little = draws("granuloma_without_product", "1")
    entered = (np.where(_entered(products, p.session), 1.0, little) for p in punctures)
    counted = (np.where(p.density > 0.0, weight, 0.0) for p, weight in zip(punctures, entered, strict=True))
    return sum(counted, start=np.zeros(draws.count)) / draws.median("event_reference_sessions", "1")


def _bleeding_hazard(punctures: Sequence[Punctures], draws: Draws) -> np.ndarray:
    """Hazard of prolonged bleeding, (draw,): vessels that bleed."""
    bled = sum((p.bleeding_fraction * (p.density > 0.0) for p in punctures), start=np.zeros(draws.count))
    return bled / (draws.median("event_reference_sessions", "1") * draws.median("reference_bleeding_share", "1"))


def _entered(products: Sequence[Exposure], session: int) -> np.ndarray:
    """In whom any product of a session came in through the channels, (draw,); one who failed in delivery counts."""
    found = [~(one.through_channels <= 0.0).all(axis=1) for one in products if one.session == session]
    return np.any(found, axis=0)


def own_factor(risk: str, person: Person, draws: Draws) -> np.ndarray:
    """What the history of the person multiplies a hazard by, (draw,): the largest factor that holds, 1 where none does.

    Rows of `risk_modifiers.csv`. Factors are not multiplied with one another: no study counted two of them together.
    """
    held = {row.factor for row in draws.evidence.rows(RiskModifierRow) if row.risk == risk and _holds(row, person)}
    return np.maximum.reduce([np.ones(draws.count), *(draws(factor, "1") for factor in sorted(held))])


def _holds(row: RiskModifierRow, person: Person) -> bool:
    return holds(person.facts, question(row), person.start)


def _notices(
    zone: Zone, found: dict[str, np.ndarray], counted: dict[str, Counts], draws: Draws, exclude: frozenset[str]
) -> tuple[Notice, ...]:
    """Risks that no trial states a rate of."""
    notices = []
    for name, event in POOLED.items():
        if not found[name].max() > 0.0:
            continue
        if event in ASSUMED:
            said = f"no trial states a rate; the number is an assumption (grade E){_held(counted[name])}"
        elif not rate_pool(event, draws, exclude).sources:
            said = "no trial states a rate; the number is the prior"
        else:
            continue
        notices.append(Notice(f"{zone.key}.{name}", said, ASSUMPTION))
    return tuple(notices)


def _held(counts: Counts) -> str:
    people = counts.needled.people
    return f"; {people} people in trials that saw nothing unexpected hold it down" if people else ""
