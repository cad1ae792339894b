"""From tissue change to clinical response: drivers, saturation and time.

The driver of a concern is a change of the tissue over the whole course: for scars the immature matrix laid down over
the layers that reach the scar, integrated over time (matrix that stays); for lines and texture the present gain of
papillary collagen, epidermis and glycosaminoglycan; for pigment the epidermal turnover; for hair the growth signals
near the bulb. Relative to the reference course (x = 1) it acts through a saturating law

    m(x) = x (1 + k) / (x + k),   m(0) = 0, m(1) = 1, m(inf) = 1 + k

which begins as a line: a tenth of the injury brings more than a tenth of the response, and none brings none. k is learnt
from the trials (`pooling`). A trial whose tissue is not simulated takes x from its sessions, its follow-up and the length of
its needles: how much less of the driver a shorter needle makes was read from the twin itself. Left out: direct mechanical
release of tethers, inflammation as a driver of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..flows import LAYERS, TissueHistory
from .tissue import EPIDERMIS, PAPILLARY, change, integral, interpolated

SCAR, SURFACE, PIGMENT, DERMIS, HAIR, NONE = "scar", "surface", "pigment", "dermis", "hair", "none"


def saturating(x: np.ndarray | float, k: np.ndarray | float) -> np.ndarray:
    """Response m = x (1 + k) / (x + k) to a driver x relative to the reference course [-].

    Units    x, k dimensionless.      Shape  broadcasts.
    Valid    x >= 0.      Source  k fitted to the trials, prior `response_saturation` (grade E).
    Law      increasing; 0 at 0, 1 at 1 (tests/verification/test_outcome.py).
    """
    return np.asarray(x * (1.0 + k) / (x + k))


def typical_driver(
    sessions: float, interval: float, followup: float, half_time: np.ndarray | float, fade: np.ndarray | float = np.inf
) -> np.ndarray:
    """Injuries of an unsimulated course [-]: every session counts by how long it had to mature, and to fade.

    x = sum over j = 0 ... n-1 of (1 - 2^(-a_j/t_half)) 2^(-a_j/t_fade),  a_j = t + j interval; a broken number of sessions
    counts its share

    Units    interval, followup (after the last session), half_time, fade d.      Shape  as half_time.
    Law      increasing in sessions, and where nothing fades in interval and follow-up; 0 without sessions
             (tests/laws/test_outcome.py).
    """
    order = np.arange(np.ceil(sessions))
    share = np.minimum(sessions - order, 1.0)
    ages = np.maximum(followup, 0.0) + order * interval
    return (share * _matured(ages, np.asarray(half_time)[..., None], np.asarray(fade)[..., None])).sum(axis=-1)


def _matured(ages: np.ndarray, half_time: np.ndarray, fade: np.ndarray) -> np.ndarray:
    """How much of an injury's driver is there at an age: it rises, and where it is a state of the tissue it goes again."""
    return (1.0 - np.exp2(-ages / half_time)) * np.exp2(-ages / fade)


def _fade(kind: str, draws: Draws, *, median: bool = False) -> np.ndarray | float:
    """Half-time with which a driver goes again [d], (draw,); without end for matrix that stays and for signals."""
    name = f"driver_fade[{kind}]"
    if name not in draws.evidence.parameters:
        return np.inf
    return draws.median(name, "d") if median else draws(name, "d")


@dataclass(frozen=True)
class Schedule:
    """Sessions and needles of a trial; what is not stated is None and taken from the reference course."""

    sessions: float | None = None
    interval: float | None = None
    followup: float | None = None
    needle_length: float | None = None  # mm


UNSTATED = Schedule()


def typical_change(schedule: Schedule, kind: str, draws: Draws, *, median: bool = False) -> np.ndarray:
    """Driver x of an unsimulated course relative to the reference course [-], (draw,), or its median as a scalar array."""
    read = draws.median if median else draws
    reference = [draws.median(name, unit) for name, unit in _REFERENCE]
    stated = (schedule.sessions, schedule.interval, schedule.followup)
    own = [r if s is None else s for s, r in zip(stated, reference, strict=True)]
    times = np.asarray(read("response_half_time", "d")), _fade(kind, draws, median=median)
    x = typical_driver(own[0], own[1], own[2], *times) / typical_driver(reference[0], reference[1], reference[2], *times)
    return np.asarray(x * length_factor(schedule.needle_length, kind, draws, median=median))


_REFERENCE = (("reference_sessions", "1"), ("reference_interval", "d"), ("reference_followup", "d"))


def length_factor(length: float | None, kind: str, draws: Draws, *, median: bool = False) -> np.ndarray | float:
    """Driver of the reference course with needles of another length, relative to itself [-], (draw,); 1 if none is stated.

    Linear between the lengths of `driver_at_length`, 0 at none, that of the longest beyond it: what the reference course
    comes to in the twin, median and spread over its people and its knowledge.
    """
    if length is None or kind == NONE:
        return 1.0
    nodes = sorted(
        (float(p.member.partition(":")[2]), p.name)
        for p in draws.evidence.family("driver_at_length").values()
        if p.member.partition(":")[0] == kind
    )
    read = draws.median if median else draws
    values = [np.zeros_like(read(nodes[0][1], "1")), *(read(name, "1") for _, name in nodes)]
    return interpolated(
        np.array([0.0, *(at for at, _ in nodes)]),
        np.stack(np.broadcast_arrays(*values), axis=-1),
        np.array([max(length, 0.0)]),
    )[..., 0]


