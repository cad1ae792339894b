"""Tissue read-outs: what a biopsy, an ultrasound or a suction cup would see of the healing network.

A read-out sees whole layers: changes are taken from the history's means. Elasticity and total elastin are not linear in
the states; they are computed at a point that every session hits and weighted by the mean activated share of the sessions
so far. Matrix is relative to its own baseline.
Formulas follow the read-out table of the healing reference (all of grade E beyond the network itself); ultrasound
density is left out, because echogenicity is not collagen mass.
"""

from __future__ import annotations

import numpy as np

from ..evidence import Draws, Pages
from ..flows import LAYERS, Reading, TissueHistory
from ..skin.section import LAYERED, Skin

EPIDERMIS, PAPILLARY = LAYERS.index("epidermis"), LAYERS.index("papillary_dermis")
DERMAL = slice(PAPILLARY, len(LAYERS))


def interpolated(time: np.ndarray, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Values (..., time) at `times`, linear between samples, constant outside; shape (..., len(times)).

    In the order of the axes in memory: a sum over time then adds up in one order, however many people there are.
    """
    after = np.clip(np.searchsorted(time, times, side="right"), 1, max(len(time) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(time) - 1)
    width = time[after] - time[before]
    share = np.where(width > 0.0, (times - time[before]) / np.where(width > 0.0, width, 1.0), 0.0)
    share = np.clip(share, 0.0, 1.0)
    return np.ascontiguousarray(values[..., before] * (1.0 - share) + values[..., after] * share)


def integral(time: np.ndarray, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Integral of values (..., time) from the first sample to `times` (trapezoids), shape (..., len(times))."""
    steps = 0.5 * (values[..., 1:] + values[..., :-1]) * np.diff(time)
    total = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)
    return interpolated(time, total, times)


def activated_share(history: TissueHistory) -> np.ndarray:
    """Share of each layer that the history's values are per, (draw, layer, time); zero before the first session.

    The mean activated share of the sessions so far: the healing stage writes its values for this weight.
    """
    draws, layers = history.values.shape[:2]
    done = np.searchsorted(history.sessions, history.time, side="right")
    running = np.cumsum(history.activated_fraction, axis=-1) if history.sessions.size else np.zeros((draws, layers, 0))
    padded = np.concatenate([np.zeros((draws, layers, 1)), running], axis=-1)
    return padded[..., done] / np.maximum(done, 1)


def change(history: TissueHistory, state: str) -> np.ndarray:
    """Mean change of a state over each whole layer, (draw, layer, time).

    The history's own means; where it has none, activated share x (value - untreated).
    """
    if history.means is not None:
        mean = history.mean(state)
        return mean - mean[:, :, :1]
    values = history.state(state)
    return activated_share(history) * (values - values[:, :, :1])


def readings(history: TissueHistory, skin: Skin, draws: Draws, times: np.ndarray) -> tuple[Reading, ...]:
    """Tissue read-outs at `times` (d after the first session)."""
    page, seen = Pages(draws), history.behind() | skin.behind(*LAYERED)
    tables = {
        "collagen": _collagen(history, skin, times),
        "thickness": _thickness(history, skin, page["thickness"], times),
        "elastic": _elastic(history, skin, page["elastic"], times),
    }
    return tuple(
        Reading(name, skin.zone, unit, values[:, i], float(time), reads=seen | page.of(part))
        for part, table in tables.items()
        for name, (unit, values) in table.items()
        for i, time in enumerate(times)
    )


_Table = dict[str, tuple[str, np.ndarray]]


def _thicknesses(skin: Skin) -> np.ndarray:
    """Thickness of every layer, (draw, layer), mm."""
    return np.diff(skin.interfaces, axis=1)


def _dermal_mean(values: np.ndarray, skin: Skin) -> np.ndarray:
    """Mean over the dermal layers, weighted by their thickness: (draw, layer, time) -> (draw, time)."""
    weight = _thicknesses(skin)[:, DERMAL]
    return np.einsum("dlt,dl->dt", values[:, DERMAL], weight / weight.sum(axis=1, keepdims=True))


def _collagen(history: TissueHistory, skin: Skin, times: np.ndarray) -> _Table:
    table = {"dermal_collagen_change": change(history, "collagen"), "gag_change": change(history, "hyaluronan")}
    return {
        name: ("%", 100 * interpolated(history.time, _dermal_mean(values, skin), times)) for name, values in table.items()
    }


def _thickness(history: TissueHistory, skin: Skin, draws: Draws, times: np.ndarray) -> _Table:
    """h = sum over layers h_z (1 + g_C f_a dC + g_H f_a dH); epidermis h (1 + f_a dK)."""
    layers = _thicknesses(skin)
    swelling = draws("dermal_swelling_collagen", "1")[:, None, None] * change(history, "collagen") + draws(
        "dermal_swelling_gag", "1"
    )[:, None, None] * change(history, "hyaluronan")
    dermis = np.einsum("dlt,dl->dt", 1.0 + swelling[:, DERMAL], layers[:, DERMAL])
    epidermis = layers[:, EPIDERMIS, None] * (1.0 + change(history, "epidermis")[:, EPIDERMIS])
    return {
        "dermal_thickness": ("mm", interpolated(history.time, dermis, times)),
        "epidermal_thickness": ("mm", interpolated(history.time, epidermis, times)),
    }


def _elastic(history: TissueHistory, skin: Skin, draws: Draws, times: np.ndarray) -> _Table:
    """Functional and total elastin, and E/E0 = f_a (E_activated/E_0 - 1) + 1 with
    E ~ (Cm + w C1)^0.5 Ef^0.5 (1 - l_Y Y)(1 - l_Ed Ed)."""
    functional, debris = history.state("elastin"), history.state("elastotic_debris")
    weight = draws("elastotic_elastin_weight", "1")[:, None, None]
    start = 1.0 + weight * debris[..., :1]
    total = activated_share(history) * ((functional + weight * debris) / start - 1.0)
    recoil = activated_share(history) * (_recoil(history, draws) - 1.0)
    table = {
        "functional_elastin_change": change(history, "elastin"),
        "total_elastin_change": total,
        "elasticity_change": recoil,
    }
    return {
        name: ("%", 100 * interpolated(history.time, _dermal_mean(values, skin), times)) for name, values in table.items()
    }


def _recoil(history: TissueHistory, draws: Draws) -> np.ndarray:
    """Elasticity inside the activated part relative to untreated skin, (draw, layer, time)."""
    immature, loss, elastosis = (
        draws(name, "1")[:, None, None]
        for name in ("elasticity_immature_share", "elasticity_myofibroblast_loss", "elasticity_elastosis_loss")
    )
    debris = history.state("elastotic_debris")
    matrix = (history.state("collagen_mature") + immature * history.state("collagen_i")) / (1.0 + immature)
    scarred = np.maximum(1.0 - loss * history.state("myofibroblasts"), 0.0)
    cleared = (1.0 - elastosis * debris) / (1.0 - elastosis * debris[..., :1])
    return np.sqrt(matrix * history.state("elastin")) * scarred * cleared
