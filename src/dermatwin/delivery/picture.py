"""What one person's cell of skin looks like while a product acts: the field around a channel at chosen hours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case.document import Topical
from ..core.units import factor
from ..evidence import Draws
from ..flows import Channels
from ..skin.section import Skin
from .channel import Holes
from .course import Applied, run


@dataclass(frozen=True)
class Picture:
    """One active around one channel of one person, at some hours after the needling."""

    active: str
    person: int  # index of the draw
    hours: np.ndarray  # (hour,)
    edges: np.ndarray  # (row + 1,) mm from the skin surface
    rings: np.ndarray  # (ring + 1,) mm from the channel's axis
    layer: np.ndarray  # (row,) 0 stratum corneum, 1 viable epidermis, 2 dermis
    activity: np.ndarray  # (hour, row, ring) ug/cm3, unbound concentration in water at equilibrium
    tip: float  # mm; 0 = no channel
    mouth: float  # mm, radius just after the needles left
    opened: np.ndarray  # (hour,) open fraction of the cross-section


def typical(channels: Channels) -> int:
    """The person whose channels open most nearly the median area of all who have any; -1 if nobody has."""
    opened = channels.density * channels.depth * channels.radius**2
    there = np.flatnonzero(opened > 0.0)
    if not there.size:
        return -1
    return int(there[np.argmin(np.abs(opened[there] - np.median(opened[there])))])


def picture(
    topical: Topical, channels: Channels, skin: Skin, draws: Draws, hours: np.ndarray, person: int | None = None
) -> tuple[Picture, ...]:
    """The cell of one person (the typical one unless said) at these hours after the needling, one picture per active.

    `draws` are those of the run. Empty where nobody has a channel; an active that failed for this person is left out.
    """
    chosen = typical(channels) if person is None else person
    if chosen < 0:
        return ()
    applied, holes = Applied.of(topical, skin, draws.evidence), Holes.of(channels)
    found = []
    for content in applied.product.contents:
        solved = run(
            applied.path(content, draws), holes, applied.dosing(content, draws), draws, keep=np.arange(draws.count) == chosen
        )
        if np.isnan(solved.course.film[chosen, -1]):  # this person's course could not be computed
            continue
        at = np.clip(np.searchsorted(applied.time, hours), 0, applied.time.size - 1)
        cells, scale = solved.cells, factor("cm", "mm")
        found.append(
            Picture(
                content.solute.name,
                chosen,
                applied.time[at],
                cells.edges[chosen] * scale,
                cells.rings[chosen] * scale,
                cells.layer[chosen],
                solved.course.field[0, at],
                float(channels.depth[chosen]),
                float(channels.radius[chosen]),
                holes.open_at(applied.time[at])[chosen],
            )
        )
    return tuple(found)
