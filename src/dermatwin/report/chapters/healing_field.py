"""A healing field: how one piece of this skin would heal, from above and in a cut, as film and stills.

Percent throughout: of the peak in a full wound, or of change since before the needling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ...core.errors import ComputationError
from .. import words
from ..figures import healing_field as figure
from ..figures import tones
from ..figures.healing_field import Views, Window
from . import lookup
from .healing_specimen import PAPILLARY, STATES, Specimen, specimen, times

if TYPE_CHECKING:
    from ...twin import Run

FIRST = 2.0**-4  # d
TICKS = (FIRST, 1.0, 3.0, 7.0, 28.0, 90.0)
CHECKED = 28.0  # d, when picture and model of means are set side by side
GRADES = "ABCDE"
FAMILIES = ("diffusivity", "diffusivity_factor")
NEAR = 1e-6
FAR_BELOW = 0.8  # of the model of means: where the picture says why it differs
COLOURS, IN_HOLES = "3", "12"  # numerical: docs/design/006
UNDER = 0.1  # mm of fat below the deepest needle


@dataclass(frozen=True)
class Shown:
    """How a state is shown: its title, what it tells, its value at rest, the unit, and the moments of its stills [d]."""

    state: str
    title: str
    note: str
    rest: float
    unit: str
    stills: tuple[float, ...]


SHOWN = (
    Shown(
        "macrophages_m1",
        "Macrophages",
        "inflammatory (M1)",
        0.0,
        "% of a full wound’s peak",
        (FIRST, 0.25, 1.0, 2.0, 4.0, 7.0),
    ),
    Shown("tgf_beta_1", "TGF-β1", "signal", 0.0, "% of a full wound’s peak", (FIRST, 1.0, 3.0, 7.0, 14.0, 28.0)),
    Shown(
        "collagen", "Collagen", "all kinds", 1.0, "% change; brown: less than before", (FIRST, 3.0, 7.0, 14.0, 28.0, 90.0)
    ),
)


@dataclass(frozen=True)
class Still:
    """One moment of a state."""

    time: str
    figure: Markup


@dataclass(frozen=True)
class Rendered:
    """One state as film and stills."""

    title: str
    note: str
    film: Markup
    key: Markup
    stills: list[Still]


@dataclass(frozen=True)
class Film:
    """A healing field with its words."""

    about: str
    grade: str
    rules: Markup
    clock: Markup
    times: list[str]
    shown: list[Rendered]
    said: str
    left_out: str
    failed: str = ""


@dataclass(frozen=True)
class Failure:
    """Why there is no picture."""

    failed: str


def healing_field(run: Run) -> Film | Failure | None:
    """Films, stills, scales of colour and words; None where there is nothing to show."""
    try:
        found = specimen(run)
    except ComputationError as error:
        return Failure(f"The picture of a healing field could not be computed: {error}.")
    if found is None:
        return None
    window = _window(found)
    shown = [_state(found, window, state) for state in SHOWN]
    size = words.with_unit(" × ".join(words.fixed(length, 1) for length in found.size), "mm")
    return Film(
        about=f"{size} of {lookup.zone_name(found.zone).lower()} after the first session, typical person",
        grade=_grade(run),
        rules=figure.rules(len(times())),
        clock=figure.clock(times(), TICKS),
        times=[words.lapse(time) for time in times()],
        shown=shown,
        said=_said(found),
        left_out=_left_out(found),
    )


def _window(found: Specimen) -> Window:
    box, (top, dermis, reticular, _, fat) = found.patch.box, found.faces
    edges = np.append(dermis, dermis + np.cumsum(box.thickness[found.patch.layer > 0]))
    depth = found.needling.depth + top
    bottom = float(edges[-1])
    layers = [("papillary dermis", float(dermis)), ("reticular dermis", float(reticular))]
    if bottom > fat * (1.0 - NEAR):
        layers, bottom = [*layers, ("fat", float(fat))], max(bottom, float(depth.max())) + UNDER
    shown = [(name, face) for name, face in layers if face < bottom * (1.0 - NEAR)]
    return Window(
        *found.size, shown, edges, bottom, found.needling.position, found.needling.radius, depth, (found.cut + 0.5) * box.dy
    )


def _state(found: Specimen, window: Window, state: Shown) -> Rendered:
    plan, section = (100.0 * (values - state.rest) for values in (found.plan(state.state), found.section(state.state)))
    views = Views(plan, section, tones.tones_for([plan, section]))
    title = f"{state.title}: {state.note}"
    return Rendered(
        title=state.title,
        note=state.note,
        film=figure.film(window, views, f"{title}, film of a healing field", _told(views, state.stills)),
        key=tones.key(views.tones, state.unit, f"Colours of {title}"),
        stills=[_still(window, views, title, moment) for moment in state.stills],
    )


def _still(window: Window, views: Views, title: str, moment: float) -> Still:
    number = times().index(moment)
    when = words.lapse(moment)
    picture = figure.still(
        window, views, number, f"{title}, {when} after needling", _told(views, (moment,)), first=moment == FIRST
    )
    return Still(when, picture)


def _told(views: Views, moments: tuple[float, ...]) -> str:
    """What a picture shows, for those who do not see it: middle and range from above."""
    parts = []
    for moment in moments:
        plan = views.plan[times().index(moment)]
        low, high = (words.fixed(float(value), 0) for value in (plan.min(), plan.max()))
        span = low if low == high else f"{low} to {high}"
        parts.append(f"{words.lapse(moment)}: mean {words.fixed(float(plan.mean()), 0)}, from place to place {span}")
    return "Model rendering, percent, papillary dermis from above. " + "; ".join(parts) + "."


def _grade(run: Run) -> str:
    """The weakest grade behind the picture: the network's own and that of how far signals travel."""
    spread = [parameter.grade for family in FAMILIES for parameter in run.evidence.family(family).values()]
    known = [grade for grade in (lookup.grade_of(run, "collagen_density"), *spread) if grade in GRADES and grade]
    return max(known, default="")


