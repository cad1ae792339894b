"""Read a zone out: tissue, recovery, pain, risks and the clinical answer, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..case.document import Patient, Zone
from ..core.errors import Notice
from ..evidence import Draws
from ..flows import Channels, Curve, Exposure, Punctures, Reading, TissueHistory
from ..naming import Detail
from ..skin.section import Skin
from . import appearance, recovery, tissue
from .clinical import Answer, adjuncts_of, clinical
from .counts import Counts
from .duration import duration_pool
from .pain import pain, pain_pool, relief
from .risks import needled_sessions, risks


@dataclass(frozen=True)
class ReadOut:
    """What one zone of one case comes to."""

    readings: tuple[Reading, ...]
    curves: tuple[Curve, ...]
    notices: tuple[Notice, ...]
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # reading -> studies pooled behind it
    answers: tuple[Answer, ...] = ()
    counts: Mapping[str, Counts] = field(default_factory=dict)  # reading -> numerators and denominators behind it


def read_out(
    zone: Zone,
    patient: Patient,
    skin: Skin,
    punctures: Sequence[Punctures],
    channels: Sequence[Channels],
    exposures: Sequence[Exposure],
    history: TissueHistory,
    adjuncts: Sequence[str],
    draws: Draws,
    *,
    exclude: frozenset[str] = frozenset(),
    session_days: Sequence[float] | None = None,
    reference: TissueHistory | None = None,
    also: Sequence[float] = (),
    numb: Mapping[int, np.ndarray] | None = None,
) -> ReadOut:
    """Every outcome of one zone.

    Readings at 4, 12, 26 and 52 weeks after the last session, those within the history, and on the days `also` (days
    after the first session on which somebody else measured); recovery and pain per session
    ([1] is the first); risks of the whole course. Actives that trials list as adjuncts count as such. `exclude` leaves
    out whole studies from everything that is pooled. `session_days` dates the readings of an untreated zone, whose
    history has no sessions; without it they count from day 0. `reference` is the history of `reference_course` under
    the same draws: with it, what is not known of the network's amplitudes cancels from responses and pigment risk.
    `numb` is the share of nociceptors (draw,) that are blocked when each session's needling starts.
    """
    times = reading_times(history, draws, session_days, also)
    needled = needled_sessions(punctures, draws.count)
    sessions = [
        _session(p, c, history, skin, adjuncts, draws, exclude, (numb or {}).get(p.session), reference)
        for p, c in zip(punctures, channels, strict=True)
    ]
    risk = risks(zone, patient, skin, punctures, exposures, history, draws, exclude, reference)
    combined = (*adjuncts, *adjuncts_of(exposures))
    answers = clinical(zone, history, needled, combined, times, draws, exclude, reference)
    seen = _appearance(zone, patient, skin, history, draws, reference)
    readings = (
        *tissue.readings(history, skin, draws, times),
        *(r for s in sessions for r in s.readings),
        *seen.readings,
        *risk.readings,
        *answers.readings,
    )
    sources = {**{k: v for s in sessions for k, v in s.sources.items()}, **risk.sources, **answers.sources}
    notices = (
        *_failed(zone, history),
        *(n for s in sessions for n in s.notices),
        *seen.notices,
        *risk.notices,
        *answers.notices,
    )
    return ReadOut(
        readings,
        (*(c for s in sessions for c in s.curves), *seen.curves),
        tuple(dict.fromkeys(notices)),
        sources,
        answers.answers,
        risk.counts,
    )


def reading_times(
    history: TissueHistory, draws: Draws, session_days: Sequence[float] | None = None, also: Sequence[float] = ()
) -> np.ndarray:
    """Days after the first session at which outcomes are read, those within the history."""
    days = history.sessions if history.sessions.size else np.asarray(session_days or (0.0,))
    weeks = sorted(draws.evidence.family("reading_week").items())
    times = float(days[-1]) + np.array([draws.median(week.name, "d") for _, week in weeks])
    every = np.union1d(times, [day for day in also if day > 0.0])
    return every[every <= history.time[-1]]


def _session(
    punctures: Punctures,
    channels: Channels,
    history: TissueHistory,
    skin: Skin,
    adjuncts: Sequence[str],
    draws: Draws,
    exclude: frozenset[str],
    numb: np.ndarray | None,
    reference: TissueHistory | None,
) -> ReadOut:
    number = punctures.session
    day = float(history.sessions[number])
    plain = pain(punctures, (), draws, exclude)
    sore = recovery.Soreness(plain, relief(adjuncts, numb, draws))
    course = recovery.recover(punctures, channels, history, skin, draws, sore, reference, exclude)
    found, notices = recovery.readings(punctures, channels, course, skin, day, draws)
    hurt = Reading("pain_vas", punctures.zone, "1", plain * (1.0 - sore.relief), day, Detail(session=number + 1))
    lasting = duration_pool(draws, exclude).sources
    sources = {r.name: lasting for r in found if r.quantity in recovery.TIMED}
    return ReadOut(
        (*found, hurt),
        recovery.curves(number, punctures.zone, course, draws),
        notices,
        {**sources, hurt.name: pain_pool(draws, "needle", exclude).sources},
    )


def _appearance(
    zone: Zone, patient: Patient, skin: Skin, history: TissueHistory, draws: Draws, reference: TissueHistory | None
) -> ReadOut:
    """Colour of needled human skin over the course; nothing where no needle went in, or in an animal."""
    if not history.sessions.size or patient.species != "human":
        return ReadOut((), (), ())
    looks = appearance.look(skin, history, draws, reference)
    return ReadOut(
        appearance.readings(zone.key, looks, draws), appearance.curves(zone.key, looks), appearance.notices(zone.key, looks)
    )


def _failed(zone: Zone, history: TissueHistory) -> tuple[Notice, ...]:
    lost = int((history.status != 0).any(axis=1).sum())
    return (
        (
            Notice(
                f"{zone.key}.healing",
                f"{lost} of {len(history.status)} draws failed to heal numerically and carry no number",
            ),
        )
        if lost
        else ()
    )
