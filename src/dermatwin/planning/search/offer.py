"""What is offered: a few distinct courses of the front, the literature's default beside them, and what each choice is worth.

    gentle    least downtime and harm among those with a fair share of the largest gain
    balanced  nearest to the best of everything
    thorough  largest gain
    usual     the literature's default, also where another course beats it

Each choice is told against its neighbours, one changed at a time on the same people: half a millimetre, one session, two
weeks, another number of passes. `certain` is how often one does better than the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ...case import Adjunct, Case, Topical
from ...core.units import factor
from .candidate import Candidate, case_of, weeks
from .front import losses
from .space import Space
from .worth import GAIN, Worth

Kind = Literal["gentle", "balanced", "thorough", "usual"]
FURTHER = 2.0  # weeks, by which an interval is asked about
MORE = 0.5  # mm, by which a needle length is asked about
Peek = Callable[[Candidate], Worth | None]
Outside = Callable[[Candidate], tuple[str, ...]]


@dataclass(frozen=True)
class Marginal:
    """What one changed choice is worth, against the offer it belongs to; the other minus the offer."""

    change: str  # in words: "cheek 2.0 mm rather than 1.5 mm"
    gain: float  # [-], mean
    downtime: float  # d, mean
    harm: float  # [-], mean
    gains_more: float  # share of people
    harms_more: float  # share of people
    outside: tuple[str, ...] = ()  # what is accepted and would not be kept


@dataclass(frozen=True)
class Offer:
    """One course with what it is worth and why its choices are as they are."""

    kind: Kind
    candidate: Candidate
    worth: Worth
    case: Case
    over_nothing: float  # share of people who gain more than with nothing done
    against_usual: Marginal | None  # the usual course minus this one; None for that itself
    marginals: tuple[Marginal, ...]
    fences: tuple[str, ...]  # choices that end here, and why
    on_front: bool
    test_spot: bool
    outside: tuple[str, ...] = ()  # what is accepted and is not kept: of the usual course alone, which then only compares


def offers(
    front: Sequence[Candidate],
    worths: Mapping[Candidate, Worth],
    default: Candidate,
    space: Space,
    nothing: Worth,
    peek: Peek,
    outside: Outside,
) -> tuple[Offer, ...]:
    """Distinct offers, the gentlest first; the default last where it is none of them, to be compared with."""
    fair = space.evidence.value("fair_gain_share", "1")
    chosen, usual = _chosen(front, worths, nothing, fair), peek(default)
    if usual is not None:
        chosen.setdefault(default, "usual")
    asked = _Asked(space, nothing, usual, default, peek, outside)
    made = (_offer(kind, candidate, asked) for candidate, kind in chosen.items())
    return tuple(replace(one, on_front=one.candidate in front) for one in made)


@dataclass(frozen=True)
class _Asked:
    """What every offer is set against."""

    space: Space
    nothing: Worth
    usual: Worth | None
    default: Candidate
    peek: Peek
    outside: Outside


def _chosen(
    front: Sequence[Candidate], worths: Mapping[Candidate, Worth], nothing: Worth, share: float
) -> dict[Candidate, Kind]:
    """Who stands for what, each course once; `share` of the largest gain over nothing is left of a gentle one."""
    scaled = _scaled(np.array([worths[candidate].objectives for candidate in front]))
    gains = np.array([worths[candidate].objectives[GAIN] for candidate in front])
    drift = float(np.nanmean(nothing.gain))
    fair = gains - drift >= share * (gains.max() - drift)
    burden = np.where(fair, scaled[:, GAIN + 1 :].sum(axis=1), np.inf)
    order: list[tuple[int, Kind]] = [
        (int(np.argmin(burden)), "gentle"),
        (int(np.argmin(np.linalg.norm(scaled, axis=1))), "balanced"),
        (int(np.argmax(gains)), "thorough"),
    ]
    found: dict[Candidate, Kind] = {}
    for number, kind in order:
        found.setdefault(front[number], kind)
    return found


def _scaled(objectives: np.ndarray) -> np.ndarray:
    """Losses between 0 (the best of the front) and 1 (the worst)."""
    values = losses(objectives)
    width = np.ptp(values, axis=0)
    return (values - values.min(axis=0)) / np.where(width > 0.0, width, 1.0)


def _offer(kind: Kind, candidate: Candidate, asked: _Asked) -> Offer:
    space, worth, usual = asked.space, asked.peek(candidate), asked.usual
    assert worth is not None  # what screening stops is never chosen
    looked = [(text, other, asked.peek(other)) for text, other in neighbours(candidate, space)]
    return Offer(
        kind,
        candidate,
        worth,
        case_of(candidate, space),
        shares(worth.gain, asked.nothing.gain),
        None if usual is None or candidate == asked.default else marginal("against the usual course", usual, worth),
        tuple(
            replace(marginal(text, found, worth), outside=asked.outside(other))
            for text, other, found in looked
            if found is not None
        ),
        (*_ends(candidate, space), *(f"{text}: screening stops it" for text, _, found in looked if found is None)),
        on_front=True,
        test_spot=space.held is None
        and any(zone.at_risk for zone, needling in zip(space.zones, candidate.zones, strict=True) if needling),
        outside=asked.outside(candidate),
    )


def marginal(change: str, other: Worth, own: Worth) -> Marginal:
    """The other course minus one's own, person by person."""
    return Marginal(
        change,
        float(np.nanmean(other.gain - own.gain)),
        float(np.nanmean(other.downtime - own.downtime)),
        float(np.nanmean(other.harm - own.harm)),
        shares(other.gain, own.gain),
        shares(other.harm, own.harm),
    )


