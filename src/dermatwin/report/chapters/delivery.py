"""Chapter 4: where each product's active goes, layer by layer, with the needles and without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import words
from ..figures import panel, rows
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import multiples, nice_step, tick_labels, time_ticks
from . import delivery_claims, delivery_field, delivery_gain, delivery_guard, delivery_numb, lookup
from .delivery_field import Pictures
from .delivery_gain import BELOW, NOTHING
from .delivery_units import Scale, scale_of

if TYPE_CHECKING:
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


def delivery(run: Run) -> dict[str, Any] | None:
    """Doses against their limits, numbness, one block per active, what trials say; None where nothing is on the skin."""
    groups = _groups(run)
    if not groups:
        return None
    pictures = Pictures(run)
    guards, numb = delivery_guard.guards(run), delivery_numb.numbness(run)
    actives = [_active(run, found, pictures) for found in groups]
    return {
        "guards": guards,
        "numb": numb,
        "actives": _with_sections(groups, actives, pictures),
        "claims": delivery_claims.claims(run),
        "sources": delivery_claims.sources(run, run.guards),
        "fates": FATES,
        "sentences": [
            *(guards["sentences"] if guards else ()),
            *(numb["sentences"] if numb else ()),
            *(sentence for found in groups for sentence in delivery_gain.sentences(found, run.evidence)),
        ],
    }


def _with_sections(groups: list[list[Exposure]], actives: list[dict[str, Any]], pictures: Pictures) -> list[dict[str, Any]]:
    """Cross-sections for some actives that lie on open channels: what does not numb and the first of a product go first."""
    left, products = delivery_field.MOST, [found[0].product for found in groups]
    ranks = [(found[0].at_nerves is not None, products[:n].count(found[0].product)) for n, found in enumerate(groups)]
    for number in sorted(range(len(groups)), key=lambda n: ranks[n]):
        found, active = groups[number], actives[number]
        shown = left > 0 and not active["little"]
        active["section"] = delivery_field.around(found[0], pictures) if shown else None
        left -= active["section"] is not None
    return actives


def _groups(run: Run) -> list[list[Exposure]]:
    """Exposures by product and active, the first session of each zone, at most so many zones as a chart can hold."""
    found: dict[tuple[str, str], dict[str, Exposure]] = {}
    for zone in run.zones:
        for exposure in zone.exposures:
            found.setdefault((exposure.product, exposure.active), {}).setdefault(zone.zone.key, exposure)
    return [list(zones.values()) for zones in found.values()]


def _active(run: Run, found: list[Exposure], pictures: Pictures) -> dict[str, Any]:
    shown, scale, little = found[:PER_CHART], scale_of(found[0]), _negligible(found)
    profile = None if little else delivery_field.profile(found[0], pictures)
    return {
        "name": words.title(found[0].active),
        "product": lookup.product_name(run, found[0].product),
        "dose": lookup.band(scale.factor * found[0].dose, scale.per_area),
        "little": little,
        "measured": delivery_gain.measured(found[0].active, run.evidence),
        "charts": []
        if little
        else [
            _with_and_without(shown[0], scale),
            *(_depth(shown, name, label, scale) for name, label in DEPTHS),
            *([profile] if profile else []),
        ],
        "accounts": [_account(exposure, scale) for exposure in found],
        "numbers": [] if little else [_numbers(run, exposure, scale) for exposure in found],
        "left_out": 0 if little else max(len(found) - PER_CHART, 0),
    }


def _negligible(found: list[Exposure]) -> bool:
    """Whether next to nothing of the dose ever gets below the stratum corneum, in any zone, needled."""
    final = (delivery_gain.part(exposure, *BELOW)[:, -1] for exposure in found)
    shares = [lookup.band(delivery_gain.ratio(end, exposure.dose)) for end, exposure in zip(final, found, strict=True)]
    return all(share.high < NOTHING for share in shares if share.known)


def _axis(exposure: Exposure) -> Axis:
    low, high = float(exposure.time[0]), float(exposure.time[-1])
    ticks = time_ticks(low, high, 5, TICK_HOURS) if high - low > 4.0 else multiples(low, high, nice_step(high - low, 5))
    return Axis(low, high, ticks, tick_labels(ticks), "hours from the needling")


def _with_and_without(exposure: Exposure, scale: Scale) -> dict[str, Any]:
    """Below the stratum corneum: with needles against the same product on intact skin."""
    with_needles = lookup.bands(scale.factor * delivery_gain.part(exposure, *BELOW))
    without = lookup.bands(scale.factor * exposure.intact_below_sc)
    lines = [
        Line(exposure.time, with_needles[1], with_needles[0], with_needles[2], "needled", 1),
        Line(exposure.time, without[1], without[0], without[2], "intact skin", 4),
    ]
    return _chart("Below the stratum corneum", words.title(exposure.zone), exposure, lines, scale)


def _depth(found: list[Exposure], name: str, label: str, scale: Scale) -> dict[str, Any]:
    lines = []
    for number, exposure in enumerate(found, start=1):
        low, middle, high = lookup.bands(scale.factor * delivery_gain.part(exposure, name))
        lines.append(Line(exposure.time, middle, low, high, words.title(exposure.zone) if len(found) > 1 else "", number))
    return _chart(label, "", found[0], lines, scale)


def _chart(label: str, note: str, exposure: Exposure, lines: list[Line], scale: Scale) -> dict[str, Any]:
    unit = words.unit(scale.per_area)
    said = "; ".join(f"{line.label or 'median'} {words.number(float(line.middle[-1]))} {unit} at the end" for line in lines)
    return {
        "title": label,
        "note": note,
        "figure": panel.draw(
            Panel(f"{words.title(exposure.active)}: {label.lower()}", said, lines, _axis(exposure), unit, zero=True)
        ),
    }


def _account(exposure: Exposure, scale: Scale) -> dict[str, Any]:
    """Where the dose is at the end: medians, as shares of all of it, so that the bar is always whole."""
    from ...flows import COMPARTMENTS

    final = exposure.amount[:, :, -1]
    final = final[np.isfinite(final).all(axis=1)]
    mean = final.mean(axis=0) if final.size else np.zeros(len(COMPARTMENTS))
    total = float(mean.sum())
    shares = [(name, label, float(mean[COMPARTMENTS.index(name)]) / total if total > 0.0 else 0.0) for name, label in FATES]
    said = ", ".join(f"{label} {_percent(share)}" for _, label, share in shares if share >= 0.0005)
    return {
        "zone": words.title(exposure.zone),
        "text": said,
        "total": words.given(float(f"{scale.factor * total:.3g}"), scale.per_area),
        "parts": [
            {"name": name, "label": label, "share": _percent(share)} for name, label, share in shares if share >= 5e-5
        ],
        "figure": rows.stack(
            [(f"fate-{name}", share, f"{label}: {_percent(share)}") for name, label, share in shares],
            f"Dose after {words.lapse(float(exposure.time[-1]) / 24.0)}: {said}",
        ),
    }


def _percent(share: float) -> str:
    shown = 100.0 * share
    text = "<0.1" if 0.0 < shown < 0.095 else words.fixed(shown, 0 if shown >= 9.95 else 1)
    return words.with_unit(text, "%")


def _numbers(run: Run, exposure: Exposure, scale: Scale) -> dict[str, Any]:
    """What had entered a day after the needling, its share through the channels, and how much more than without."""
    entered = delivery_gain.at(exposure, delivery_gain.part(exposure, *BELOW))
    intact = delivery_gain.at(exposure, exposure.intact_below_sc)
    by_channel = 100.0 * delivery_gain.ratio(delivery_gain.at(exposure, exposure.through_channels), entered)
    peak = lookup.band(scale.factor * np.nanmax(exposure.dermal_concentration, axis=1), scale.per_volume)
    return {
        "zone": words.title(exposure.zone),
        "below": lookup.band(scale.factor * entered, scale.per_area),
        "channels": lookup.band(np.minimum(by_channel, 100.0), "%"),
        "more": delivery_gain.more(delivery_gain.ratio(entered, intact)),
        "peak": peak,
        "grade": lookup.grade_of(run, "amount_below_sc"),
    }
