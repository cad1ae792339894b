"""Chapter 4: where each product's active goes, layer by layer, with the needles and without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import panel, rows
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import multiples, nice_step, tick_labels, time_ticks
from . import delivery_claims, delivery_field, delivery_gain, delivery_guard, delivery_numb, lookup
from .delivery_field import Pictures, Section
from .delivery_gain import BELOW, NOTHING
from .delivery_guard import Guards
from .delivery_numb import Numbed
from .delivery_units import Scale, scale_of
from .lookup import Band
from .piece import Chart

if TYPE_CHECKING:
    from ...evidence import Source
    from ...flows import Exposure
    from ...twin import Run

TICK_HOURS = (1, 2, 3, 6, 12, 24, 48)
FATES = (
    ("vehicle", "still on the skin"),
    ("removed", "wiped off"),
    ("evaporated", "evaporated"),
    ("stratum_corneum", "stratum corneum"),
    ("viable_epidermis", "living epidermis"),
    ("dermis", "dermis"),
    ("cleared", "carried away by blood"),
)
DEPTHS = (
    ("stratum_corneum", "Stratum corneum"),
    ("viable_epidermis", "Living epidermis"),
    ("dermis", "Dermis"),
    ("cleared", "Carried away by blood"),
)
PER_CHART = 3


@dataclass(frozen=True)
class Part:
    """Where a share of the dose ends."""

    name: str
    label: str
    share: str


@dataclass(frozen=True)
class Account:
    """Where all of a dose is in the end, in one zone."""

    zone: str
    total: str
    parts: list[Part]
    figure: Markup


@dataclass(frozen=True)
class Numbers:
    """What had entered a day after the needling, in one zone."""

    zone: str
    below: Band
    channels: Band
    more: tuple[str, str]
    peak: Band
    grade: str


@dataclass(frozen=True)
class Active:
    """One active of one product."""

    name: str
    product: str
    dose: Band
    little: bool  # whether next to nothing gets in
    measured: str
    charts: list[Chart]
    accounts: list[Account]
    numbers: list[Numbers]
    left_out: int  # zones without charts
    section: Section | None = None


@dataclass(frozen=True)
class Delivery:
    """What the chapter shows."""

    guards: Guards | None
    numb: Numbed | None
    actives: list[Active]
    claims: list[delivery_claims.Row]
    sources: list[Source]
    sentences: list[str]


def delivery(run: Run) -> Delivery | None:
    """Doses against their limits, numbness, one block per active, what trials say; None where nothing is on the skin."""
    groups = _groups(run)
    if not groups:
        return None
    pictures = Pictures(run)
    guards, numb = delivery_guard.guards(run), delivery_numb.numbness(run)
    actives = [_active(run, found, pictures) for found in groups]
    return Delivery(
        guards,
        numb,
        _with_sections(groups, actives, pictures),
        delivery_claims.claims(run),
        delivery_claims.sources(run, run.guards),
        [
            *(guards.sentences if guards else ()),
            *(numb.sentences if numb else ()),
            *(sentence for found in groups for sentence in delivery_gain.sentences(found, run.evidence)),
        ],
    )


def _with_sections(groups: list[list[Exposure]], actives: list[Active], pictures: Pictures) -> list[Active]:
    """Cross-sections for some actives that lie on open channels: what does not numb and the first of a product go first."""
    left, products = delivery_field.MOST, [found[0].product for found in groups]
    ranks = [(found[0].at_nerves is not None, products[:n].count(found[0].product)) for n, found in enumerate(groups)]
    drawn = list(actives)
    for number in sorted(range(len(groups)), key=lambda n: ranks[n]):
        shown = left > 0 and not actives[number].little
        section = delivery_field.around(groups[number][0], pictures) if shown else None
        drawn[number] = replace(actives[number], section=section)
        left -= section is not None
    return drawn


def _groups(run: Run) -> list[list[Exposure]]:
    """Exposures by product and active, the first session of each zone, at most so many zones as a chart can hold."""
    found: dict[tuple[str, str], dict[str, Exposure]] = {}
    for zone in run.zones:
        for exposure in zone.exposures:
            found.setdefault((exposure.product, exposure.active), {}).setdefault(zone.zone.key, exposure)
    return [list(zones.values()) for zones in found.values()]


def _active(run: Run, found: list[Exposure], pictures: Pictures) -> Active:
    shown, scale, little = found[:PER_CHART], scale_of(found[0]), _negligible(found)
    profile = None if little else delivery_field.profile(found[0], pictures)
    depths = [] if little else [_depth(shown, name, label, scale) for name, label in DEPTHS]
    return Active(
        name=words.title(found[0].active),
        product=lookup.product_name(run, found[0].product),
        dose=lookup.band(scale.factor * found[0].dose, scale.per_area),
        little=little,
        measured=delivery_gain.measured(found[0].active, run.evidence),
        charts=[] if little else [_with_and_without(shown[0], scale), *depths, *([profile] if profile else [])],
        accounts=[_account(exposure, scale) for exposure in found],
        numbers=[] if little else [_numbers(run, exposure, scale) for exposure in found],
        left_out=0 if little else max(len(found) - PER_CHART, 0),
    )


def _negligible(found: list[Exposure]) -> bool:
    """Whether next to nothing of the dose ever gets below the stratum corneum, in any zone, needled."""
    final = (delivery_gain.part(exposure, *BELOW)[:, -1] for exposure in found)
    shares = [lookup.band(delivery_gain.ratio(end, exposure.dose)) for end, exposure in zip(final, found, strict=True)]
    return all(share.high < NOTHING for share in shares if share.known)


def _axis(exposure: Exposure) -> Axis:
    low, high = float(exposure.time[0]), float(exposure.time[-1])
    ticks = time_ticks(low, high, 5, TICK_HOURS) if high - low > 4.0 else multiples(low, high, nice_step(high - low, 5))
    return Axis(low, high, ticks, tick_labels(ticks), "hours from the needling")


def _with_and_without(exposure: Exposure, scale: Scale) -> Chart:
    """Below the stratum corneum: with needles against the same product on intact skin."""
    with_needles = lookup.bands(scale.factor * delivery_gain.part(exposure, *BELOW))
    without = lookup.bands(scale.factor * exposure.intact_below_sc)
    lines = [
        Line(exposure.time, with_needles[1], with_needles[0], with_needles[2], "needled", 1),
        Line(exposure.time, without[1], without[0], without[2], "intact skin", 4),
    ]
    return _chart("Below the stratum corneum", words.title(exposure.zone), exposure, lines, scale)


def _depth(found: list[Exposure], name: str, label: str, scale: Scale) -> Chart:
    lines = []
    for number, exposure in enumerate(found, start=1):
        low, middle, high = lookup.bands(scale.factor * delivery_gain.part(exposure, name))
        lines.append(Line(exposure.time, middle, low, high, words.title(exposure.zone) if len(found) > 1 else "", number))
    return _chart(label, "", found[0], lines, scale)


def _chart(label: str, note: str, exposure: Exposure, lines: list[Line], scale: Scale) -> Chart:
    unit = words.unit(scale.per_area)
    said = "; ".join(f"{line.label or 'median'} {words.number(float(line.middle[-1]))} {unit} at the end" for line in lines)
    title = f"{words.title(exposure.active)}: {label.lower()}"
    return Chart(label, note, panel.draw(Panel(title, said, lines, _axis(exposure), unit, zero=True)))


def _account(exposure: Exposure, scale: Scale) -> Account:
    """Where the dose is at the end: medians, as shares of all of it, so that the bar is always whole."""
    from ...flows import COMPARTMENTS

    final = exposure.amount[:, :, -1]
    final = final[np.isfinite(final).all(axis=1)]
    mean = final.mean(axis=0) if final.size else np.zeros(len(COMPARTMENTS))
    total = float(mean.sum())
    shares = [(name, label, float(mean[COMPARTMENTS.index(name)]) / total if total > 0.0 else 0.0) for name, label in FATES]
    said = ", ".join(f"{label} {_percent(share)}" for _, label, share in shares if share >= 0.0005)
    bar = [(f"fate-{name}", share, f"{label}: {_percent(share)}") for name, label, share in shares]
    return Account(
        zone=words.title(exposure.zone),
        total=words.given(float(f"{scale.factor * total:.3g}"), scale.per_area),
        parts=[Part(name, label, _percent(share)) for name, label, share in shares if share >= 5e-5],
        figure=rows.stack(bar, f"Dose after {words.lapse(float(exposure.time[-1]) / 24.0)}: {said}"),
    )


def _percent(share: float) -> str:
    shown = 100.0 * share
    text = "<0.1" if 0.0 < shown < 0.095 else words.fixed(shown, 0 if shown >= 9.95 else 1)
    return words.with_unit(text, "%")


def _numbers(run: Run, exposure: Exposure, scale: Scale) -> Numbers:
    """What had entered a day after the needling, its share through the channels, and how much more than without."""
    entered = delivery_gain.at(exposure, delivery_gain.part(exposure, *BELOW))
    intact = delivery_gain.at(exposure, exposure.intact_below_sc)
    by_channel = 100.0 * delivery_gain.ratio(delivery_gain.at(exposure, exposure.through_channels), entered)
    peak = lookup.band(scale.factor * exposure.dermal_concentration.max(axis=1), scale.per_volume)
    return Numbers(
        zone=words.title(exposure.zone),
        below=lookup.band(scale.factor * entered, scale.per_area),
        channels=lookup.band(np.minimum(by_channel, 100.0), "%"),
        more=delivery_gain.more(delivery_gain.ratio(entered, intact)),
        peak=peak,
        grade=lookup.grade_of(run, "amount_below_sc"),
    )