def shares(values: np.ndarray, other: np.ndarray) -> float:
    """How often one is larger than the other, person by person; equals count half."""
    both = np.isfinite(values) & np.isfinite(other)
    return float(np.mean((values > other)[both])) + 0.5 * float(np.mean((values == other)[both]))


def neighbours(candidate: Candidate, space: Space) -> Iterator[tuple[str, Candidate]]:
    """Courses that differ in one choice, inside the fences, with words for the difference."""
    own = space.devices[candidate.device]
    for number, (zone, needling) in enumerate(zip(space.zones, candidate.zones, strict=True)):
        if needling is None:
            continue
        for length in _around(needling.length, own.lengths[number], MORE):
            text = f"{zone.key}: {length:g} mm rather than {needling.length:g} mm"
            yield text, candidate.with_zone(number, replace(needling, length=length))
        for passes in _around(needling.passes, own.passes, np.inf):
            text = f"{zone.key}: {passes:g} passes rather than {needling.passes:g}"
            yield text, candidate.with_zone(number, replace(needling, passes=int(passes)))
    for count in _around(candidate.count, space.counts, 1):
        yield f"{count:g} sessions rather than {candidate.count}", replace(candidate, count=int(count))
    for interval in _around(candidate.interval, space.intervals, FURTHER * factor("week", "d")):
        text = f"{weeks(interval):g} weeks apart rather than {weeks(candidate.interval):g}"
        yield text, replace(candidate, interval=interval)
    for number, beside in enumerate(space.beside):
        if number != candidate.beside and (number == 0 or candidate.beside == 0):
            text = "nothing beside the needling" if beside is None else f"{name_of(beside)} beside the needling"
            yield text, replace(candidate, beside=number)
    if space.can_wait and sum(needling is not None for needling in candidate.zones) > 1:
        for number, zone in enumerate(space.zones):
            if candidate.zones[number] is not None:
                yield f"{zone.key} later", candidate.with_zone(number, None)


def name_of(beside: Adjunct | Topical) -> str:
    """An adjunct or a product in words."""
    if isinstance(beside, Adjunct):
        return f"{beside.adjunct.replace('_', ' ')}" + (f" ({beside.detail})" if beside.detail else "")
    return beside.product if isinstance(beside.product, str) else beside.product.name


def _around(value: float, choices: Sequence[float], reach: float) -> Iterator[float]:
    """The choice below and the one above: the furthest within reach, else the nearest."""
    for side in ([one for one in choices if one < value], [one for one in reversed(choices) if one > value]):
        near = [one for one in side if abs(one - value) <= reach + 1e-9]
        if side:
            yield near[0] if near else side[-1]


def _ends(candidate: Candidate, space: Space) -> Iterator[str]:
    """Choices that stand at the end of what is allowed."""
    own = space.devices[candidate.device]
    for number, (zone, needling) in enumerate(zip(space.zones, candidate.zones, strict=True)):
        if needling is not None and needling.length == own.lengths[number][-1]:
            yield f"{zone.key}: not deeper than {needling.length:g} mm (zone, concern, device or skin)"
    if candidate.count == space.counts[-1]:
        yield f"not more than {candidate.count} sessions (trials, or what is accepted)"
    if candidate.interval == space.intervals[0]:
        yield f"not closer than {weeks(candidate.interval):g} weeks (trials, or pigment at risk)"
