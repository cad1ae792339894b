"""From tissue change to clinical response: drivers, saturation and time.

The driver of a concern is a change of the tissue over the whole course: for scars the immature matrix laid down over
the layers that reach the scar, integrated over time (matrix that stays); for lines and texture the present gain of
papillary collagen, epidermis and glycosaminoglycan; for pigment the epidermal turnover; for hair the growth signals
near the bulb. Relative to the reference course (x = 1) it acts through a saturating law

    m(x) = x (1 + k) / (x + k),   m(0) = 0, m(1) = 1, m(inf) = 1 + k

A trial whose tissue is not simulated takes x from its sessions and its follow-up. Left out: direct mechanical release
of tethers, inflammation as a driver of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..flows import LAYERS, TissueHistory
from .tissue import EPIDERMIS, PAPILLARY, change, integral, interpolated

SCAR, SURFACE, PIGMENT, DERMIS, HAIR, NONE = "scar", "surface", "pigment", "dermis", "hair", "none"


def saturating(x: np.ndarray, k: np.ndarray | float) -> np.ndarray:
    """Response m = x (1 + k) / (x + k) to a driver x relative to the reference course [-].

    Units    x, k dimensionless.      Shape  broadcasts.
    Valid    x >= 0.      Source  evidence `response_saturation` (grade E).
    Law      increasing; 0 at 0, 1 at 1 (tests/verification/test_outcome.py).
    """
    return x * (1.0 + k) / (x + k)


def typical_driver(sessions: float, interval: float, followup: float, half_time: np.ndarray | float) -> np.ndarray:
    """Matured injuries of an unsimulated course [-]: every session counts by how long it had to mature.

    x = sum over j = 0 ... n-1 of 1 - 2^(-(t + j interval) / t_half),  a broken number of sessions counts its share

    Units    interval, followup (after the last session), half_time d.      Shape  as half_time.
    Law      increasing in sessions, interval and follow-up; 0 without sessions (tests/laws/test_outcome.py).
    """
    order = np.arange(np.ceil(sessions))
    share = np.minimum(sessions - order, 1.0)
    ages = np.maximum(followup, 0.0) + order * interval
    return (share * (1.0 - np.exp2(-ages / np.asarray(half_time)[..., None]))).sum(axis=-1)


@dataclass(frozen=True)
class Schedule:
    """Sessions of a trial; what is not stated is None and taken from the reference course."""

    sessions: float | None = None
    interval: float | None = None
    followup: float | None = None


UNSTATED = Schedule()


def typical_response(schedule: Schedule, draws: Draws, *, median: bool = False) -> np.ndarray:
    """Response m of an unsimulated course, shape (draw,), or its median value as a scalar array."""
    read = draws.median if median else draws
    reference = [
        draws.median(name, unit)
        for name, unit in (("reference_sessions", "1"), ("reference_interval", "d"), ("reference_followup", "d"))
    ]
    stated = (schedule.sessions, schedule.interval, schedule.followup)
    own = [r if s is None else s for s, r in zip(stated, reference, strict=True)]
    half = np.asarray(read("response_half_time", "d"))
    x = typical_driver(own[0], own[1], own[2], half) / typical_driver(reference[0], reference[1], reference[2], half)
    return saturating(x, read("response_saturation", "1"))


def driver(
    kind: str, history: TissueHistory, times: np.ndarray, draws: Draws, reference: TissueHistory | None = None
) -> np.ndarray:
    """Driver of a concern at `times`, relative to the reference course [-], shape (draw, time).

    `reference` is the history of the reference course under the same draws; without it the median of the parameter
    `driver_reference` stands for it, and all that is not known of the network's amplitude stays in the answer.

        x = (raw + q x_0)/(raw_ref + q),  q a tenth of the usual raw driver, x_0 that of an unsimulated course

    Trials saw what the reference course does: a draw in which the network makes hardly anything of it says nothing of the
    answer, and there the sessions and the time count alone.
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
    return (raw + floor * scheduled(history.sessions, times, draws)) / (usual * draws("reference_dose", "1"))[:, None]


def scheduled(days: np.ndarray, times: np.ndarray, draws: Draws) -> np.ndarray:
    """Driver of a course from its session days alone, relative to the reference course [-], (draw, time)."""
    half = draws("response_half_time", "d")[:, None, None]
    ages = np.maximum(np.asarray(times)[:, None] - days, 0.0)
    n, interval, followup = (
        draws.median(name, unit)
        for name, unit in (("reference_sessions", "1"), ("reference_interval", "d"), ("reference_followup", "d"))
    )
    return (1.0 - np.exp2(-ages / half)).sum(axis=-1) / typical_driver(n, interval, followup, half[:, :, 0])


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
