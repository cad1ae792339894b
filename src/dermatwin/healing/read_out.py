"""What the healing network says in numbers: readings at fixed times after the last session, and mean time courses.

Means are over whole layers (`TissueHistory.mean`), points that no session hits included. Cells and mediators stay on
the scale of a full-thickness wound, which no instrument reads; their times mean more than their heights. Tissue is a
change from the same skin before treatment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..case.document import Patient
from ..core.units import factor
from ..evidence import Draws
from ..evidence.timetable import reading_days
from ..flows import LAYERS, Curve, Punctures, Reading, TissueHistory
from ..naming import NOTHING, Detail
from ..skin.section import Skin
from .injury import channel_radius, closure_time
from .person import epithelial_front
from .tissue import myofibroblast_ratio

EPIDERMIS, PAPILLARY = LAYERS.index("epidermis"), LAYERS.index("papillary_dermis")
DERMIS = LAYERS[1:]
MEAN_COURSES = {
    **dict.fromkeys(
        (
            "neutrophils",
            "macrophages_m1",
            "macrophages_m2",
            "tgf_beta_1",
            "tgf_beta_3",
            "vegf",
            "vessels",
            "fibroblasts",
            "proto_myofibroblasts",
            "myofibroblasts",
            "provisional_matrix",
            "hyaluronan",
            "mmp",
            "collagen_iii",
            "collagen_i",
            "collagen_mature",
            "tropoelastin",
            "elastin",
            "elastotic_debris",
        ),
        PAPILLARY,
    ),
    **dict.fromkeys(("epidermis", "pigment_drive"), EPIDERMIS),
}
"""State -> the layer whose mean is shown."""


def readings(
    history: TissueHistory, punctures: Sequence[Punctures], skin: Skin, patient: Patient, draws: Draws
) -> tuple[Reading, ...]:
    """Numbers of one zone, (draw,) each; names and equations in `quantities/healing.yaml`.

    Tissue is read on the days after the last session that the evidence names, where the course reaches so far. Times of
    cells and mediators need a session and are left out without one; they are not a number for a person
    whom no needle pierced.
    """
    found = list(_tissue_readings(history, draws))
    if history.sessions.size:
        found += [*_injury_readings(history, punctures, patient, draws), *_course_readings(history, draws)]
    return tuple(found)


def curves(history: TissueHistory) -> tuple[Curve, ...]:
    """Mean time courses of one zone over its layers, (draw, time) each."""
    found = [
        _curve(history, f"mean_{state}", "1", history.mean(state), LAYERS[layer]) for state, layer in MEAN_COURSES.items()
    ]
    collagen = 100.0 * (history.mean("collagen") - 1.0)
    return (*found, *(_curve(history, "collagen_density", "%", collagen, layer) for layer in DERMIS))


def _curve(history: TissueHistory, quantity: str, unit: str, values: np.ndarray, layer: str) -> Curve:
    """The course of one layer of values (draw, layer, time)."""
    course = values[:, LAYERS.index(layer)]
    return Curve(quantity, history.zone, unit, history.time, course, detail=Detail(layer=layer))


def _tissue_readings(history: TissueHistory, draws: Draws) -> Iterator[Reading]:
    """Changes of tissue from baseline at the reading days [%]."""
    mean = {name: history.mean(name) for name in ("collagen", "elastin", "elastotic_debris", "epidermis")}
    ratio = _collagen_ratio(history, draws)
    last = history.sessions[-1] if history.sessions.size else 0.0
    for after in reading_days(draws.evidence):
        day = last + after
        if day > history.time[-1]:
            continue
        at = int(np.argmin(np.abs(history.time - day)))  # a point of the grid

        def reading(quantity: str, values: np.ndarray, detail: Detail = NOTHING, day: float = day) -> Reading:
            return Reading(quantity, history.zone, "%", 100.0 * values, day, detail)

        for layer in DERMIS:
            share = mean["collagen"][:, LAYERS.index(layer), at]
            yield reading("collagen_density", share - 1.0, Detail(layer=layer))
        yield reading("collagen_iii_to_i", ratio[:, at] / ratio[:, 0] - 1.0)
        yield reading("elastin_density", mean["elastin"][:, PAPILLARY, at] - 1.0)
        debris = mean["elastotic_debris"][:, PAPILLARY]
        yield reading("elastotic_debris_change", debris[:, at] / debris[:, 0] - 1.0)
        yield reading("epidermal_thickness_change", mean["epidermis"][:, EPIDERMIS, at] - 1.0)


def _collagen_ratio(history: TissueHistory, draws: Draws) -> np.ndarray:
    """Collagen III over all collagen I in the papillary dermis, (draw, time)."""
    first, third = (draws(name, "1")[:, None] for name in ("collagen_i_share", "collagen_iii_share"))
    pools = {name: history.mean(name)[:, PAPILLARY] for name in ("collagen_i", "collagen_iii", "collagen_mature")}
    return third * pools["collagen_iii"] / (first * pools["collagen_i"] + (1.0 - first - third) * pools["collagen_mature"])


def _injury_readings(
    history: TissueHistory, punctures: Sequence[Punctures], patient: Patient, draws: Draws
) -> Iterator[Reading]:
    """What the last session does at once: activated and destroyed share, and the time to grow over a hole."""
    for number, layer in enumerate(LAYERS):
        activated = history.activated_fraction[:, number, -1]
        yield Reading("activated_fraction", history.zone, "1", activated, detail=Detail(layer=layer))
    yield Reading("local_damage", history.zone, "1", history.local_damage[:, PAPILLARY, -1])
    days = closure_time(channel_radius(punctures[-1]), *epithelial_front(patient, draws))
    yield Reading("reepithelialisation_time", history.zone, "h", days * factor("d", "h"))


def _course_readings(history: TissueHistory, draws: Draws) -> Iterator[Reading]:
    """Times of cells and mediators in the papillary dermis after the last session, and the alarm over all layers."""
    last = history.sessions[-1]
    inside = history.time >= last
    elapsed = history.time[inside] - last

    def after(name: str) -> np.ndarray:
        return history.state(name)[:, PAPILLARY, inside]

    def reading(name: str, unit: str, values: np.ndarray) -> Reading:
        return Reading(name, history.zone, unit, values)

    gone = draws.median("resolved_fraction", "1")
    yield reading("neutrophil_peak_time", "h", peak_time(elapsed, after("neutrophils")) * factor("d", "h"))
    yield reading("macrophage_m2_peak_time", "d", peak_time(elapsed, after("macrophages_m2")))
    yield reading("tgf_beta_3_duration", "d", duration(elapsed, after("tgf_beta_3"), gone))
    yield reading("provisional_matrix_duration", "d", duration(elapsed, after("provisional_matrix"), gone))
    ratio = myofibroblast_ratio(history.state("fibroblasts"), history.state("myofibroblasts"))
    yield reading("myofibroblast_share", "1", ratio.max(axis=1))


def peak_time(time: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Time of the largest value, by a parabola through it and its neighbours; NaN where nothing rises, (draw,)."""
    rows = np.arange(len(values))
    top = np.clip(values.argmax(axis=1), 1, time.size - 2)
    left, right = time[top - 1] - time[top], time[top + 1] - time[top]
    down, up = values[rows, top - 1] - values[rows, top], values[rows, top + 1] - values[rows, top]
    bend = left * up - right * down
    shift = 0.5 * np.divide(left**2 * up - right**2 * down, bend, out=np.zeros_like(bend), where=bend != 0.0)
    rises = values.max(axis=1) > values[:, 0]
    return np.where(rises, time[top] + np.clip(shift, left, right), np.nan)


def duration(time: np.ndarray, values: np.ndarray, fraction: float) -> np.ndarray:
    """Time after which values stay below `fraction` of their largest; NaN where nothing rises, (draw,).

    The end of the record where they have not come down by then.
    """
    most = values.max(axis=1, keepdims=True)
    above = values >= fraction * most
    last = values.shape[1] - 1 - above[:, ::-1].argmax(axis=1)
    following = np.minimum(last + 1, time.size - 1)
    rows = np.arange(len(values))
    fall = values[rows, last] - values[rows, following]
    share = np.divide(values[rows, last] - fraction * most[:, 0], fall, out=np.zeros_like(fall), where=fall > 0.0)
    end = time[last] + np.clip(share, 0.0, 1.0) * (time[following] - time[last])
    return np.where(most[:, 0] > values[:, 0], end, np.nan)
