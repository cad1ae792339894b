"""Where the tips end: the share of the punctures that reach each layer, and what differs from needle to needle and from
person to person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ..figures import rows, strata
from ..figures.scales import Scale, tick_labels
from ..figures.strata import Part
from . import lookup
from .lookup import Band, band

if TYPE_CHECKING:
    from ...flows import Punctures
    from ...skin import Skin
    from ...twin import ZoneRun

LAYERS = (
    ("Epidermis", "stratum-1"),
    ("Papillary dermis", "stratum-2"),
    ("Upper reticular dermis", "stratum-3"),
    ("Deep reticular dermis", "stratum-4"),
    ("Fat", "stratum-5"),
)
TENTHS = (("Shallowest tenth", 0.0, 0.1), ("Middle tenth", 0.45, 0.55), ("Deepest tenth", 0.9, 1.0))
FEWEST = 20  # people from which tenths of them are worth a row


def shares(punctures: Punctures, skin: Skin) -> np.ndarray:
    """Share of each person's punctures whose tip ends in each of LAYERS, shape (draw, 5); NaN where none pierced.

    A tip that stays in the stratum corneum counts as in the epidermis.
    """
    depth = np.asarray(punctures.in_situ_depth, float)
    faces = skin.interfaces[:, 1:]
    whole = np.isfinite(faces).all(axis=1, keepdims=True)
    known = np.isfinite(depth) & (depth > 0.0) & whole
    below = (depth[:, :, None] > faces[:, None, :]).sum(axis=2)
    counts = np.stack([(known & (below == number)).sum(axis=1) for number in range(len(LAYERS))], axis=1).astype(float)
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0.0, counts / np.maximum(total, 1.0), np.nan)


@dataclass(frozen=True)
class Bar:
    """Some people, and where their tips end."""

    name: str
    figure: Markup


@dataclass(frozen=True)
class Share:
    """The share of the punctures that end in one layer."""

    name: str
    tone: str
    share: str
    range: str


@dataclass(frozen=True)
class Spreading:
    """How far the depth differs from one to another."""

    name: str
    meaning: str
    band: Band
    figure: Markup


@dataclass(frozen=True)
class Spread:
    """What differs, on one axis."""

    rows: list[Spreading]
    axis: Markup


@dataclass(frozen=True)
class Reached:
    """Layers that the tips reach."""

    bars: list[Bar]
    layers: list[Share]
    spread: Spread


def reached(zone: ZoneRun) -> Reached | None:
    """Rows of layers with their shares and bands; None where no needle pierces."""
    punctures = zone.punctures[0]
    found = shares(punctures, zone.skin)
    good = np.isfinite(found).all(axis=1)
    if not good.any():
        return None
    found, depth = found[good], punctures.in_situ_depth[good]
    inside = np.where(np.isfinite(depth) & (depth > 0.0), depth, np.nan)
    means = np.nanmean(inside, axis=1)
    return Reached(_bars(found, means, lookup.zone_name(zone)), _layers(found), _spread(inside, means))


def _bars(found: np.ndarray, means: np.ndarray, zone: str) -> list[Bar]:
    """Everybody, then the people in whom the needles come least, usually and most deep."""
    groups = [("All people", found)]
    if len(found) >= FEWEST:
        order = np.argsort(means, kind="stable")
        for name, low, high in TENTHS:
            groups.append((name, found[order[round(low * len(order)) : round(high * len(order))]]))
    return [Bar(name, _bar(group.mean(axis=0), f"{zone}, {name.lower()}")) for name, group in groups]


def _bar(mean: np.ndarray, title: str) -> Markup:
    parts = [Part(name, float(share), tone) for (name, tone), share in zip(LAYERS, mean, strict=True)]
    return strata.bar(parts, f"{title}: share of the punctures by the layer that the tip reaches")


def _layers(found: np.ndarray) -> list[Share]:
    """Mean share of each layer with its band over people: means add up to the whole, medians would not."""
    rows_of = []
    for number, (name, tone) in enumerate(LAYERS):
        if not found[:, number].any():
            continue
        over = band(100.0 * found[:, number], "%")
        share = Band(over.low, 100.0 * float(found[:, number].mean()), over.high, "%")
        rows_of.append(Share(name, tone, strata.percent(share.middle / 100.0), _whole(share)))
    return rows_of


def _whole(share: Band) -> str:
    low, high = (strata.percent(v / 100.0).rstrip("%").rstrip("\u202f") for v in (share.low, share.high))
    return low if low == high else f"{low}–{high}"


def _spread(inside: np.ndarray, means: np.ndarray) -> Spread:
    """Depth of the tips: between the needles of one person, around the typical mean, and between the people's means."""
    people = band(means, "mm")
    needles = band(inside - means[:, None] + people.middle, "mm")
    high = 1.05 * max(needles.high, people.high)
    scale = Scale(0.0, high, 0.0, 1.0)
    ticks = scale.ticks(2)
    kinds = (("Needle to needle", "of one person", needles, 2), ("Person to person", "and what is not known", people, 1))
    shown = [
        Spreading(name, meaning, found, rows.row(scale, rows.Interval(*found.ends), f"{name}: {found.text}", tone=tone))
        for name, meaning, found, tone in kinds
    ]
    return Spread(shown, rows.axis(scale, list(zip(ticks, tick_labels(ticks), strict=True)), "Depth in the skin, mm"))
