"""Chapter 4: where each product's active goes, layer by layer, with the needles and without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import words
from ..figures import panel, rows
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import multiples, nice_step, tick_labels, time_ticks
from . import lookup

if TYPE_CHECKING:
    from ...flows import Exposure
    from ...twin import Run

TICK_HOURS = (1, 2, 3, 6, 12, 24, 48)
FATES = (("vehicle", "still on the skin"), ("removed", "wiped off"), ("evaporated", "evaporated"),
         ("stratum_corneum", "stratum corneum"), ("viable_epidermis", "living epidermis"), ("dermis", "dermis"),
         ("cleared", "carried away by blood"))
DEPTHS = (("stratum_corneum", "Stratum corneum"), ("viable_epidermis", "Living epidermis"), ("dermis", "Dermis"),
          ("cleared", "Carried away by blood"))
PER_CHART = 3
BELOW = ("viable_epidermis", "dermis", "cleared")


def delivery(run: Run) -> dict[str, Any] | None:
    """One block per active; None where nothing is put on the skin."""
    groups = _groups(run)
    if not groups:
        return None
    return {"actives": [_active(run, found) for found in groups], "fates": FATES,
            "sentences": [sentence for found in groups for sentence in _sentences(found)]}


def _groups(run: Run) -> list[list[Exposure]]:
    """Exposures by product and active, the first session of each zone, at most so many zones as a chart can hold."""
    found: dict[tuple[str, str], dict[str, Exposure]] = {}
    for zone in run.zones:
        for exposure in zone.exposures:
            found.setdefault((exposure.product, exposure.active), {}).setdefault(zone.zone.key, exposure)
    return [list(zones.values()) for zones in found.values()]


def _part(exposure: Exposure, *names: str) -> np.ndarray:
    """Amount in some compartments together, shape (draw, time)."""
    from ...flows import COMPARTMENTS

    return exposure.amount[:, [COMPARTMENTS.index(name) for name in names], :].sum(axis=1)


def _active(run: Run, found: list[Exposure]) -> dict[str, Any]:
    shown = found[:PER_CHART]
    return {
        "name": words.title(found[0].active), "product": words.title(found[0].product),
        "dose": lookup.band(found[0].dose, "ug/cm^2"),
        "charts": [_with_and_without(shown[0]), *(_depth(shown, name, label) for name, label in DEPTHS)],
        "accounts": [_account(exposure) for exposure in found],
        "numbers": [_numbers(run, exposure) for exposure in found],
        "left_out": max(len(found) - PER_CHART, 0),
    }


def _axis(exposure: Exposure) -> Axis:
    low, high = float(exposure.time[0]), float(exposure.time[-1])
    ticks = time_ticks(low, high, 5, TICK_HOURS) if high - low > 4.0 else multiples(low, high, nice_step(high - low, 5))
    return Axis(low, high, ticks, tick_labels(ticks), "hours from the needling")


def _with_and_without(exposure: Exposure) -> dict[str, Any]:
    """Below the stratum corneum: with needles against the same product on intact skin."""
    with_needles = lookup.bands(_part(exposure, *BELOW))
    without = lookup.bands(exposure.intact_below_sc)
    lines = [Line(exposure.time, with_needles[1], with_needles[0], with_needles[2], "needled", 1),
             Line(exposure.time, without[1], without[0], without[2], "intact skin", 4)]
    return _chart("Below the stratum corneum", words.title(exposure.zone), exposure, lines)


def _depth(found: list[Exposure], name: str, label: str) -> dict[str, Any]:
    lines = []
    for number, exposure in enumerate(found, start=1):
        low, middle, high = lookup.bands(_part(exposure, name))
        lines.append(Line(exposure.time, middle, low, high, words.title(exposure.zone) if len(found) > 1 else "", number))
    return _chart(label, "", found[0], lines)


def _chart(label: str, note: str, exposure: Exposure, lines: list[Line]) -> dict[str, Any]:
    said = "; ".join(f"{line.label or 'median'} {words.number(float(line.middle[-1]))} µg/cm² at the end" for line in lines)
    return {"title": label, "note": note, "figure": panel.draw(Panel(
        f"{words.title(exposure.active)}: {label.lower()}", said, lines, _axis(exposure), "µg/cm²", zero=True))}


def _account(exposure: Exposure) -> dict[str, Any]:
    """Where the dose is at the end: medians, as shares of all of it, so that the bar is always whole."""
    from ...flows import COMPARTMENTS

    final = exposure.amount[:, :, -1]
    final = final[np.isfinite(final).all(axis=1)]
    mean = final.mean(axis=0) if final.size else np.zeros(len(COMPARTMENTS))
    total = float(mean.sum())
    shares = [(name, label, float(mean[COMPARTMENTS.index(name)]) / total if total > 0.0 else 0.0) for name, label in FATES]
    said = ", ".join(f"{label} {_percent(share)}" for _, label, share in shares if share >= 0.0005)
    return {"zone": words.title(exposure.zone), "text": said, "total": words.quantity(total, "ug/cm^2", 3),
            "parts": [{"name": name, "label": label, "share": _percent(share)} for name, label, share in shares if share >= 5e-5],
            "figure": rows.stack([(f"fate-{name}", share, f"{label}: {_percent(share)}") for name, label, share in shares],
                                 f"Dose after {words.lapse(float(exposure.time[-1]) / 24.0)}: {said}")}


def _percent(share: float) -> str:
    shown = 100.0 * share
    text = "<0.1" if 0.0 < shown < 0.095 else words.fixed(shown, 0 if shown >= 9.95 else 1)
    return words.with_unit(text, "%")


def _numbers(run: Run, exposure: Exposure) -> dict[str, Any]:
    """Share that came through the channels, and how much more entered than without needles."""
    entered = _part(exposure, *BELOW)[:, -1]
    by_channel = _ratio(exposure.through_channels[:, -1], entered)
    more = lookup.band(_ratio(entered, exposure.intact_below_sc[:, -1]), "1")
    peak = lookup.band(np.nanmax(exposure.dermal_concentration, axis=1), "ug/cm^3")
    return {"zone": words.title(exposure.zone), "below": lookup.band(entered, "ug/cm^2"),
            "channels": lookup.band(np.minimum(100.0 * by_channel, 100.0), "%"), "more": more, "peak": peak,
            "grade": lookup.grade_of(run, "amount_below_sc")}


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full_like(np.asarray(above, float), np.nan), where=below > 0.0)


def _sentences(found: list[Exposure]) -> list[str]:
    exposure = found[0]
    entered, intact = _part(exposure, *BELOW)[:, -1], exposure.intact_below_sc[:, -1]
    more = lookup.band(_ratio(entered, intact))
    if not more.known:
        return [f"{words.title(exposure.active)}: intact skin would let nothing measurable through."]
    times = more.value
    if more.high < 1.15:
        return [f"{words.title(exposure.active)}: needling changes little; as much would pass intact skin."]
    return [f"{words.title(exposure.active)}: {times} times as much gets below the stratum corneum as without needles "
            f"({more.range})."]
