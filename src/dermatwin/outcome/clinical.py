"""What a concern gets: a number with its bands, the words 'no evidence', or a referral.

The relative improvement of a person is

    drift + shrink x [m(driver)^g (needle + concern + study - drift) + adjunct + arm] + person

with the driver from this person's own tissue and everything else pooled over trials. Where the evidence is negative or
absent there is no number but a notice. An untreated zone gets the drift of untreated arms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..case.document import ConcernRecord, Zone
from ..core.errors import Notice
from ..evidence import Draws
from ..evidence.rows.outcome import ConcernRow
from ..flows import Exposure, Reading, TissueHistory
from .light import ACNE, light
from .pain import RELIEVED
from .pooling import pooled
from .prediction import effects, responder_share, scale_change, supporting, trial_mean, usual_baseline
from .response import driver, saturating
from .scales import SCORED, Scale, concerns, scales

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


@dataclass(frozen=True)
class Answer:
    """What can be said about one concern in one zone, and on what it stands."""

    concern: str
    kind: str  # number, no_evidence, refer
    grade: str  # A: trials of this concern; D: pooled from other concerns; E: no number
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Clinical:
    """Everything clinical about one zone."""

    readings: tuple[Reading, ...] = ()
    notices: tuple[Notice, ...] = ()
    answers: tuple[Answer, ...] = ()
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)


def clinical(
    zone: Zone,
    history: TissueHistory,
    needled: np.ndarray,
    adjuncts: Sequence[str],
    times: np.ndarray,
    draws: Draws,
    exclude: frozenset[str] = frozenset(),
    reference: TissueHistory | None = None,
) -> Clinical:
    """Answers for every concern of a zone at `times` (d after the first session); needled: sessions, (draw,)."""
    rules = concerns(draws.evidence)
    courses = {
        record.concern: response(rules[record.concern].driver, history, times, draws, reference)
        for record in zone.concerns
        if rules[record.concern].answer == NUMBER
    }
    kind = "needle" if needled.any() else "untreated"
    adjuncts, unknown = known_adjuncts(zone, adjuncts, draws, exclude)
    parts = [
        _concern(zone, record, kind, courses.get(record.concern), adjuncts, times, draws, exclude)
        for record in zone.concerns
    ]
    seen: set[str] = set()
    readings = tuple(
        _distinct(reading, record.concern, seen)
        for part, record in zip(parts, zone.concerns, strict=True)
        for reading in part.readings
    )
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
    actives = " ".join(exposure.active.lower() for exposure in exposures if exposure.dose.max() > 0.0)
    return tuple(adjunct for word, adjunct in ACTIVES.items() if word in actives)


def answer(concern: str, draws: Draws, exclude: frozenset[str] = frozenset()) -> Answer:
    """What can be answered for a concern; every concern of the case document has an entry."""
    rule = concerns(draws.evidence)[concern]
    if rule.answer != NUMBER:
        return Answer(concern, rule.answer, "E", rule.note, rule.source)
    direct = pooled(draws, exclude).sources.get(f"concern:{rule.pool}", ())
    return Answer(concern, NUMBER, DIRECT if direct else "D", rule.note, direct or rule.source)


def _distinct(reading: Reading, concern: str, seen: set[str]) -> Reading:
    """Two concerns on one scale: the second names its concern as well."""
    key = f"{reading.name}@{reading.time}"
    if key in seen:
        return Reading(f"{reading.name[:-1]}:{concern}]", reading.zone, reading.unit, reading.values, reading.time)
    seen.add(key)
    return reading


def response(
    kind: str, history: TissueHistory, times: np.ndarray, draws: Draws, reference: TissueHistory | None = None
) -> np.ndarray:
    """Response of a concern at `times` relative to the reference course [-], (draw, time)."""
    return saturating(driver(kind, history, times, draws, reference), draws("response_saturation", "1")[:, None])


def _concern(
    zone: Zone,
    record: ConcernRecord,
    kind: str,
    reached: np.ndarray | None,
    adjuncts: tuple[str, ...],
    times: np.ndarray,
    draws: Draws,
    exclude: frozenset[str],
) -> Clinical:
    found, path = answer(record.concern, draws, exclude), f"{zone.key}.{record.concern}"
    notices = [Notice(path, _said(found), "; ".join(found.sources))]
    if reached is None:
        return _unneedled(zone, record, found, notices, times, draws, exclude)
    if found.grade != DIRECT:
        notices.append(Notice(path, "no trial of this concern gives a number: pooled from the other concerns", ""))
    if kind == "untreated" and adjuncts:
        notices.append(Notice(path, "an adjunct without needling is not predicted: only the drift of untreated skin", ""))
    rule = concerns(draws.evidence)[record.concern]
    mean = trial_mean(kind, rule.pool, adjuncts, reached, draws, exclude, believed=draws("publication_shrink", "1"))
    readings = _improvements(zone, record.concern, mean, times, draws, exclude)
    scaled, more = _on_scale(zone, record, rule, mean, times, draws, exclude)
    behind = supporting(kind, rule.pool, adjuncts, draws, exclude)
    names = {reading.name for reading in (*readings, *scaled)}
    return Clinical((*readings, *scaled), (*notices, *more), (found,), dict.fromkeys(names, behind))


def _unneedled(
    zone: Zone,
    record: ConcernRecord,
    found: Answer,
    notices: Sequence[Notice],
    times: np.ndarray,
    draws: Draws,
    exclude: frozenset[str],
) -> Clinical:
    """A concern that gets no number from needling; for acne, what the route without needles gives."""
    if record.concern != ACNE or not times.size:
        return Clinical((), tuple(notices), (found,))
    readings, more = light(zone.key, float(times[-1]), draws, exclude)
    return Clinical(readings, (*notices, *more), (found,), {r.name: tuple(more[0].source.split("; ")) for r in readings})


def _said(found: Answer) -> str:
    words = {"number": "predicted from trials.", "no_evidence": "no evidence for a number.", "refer": "refer."}
    return f"{words[found.kind]} {found.note}"


def _person(mean: np.ndarray, concern: str, draws: Draws, exclude: frozenset[str]) -> np.ndarray:
    """Relative improvement of one new person around the trial mean, at most complete (1)."""
    spread = effects(draws, exclude).people[:, None]
    return np.minimum(mean + spread * draws.luck.normal("person", f"response {concern}"), 1.0)


def _improvements(
    zone: Zone, concern: str, mean: np.ndarray, times: np.ndarray, draws: Draws, exclude: frozenset[str]
) -> tuple[Reading, ...]:
    spread = effects(draws, exclude).people[:, None]
    cut = draws.median("responder_threshold", "1")
    table = {
        "relative_improvement": _person(mean, concern, draws, exclude),
        "trial_mean_relative_improvement": np.minimum(mean, 1.0),
        "responder_share": responder_share(mean, cut, spread),
    }
    return _at_times(zone, {f"{name}[{concern}]": ("1", values) for name, values in table.items()}, times)


def _on_scale(
    zone: Zone,
    record: ConcernRecord,
    rule: ConcernRow,
    mean: np.ndarray,
    times: np.ndarray,
    draws: Draws,
    exclude: frozenset[str],
) -> tuple[tuple[Reading, ...], tuple[Notice, ...]]:
    """Change on the named scale, or on the usual one of the concern."""
    path = f"{zone.key}.{record.concern}"
    scale, notices = _scale(path, record, rule, draws)
    if scale is None:
        return (), notices
    stated = record.severity if record.scale in (None, scale.id) else None
    base, sources = usual_baseline(scale, stated, draws, exclude)
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
    person = scale_change(scale, base[:, None], _person(mean, record.concern, draws, exclude))
    average = scale_change(scale, base[:, None], np.minimum(mean, 1.0))
    table = {
        f"scale_change[{scale.id}]": (scale.unit, person),
        f"trial_mean_scale_change[{scale.id}]": (scale.unit, average),
    }
    return _at_times(zone, table, times), notices


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


def _at_times(zone: Zone, table: dict[str, tuple[str, np.ndarray]], times: np.ndarray) -> tuple[Reading, ...]:
    return tuple(
        Reading(name, zone.key, unit, values[:, i], float(time))
        for name, (unit, values) in table.items()
        for i, time in enumerate(times)
    )
