"""Around one channel of the typical person: cross-sections hour by hour, and how deep each active lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import field, panel
from ..figures.field import Cell, Moment
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import multiples, nice_step, tick_labels
from .delivery_units import Scale, scale_of
from .piece import Chart

if TYPE_CHECKING:
    from ...case.document import Topical
    from ...delivery import Picture
    from ...evidence import Draws
    from ...flows import Channels, Exposure
    from ...twin import Run

HOURS = (1.0 / 6.0, 1.0, 4.0, 24.0)
MOST = 3  # actives with cross-sections
SHALLOWEST, TIMES_TIP, WIDE = 0.3, 2.0, 0.7  # mm shown at least; depth in lengths of the channel; half width in depths
SHUT = 1e-3  # of the first cross-section: less is called closed
LAYERS = ("stratum corneum", "living epidermis", "dermis")


def draws_of(run: Run) -> Draws | None:
    """The draws of the people who keep their stages, once more; None where a run does not say which they were."""
    known = run.provenance
    if not {"seed", "draws", "vary"} <= known.keys():
        return None
    from ...core import Luck
    from ...evidence import Draws

    return Draws(run.evidence, Luck(int(known["seed"]), int(known.get("kept", known["draws"])), frozenset(known["vary"])))


class Pictures:
    """The fields of a run, solved when they are asked for, each product once."""

    def __init__(self, run: Run) -> None:
        self.run, self.draws = run, draws_of(run)
        self._solved: dict[tuple[str, int, int], tuple[Picture, ...]] = {}

    def of(self, exposure: Exposure) -> tuple[Topical, Picture] | None:
        """The product as it was put on and the field of this active; None where there is none."""
        topical = self.topical(exposure)
        if topical is None:
            return None
        key = exposure.zone, exposure.session, self.run.case.course.topicals.index(topical)
        if key not in self._solved:
            self._solved[key] = self._solve(*key)
        return next(((topical, picture) for picture in self._solved[key] if picture.active == exposure.active), None)

    def topical(self, exposure: Exposure) -> Topical | None:
        """The product as the case puts it on: one that meets open channels rather than one that does not."""
        from ...delivery import product_in

        found = [
            topical
            for topical in self.run.case.course.topicals
            if product_in(topical, self.run.evidence).id == exposure.product
            and topical.remove == exposure.removed
            and (topical.zones is None or exposure.zone in topical.zones)
            and (topical.sessions is None or exposure.session + 1 in topical.sessions)
        ]
        return next((t for t in found if meets_channels(t)), found[0] if found else None)

    def _solve(self, zone: str, session: int, number: int) -> tuple[Picture, ...]:
        from ...delivery import picture

        run, topical = self.run.zone(zone), self.run.case.course.topicals[number]
        channels = next((c for c in run.channels if c.session == session), None)
        if channels is None or self.draws is None:
            return ()
        return picture(topical, channels, run.skin, self.draws, _hours(topical, channels))


def meets_channels(topical: Topical) -> bool:
    """Whether a product lies on the skin at or after the needling."""
    return topical.remove is None or topical.remove > max(topical.apply, 0.0)


def _hours(topical: Topical, channels: Channels) -> np.ndarray:
    """Moments to show: after the needling, or after the application where that comes later than most of them."""
    later = [hour for hour in HOURS if hour > topical.apply]
    return np.array(later if len(later) > 1 else [topical.apply + hour for hour in HOURS])


@dataclass(frozen=True)
class Section:
    """Pictures of one active around a channel with their key."""

    zone: str
    figures: list[Markup]
    key: Markup
    tip: str
    half: str
    scale: field.Bands


def around(exposure: Exposure, pictures: Pictures) -> Section | None:
    """Pictures of one active around a channel with their key; None for a product that never meets open channels."""
    found = pictures.of(exposure)
    if found is None or not meets_channels(found[0]) or found[1].tip <= 0.0:
        return None
    topical, seen = found
    cell = _cell(seen, pictures.draws)
    unit = scale_of(exposure)
    moments = [_moment(seen, n, cell, topical.remove, unit) for n in range(seen.hours.size)]
    scale = field.bands([m.values[_shown(cell)] for m in moments])
    name = words.title(exposure.active)
    told = f"{words.unit(unit.per_volume)}, unbound" + (", logarithmic" if scale.log else "")
    return Section(
        zone=words.title(exposure.zone),
        figures=[
            field.draw(cell, m, scale, f"{name} around one channel, {m.time}", named=n == 0) for n, m in enumerate(moments)
        ],
        key=field.key(scale, told, f"Colours of the unbound concentration of {name}"),
        tip=words.quantity(1000.0 * seen.tip, "um"),
        half=words.quantity(1000.0 * float(seen.rings[-1]), "um"),
        scale=scale,
    )


def _cell(seen: Picture, draws: Draws | None) -> Cell:
    """Geometry of the picture; what is shown follows from how deep the channel goes."""
    depth = min(max(TIMES_TIP * seen.tip, SHALLOWEST), float(seen.edges[-1]))
    taper = float(draws("channel_taper", "1")[seen.person]) if draws is not None else 1.0
    lower = [float(seen.edges[1:][seen.layer == n][-1]) for n in range(len(LAYERS)) if (seen.layer == n).any()]
    return Cell(
        seen.edges,
        seen.rings,
        list(zip(LAYERS, lower, strict=False)),
        seen.tip,
        float(seen.rings[1]),
        taper,
        depth,
        min(float(seen.rings[-1]), WIDE * depth),
    )


def _shown(cell: Cell) -> tuple[slice, slice]:
    """Rows and rings within the picture."""
    rows, rings = int((cell.edges[:-1] < cell.depth).sum()), int((cell.rings[:-1] < cell.half).sum())
    return slice(0, rows), slice(0, rings)


def _moment(seen: Picture, number: int, cell: Cell, removed: float | None, unit: Scale) -> Moment:
    opened, when = float(seen.opened[number]), _lapse(float(seen.hours[number]))
    wide = words.quantity(2000.0 * cell.mouth * opened**0.5, "um")
    note = "channel closed" if opened < SHUT else f"channel {wide} wide"
    gone = removed is not None and removed <= seen.hours[number]
    values = unit.factor * np.maximum(seen.activity[number], 0.0)
    skin = values[seen.layer == 2]
    dermis = words.with_unit(words.number(float(skin[:, -1].max())), unit.per_volume) if skin.size else words.NOTHING
    return Moment(
        f"{when} after needling",
        f"{note}, wiped off" if gone else note,
        values,
        opened,
        f"{when} after needling: at most {dermis} in the dermis half way to the next channel",
    )


def _lapse(hours: float) -> str:
    return words.lapse(hours / 24.0)


def profile(exposure: Exposure, pictures: Pictures) -> Chart | None:
    """Unbound concentration against depth, mean over the share of skin of one channel; None where nothing was solved."""
    found = pictures.of(exposure)
    if found is None:
        return None
    _, seen = found
    depth = _cell(seen, pictures.draws).depth
    area = np.diff(seen.rings**2) / seen.rings[-1] ** 2
    middle = 0.5 * (seen.edges[1:] + seen.edges[:-1])
    scale = scale_of(exposure)
    means = scale.factor * np.maximum(seen.activity, 0.0) @ area
    inside = np.concatenate([[True], middle[1:] <= depth])
    lines = [
        Line(middle[inside], mean[inside], label=_lapse(float(hour)), tone=number)
        for number, (hour, mean) in enumerate(zip(seen.hours[: panel.TONES], means, strict=False), start=1)
    ]
    if not any((line.middle > 0.0).any() for line in lines):
        return None
    ticks = multiples(0.0, depth, nice_step(depth, 4))
    name, unit = words.title(exposure.active), words.unit(scale.per_volume)
    deepest = words.given(depth, "mm")
    said = "; ".join(f"{line.label}: {words.number(float(line.middle[-1]))} {unit} at {deepest}" for line in lines)
    axis = Axis(0.0, depth, ticks, tick_labels(ticks), "mm deep")
    figure = panel.draw(Panel(f"{name} by depth", said, lines, axis, f"{unit}, unbound", log=True))
    return Chart("By depth, typical person", "time after the needling", figure)
