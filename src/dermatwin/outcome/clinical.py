"""What a concern gets: a number with its bands, the words 'no evidence', or a referral.

The relative improvement of a person is

    drift + shrink x {m(driver) [works (needle + concern - drift) + study + arm] + adjunct} + person

with the driver from this person's own tissue and everything else pooled over trials. Where the evidence is negative or
absent there is no number but a notice. An untreated zone gets the drift of untreated arms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..case.document import ConcernRecord, Zone
from ..core.errors import Notice
from ..evidence import Draws, Pages
from ..evidence.rows.outcome import ConcernRow
from ..flows import Exposure, Reading, TissueHistory, standing_on
from ..naming import Detail
from .belief import Belief
from .course import Course
from .light import ACNE, light
from .pain import RELIEVED
from .pooling import EFFECTS, pooled
from .prediction import Arm, effects, responder_share, scale_change, supporting, trial_mean, usual_baseline
from .response import NONE, driver
from .scales import SCORED, Scale, concerns, missing, scales

ACTIVES = {
    "tranexamic": "tranexamic_acid",
    "ascorb": "vitamin_c",
    "minoxidil": "minoxidil",
    "triamcinolone": "triamcinolone",
    "hyaluron": "hyaluronic_acid",
    "botulinum": "botulinum",
}
"""Word in the name of an active -> the adjunct under which trials list it."""

NUMBER, DIRECT = "number", "A"
ALWAYS_COMBINED = (
    "every trial of this concern with a number combined needling with something: without it the number is pooled from "
    "needling of other concerns"
)


@dataclass(frozen=True)
class Answer:
    """What can be said about one concern in one zone, and on what it stands."""

    concern: str
    kind: str  # number, no_evidence, refer
    grade: str  # A: trials of this concern; D: pooled from other concerns, or always with an adjunct; E: no number
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Clinical:
    """Everything clinical about one zone."""

    readings: tuple[Reading, ...] = ()
    notices: tuple[Notice, ...] = ()
    answers: tuple[Answer, ...] = ()
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """One concern of one zone: by what rule it is answered, after which injury with what beside it, on which days."""

    zone: Zone
    record: ConcernRecord
    rule: ConcernRow
    arm: Arm
    times: np.ndarray  # d after the first session

    @property
    def path(self) -> str:
        """Where notices about it belong."""
        return f"{self.zone.key}.{self.record.concern}"


def clinical(zone: Zone, course: Course, times: np.ndarray, belief: Belief) -> Clinical:
    """Answers for every concern of a zone at `times` (d after the first session)."""
    draws, rules = belief.draws, concerns(belief.draws.evidence)
    kind = "needle" if course.needled.any() else "untreated"
    combined = (*course.adjuncts, *adjuncts_of(course.exposures))
    adjuncts, unknown = known_adjuncts(zone, combined, draws, belief.exclude)
    asked = [
        _Asked(zone, record, rule, Arm(kind, rule.pool, adjuncts), times)
        for record in zone.concerns
        for rule in (rules[record.concern],)
    ]
    parts = [_concern(one, course.history, belief) for one in asked]
    readings = tuple(_distinct(zip(zone.concerns, parts, strict=True)))
    notices = (*(unknown if parts else ()), *(n for p in parts for n in p.notices))
    return Clinical(
        readings,
        notices,
        tuple(a for p in parts for a in p.answers),
        {name: s for p in parts for name, s in p.sources.items()},
    )


def known_adjuncts(
    zone: Zone, adjuncts: Sequence[str], draws: Draws, exclude: frozenset[str]
) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    """Adjuncts that trials combined with needling, without doubles; a notice for every other one."""
    tried = pooled(draws, exclude).sources
    distinct = tuple(dict.fromkeys(adjuncts))
    found = tuple(a for a in distinct if tried.get(f"adjunct:{a}"))
    left = [a for a in distinct if a not in found and a not in RELIEVED]
    return found, tuple(
        Notice(
            f"{zone.key}.{a}",
            "no trial with a number combined this with needling: it does not change the clinical answer",
            "",
        )
        for a in left
    )


def adjuncts_of(exposures: Sequence[Exposure]) -> tuple[str, ...]:
    """Actives put on the skin that trials count as adjuncts."""
    return adjuncts_among(exposure.active for exposure in exposures if exposure.dose.max() > 0.0)


def adjuncts_among(actives: Iterable[str]) -> tuple[str, ...]:
    """Adjuncts of the trials that these actives are."""
    named = " ".join(active.lower() for active in actives)
    return tuple(adjunct for word, adjunct in ACTIVES.items() if word in named)


def answer(concern: str, draws: Draws, exclude: frozenset[str] = frozenset()) -> Answer:
    """What can be answered for a concern; every concern of the case document has an entry."""
    rule = concerns(draws.evidence)[concern]
    if rule.answer != NUMBER:
        return Answer(concern, rule.answer, "E", rule.note, rule.source)
    direct = pooled(draws, exclude).sources.get(f"concern:{rule.pool}", ())
    return Answer(concern, NUMBER, DIRECT if direct else "D", rule.note, direct or rule.source)


def _distinct(parts: Iterable[tuple[ConcernRecord, Clinical]]) -> Iterator[Reading]:
    """Two concerns on one scale: the second names its concern as well. One concern on two scales improves only once."""
    seen: set[tuple[str, Detail, float | None]] = set()
    for record, part in parts:
        for reading in part.readings:
            key = reading.quantity, reading.detail, reading.time
            if key not in seen:
                seen.add(key)
                yield reading
            elif reading.detail.scale is not None:
                yield replace(reading, detail=replace(reading.detail, concern=record.concern))


def _concern(asked: _Asked, history: TissueHistory, belief: Belief) -> Clinical:
    draws, exclude, arm, path = belief.draws, belief.exclude, asked.arm, asked.path
    found = answer(asked.record.concern, draws, exclude)
    notices = [Notice(path, _said(found), "; ".join(found.sources))]
    if asked.rule.answer != NUMBER:
        return _unneedled(asked, found, notices, belief)
    own = draws.apart()
    reached = driver(asked.rule.driver, history, asked.times, own, belief.reference)
    if found.grade != DIRECT:
        notices.append(Notice(path, "no trial of this concern gives a number: pooled from the other concerns", ""))
    if found.grade == DIRECT and not arm.adjuncts and not pooled(draws, exclude).sources.get(f"alone:{arm.group}"):
        found = replace(found, grade="D")
        notices.append(Notice(path, ALWAYS_COMBINED, ""))
    if arm.kind == "untreated" and arm.adjuncts:
        notices.append(Notice(path, "an adjunct without needling is not predicted: only the drift of untreated skin", ""))
    mean = trial_mean(arm, reached, own, exclude, believed=own("publication_shrink", "1"))
    behind = (
        own.reads if asked.rule.driver == NONE else own.reads.union(*(h.behind("values") for h in _seen(history, belief)))
    )
    readings = standing_on(_improvements(asked, mean, draws, exclude), behind)
    scaled, more = _on_scale(asked, mean, draws, exclude)
    scaled = standing_on(scaled, behind)
    names = {reading.name for reading in (*readings, *scaled)}
    studies = dict.fromkeys(names, supporting(arm, draws, exclude))
    return Clinical((*readings, *scaled), (*notices, *more), (found,), studies)


def _seen(history: TissueHistory, belief: Belief) -> tuple[TissueHistory, ...]:
    """The histories that a response is read from; nothing is read of one in which nobody needled."""
    usual = () if belief.reference is None else (belief.reference,)
    return (history, *usual) if history.sessions.size else ()


def _unneedled(asked: _Asked, found: Answer, notices: Sequence[Notice], belief: Belief) -> Clinical:
    """A concern that gets no number from needling; for acne, what the route without needles gives."""
    if asked.record.concern != ACNE or not asked.times.size:
        return Clinical((), tuple(notices), (found,))
    readings, more = light(asked.zone.key, float(asked.times[-1]), belief.draws, belief.exclude)
    return Clinical(readings, (*notices, *more), (found,), {r.name: tuple(more[0].source.split("; ")) for r in readings})


def _said(found: Answer) -> str:
    words = {
        "number": "predicted from trials.",
        "no_evidence": "not computed: no evidence for a number.",
        "refer": "not computed: refer.",
    }
    return f"{words[found.kind]} {found.note}"


def _person(mean: np.ndarray, concern: str, draws: Draws, exclude: frozenset[str]) -> np.ndarray:
    """Relative improvement of one new person around the trial mean, at most complete (1)."""
    spread = effects(draws, exclude).people[:, None]
    return np.minimum(mean + spread * draws.score("person", f"response {concern}", owner=EFFECTS), 1.0)


def _improvements(asked: _Asked, mean: np.ndarray, draws: Draws, exclude: frozenset[str]) -> tuple[Reading, ...]:
    concern, page = asked.record.concern, Pages(draws)
    person = _person(mean, concern, page["person"], exclude)
    cut = page["responders"].median("responder_threshold", "1")
    any_at = effects(page["others"], exclude)["cut:any"][:, None]
    table = {
        "relative_improvement": ("1", person, page.of("person")),
        "trial_mean_relative_improvement": ("1", np.minimum(mean, 1.0), frozenset[str]()),
        "responder_share": ("1", _share(mean, cut, page["responders"], exclude), page.of("responders")),
        "not_improved_share": ("1", 1.0 - _share(mean, any_at, page["others"], exclude), page.of("others")),
        "worse_share": ("1", _worse(mean, page["worse"], exclude), page.of("worse")),
    }
    return _at_times(asked, table, Detail(concern=concern))


def _share(mean: np.ndarray, cut: float | np.ndarray, draws: Draws, exclude: frozenset[str]) -> np.ndarray:
    """Share of people beyond a line, those left out whom no rater calls a responder, (draw, time)."""
    known = effects(draws, exclude)
    return responder_share(mean, cut, known.people[:, None], known.never[:, None])


def _worse(mean: np.ndarray, draws: Draws, exclude: frozenset[str]) -> np.ndarray:
    """Share of people who end worse than they began, (draw, time)."""
    return responder_share(-mean, 0.0, effects(draws, exclude).people[:, None])


def _on_scale(
    asked: _Asked, mean: np.ndarray, draws: Draws, exclude: frozenset[str]
) -> tuple[tuple[Reading, ...], tuple[Notice, ...]]:
    """Change on the named scale, or on the usual one of the concern."""
    record, path = asked.record, asked.path
    scale, notices = _scale(path, record, asked.rule, draws)
    if scale is None:
        return (), notices
    stated = record.severity if record.scale in (None, scale.id) else None
    page = Pages(draws)
    base, sources = usual_baseline(scale, stated, page["base"], exclude)
    if base is None:
        said = f"no usual value of the {scale.title} is known: give a severity for a change on it"
        return (), (*notices, Notice(path, said, ""))
    if stated is None:
        origin = "of trials" if sources else "assumed"
        said = f"severity on the {scale.title} not given: usual value {origin}, median {float(np.median(base)):.3g}"
        notices = (*notices, Notice(path, said, "; ".join(sources or scale.sources)))
    limits = [float(v) for v in (scale.low, scale.high) if v is not None]
    if stated is not None and scale.clamp(np.array(stated)) != stated:
        return (), (*notices, Notice(path, f"severity {stated:g} lies outside the range {limits} of the {scale.title}", ""))
    share = missing(scale, page["base"])
    person = scale_change(scale, base[:, None], share * _person(mean, record.concern, page["person"], exclude))
    average = scale_change(scale, base[:, None], share * np.minimum(mean, 1.0))
    table = {
        "scale_change": (scale.unit, person, page.of("base", "person")),
        "trial_mean_scale_change": (scale.unit, average, page.of("base")),
    }
    return _at_times(asked, table, Detail(scale=scale.id)), notices


def _scale(path: str, record: ConcernRecord, rule: ConcernRow, draws: Draws) -> tuple[Scale | None, tuple[Notice, ...]]:
    """The scale to answer on: the case's if it can carry a change, else the concern's usual one."""
    known = scales(draws.evidence)
    wanted = known.get(record.scale or rule.default_scale or "")
    if record.scale and wanted is None:
        said = f"scale {record.scale!r} is not known: {rule.default_scale} is used instead"
        return known.get(rule.default_scale or ""), (Notice(path, said, ""),)
    if wanted is not None and wanted.kind not in SCORED:
        said = f"{wanted.id} does not measure a severity that a relative improvement can be put on"
        return None, (Notice(path, said, ""),)
    return wanted, ()


def _at_times(
    asked: _Asked, table: dict[str, tuple[str, np.ndarray, frozenset[str]]], detail: Detail
) -> tuple[Reading, ...]:
    return tuple(
        Reading(quantity, asked.zone.key, unit, values[:, i], float(time), detail, reads)
        for quantity, (unit, values, reads) in table.items()
        for i, time in enumerate(asked.times)
    )