def driver(
    kind: str, history: TissueHistory, times: np.ndarray, draws: Draws, reference: TissueHistory | None = None
) -> np.ndarray:
    """Driver of a concern at `times`, relative to the reference course [-], shape (draw, time).

    `reference` is the history of the reference course under the same draws; without it the median of the parameter
    `driver_reference` stands for it, and all that is not known of the network's amplitude stays in the answer.

        x = (raw + q x_0)/(raw_ref + q),  q a tenth of the usual raw driver, x_0 that of an unsimulated course

    Trials saw what the reference course does: a draw in which the network makes hardly anything of it says nothing of the
    answer, and there the sessions and the time count alone, each session by what it injured (`injured`).
    """
    if kind == NONE or not history.sessions.size:
        return np.zeros((history.values.shape[0], len(times)))
    raw = np.maximum(_raw(kind, history, times, draws), 0.0)
    name = f"driver_reference[{kind}]"
    unit = draws.evidence.parameters[name].unit
    if reference is None:
        return raw / draws(name, unit)[:, None]
    read_at = np.array([reference.sessions[-1] + draws.median("reference_followup", "d")])
    floor = 0.1 * draws.median(name, unit)
    usual = np.maximum(_raw(kind, reference, read_at, draws)[:, 0], 0.0) + floor
    left = floor * scheduled(kind, history.sessions, times, draws, injured(history, reference))
    return (raw + left) / (usual * draws("reference_dose", "1"))[:, None]


def injured(history: TissueHistory, reference: TissueHistory) -> np.ndarray:
    """Share of the layers that each session injures, relative to the reference course's mean, (draw, session)."""
    own, usual = history.activated_fraction.mean(axis=1), reference.activated_fraction.mean(axis=(1, 2))[:, None]
    return np.divide(own, usual, out=np.zeros_like(own), where=usual > 0.0)


def scheduled(kind: str, days: np.ndarray, times: np.ndarray, draws: Draws, dose: np.ndarray | float = 1.0) -> np.ndarray:
    """Driver of a course from its session days alone, relative to the reference course [-], (draw, time).

    dose : how much each session counts, (draw, session).
    """
    half, fade = draws("response_half_time", "d"), np.broadcast_to(_fade(kind, draws), draws.count)
    ages = np.maximum(np.asarray(times)[:, None] - days, 0.0)
    weight = np.broadcast_to(dose, (draws.count, len(days)))[:, None, :]
    own = (weight * _matured(ages, half[:, None, None], fade[:, None, None])).sum(axis=-1)
    sessions, interval, followup = (draws.median(name, unit) for name, unit in _REFERENCE)
    return own / typical_driver(sessions, interval, followup, half, fade)[:, None]


def _raw(kind: str, history: TissueHistory, times: np.ndarray, draws: Draws) -> np.ndarray:
    read = {SCAR: _deposited, DERMIS: _deposited, SURFACE: _surface, PIGMENT: _turnover, HAIR: _signals}[kind]
    return read(kind, history, times, draws)


def _weighted(kind: str, values: np.ndarray, draws: Draws) -> np.ndarray:
    """Sum over layers (draw, layer, time) with the driver's layer weights."""
    names = draws.evidence.parameters
    weights = [
        draws.median(f"driver_weight[{kind}:{layer}]", "1") if f"driver_weight[{kind}:{layer}]" in names else 0.0
        for layer in LAYERS
    ]
    return np.einsum("dlt,l->dt", values, np.array(weights))


def _deposited(kind: str, history: TissueHistory, times: np.ndarray, draws: Draws) -> np.ndarray:
    gain = np.maximum(change(history, "collagen_i"), 0.0) + np.maximum(change(history, "collagen_iii"), 0.0)
    return _weighted(kind, integral(history.time, gain, times), draws)


def _surface(kind: str, history: TissueHistory, times: np.ndarray, draws: Draws) -> np.ndarray:
    parts = {
        "collagen": change(history, "collagen")[:, PAPILLARY],
        "epidermis": change(history, "epidermis")[:, EPIDERMIS],
        "gag": change(history, "hyaluronan")[:, PAPILLARY],
    }
    total = sum(draws(f"surface_weight[{name}]", "1")[:, None] * part for name, part in parts.items())
    return interpolated(history.time, np.asarray(total), times)


def _turnover(kind: str, history: TissueHistory, times: np.ndarray, draws: Draws) -> np.ndarray:
    return interpolated(history.time, change(history, "epidermis")[:, EPIDERMIS], times)


def _signals(kind: str, history: TissueHistory, times: np.ndarray, draws: Draws) -> np.ndarray:
    signal = change(history, "mitogens") + change(history, "vegf")
    return _weighted(kind, integral(history.time, signal, times), draws)