def _said(found: Specimen) -> str:
    """How the picture agrees with the model that every number of the report rests on."""
    number, name = times().index(CHECKED), "collagen"
    space = 100.0 * (float(found.field.mean(name, PAPILLARY)[number]) - 1.0)
    even = 100.0 * (float(found.even[number, STATES.index(name)]) - 1.0)
    seen, expected = (_change(value) for value in (space, even))
    lost = " What spreads below the tips of needles is lost to this layer, which that model leaves out."
    why = lost if even > 0.0 and space < FAR_BELOW * even else ""
    return (
        f"Over the whole picture collagen of the papillary dermis stands at {seen} on day {CHECKED:.0f}. The model of "
        f"means, on which the numbers of this report rest, gives {expected} for the same person and as many holes.{why}"
    )


def _change(value: float) -> str:
    """A change in percent with its sign; no more digits than a picture can show."""
    text = words.fixed(value, 0 if abs(value) >= 10.0 else 1)
    return words.with_unit(("+" if value > 0.0 and float(text) else "") + text, "%")


def _left_out(found: Specimen) -> str:
    cell, holes = words.with_unit(words.number(1000.0 * found.patch.box.dx), "um"), len(found.needling.radius)
    exact, worst = (words.with_unit(share, "%") for share in (COLOURS, IN_HOLES))
    return (
        f"Typical: layers, needles and parameters at their medians. {words.count(holes, 'hole')} of the map of "
        "punctures. Signals diffuse; cells and fibres stay where they are. How the epidermis closes, how vessels grow "
        f"and what later sessions add is not in the picture. Cells of the grid are {cell} wide; colours are right to "
        f"about {exact} of their scale, inside holes to {worst}."
    )
