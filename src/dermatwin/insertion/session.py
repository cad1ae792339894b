"""One treatment session of one zone: device and settings in, punctures out.

A sample of needles stands for all contacts. Needles differ in length, tip and the tissue they hit by chance; people
differ in stiffness; what nobody knows (toughness, compliance) is drawn once per run.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..case.document import Settings
from ..core.notebook import Reads
from ..device import Device, base_diameter, tip_diameter
from ..evidence import Draws, Pages
from ..flows import LAYERS, Punctures
from ..skin import LAYERED, Skin
from .bleeding import bleed
from .handling import Handling, handle
from .limits import remarks, through
from .needle import Needle
from .penetration import Penetration, drive, needle_scatter, over_piercing, sample_size


def insert(device: Device, settings: Settings, skin: Skin, draws: Draws, session: int) -> Punctures:
    """Needle one zone in one treatment session, with the settings of that session.

    Shape    arrays (draw,), (draw, needle) and (draw, layer); see `flows.Punctures`.
    Valid    steel needles 0.1-2.5 mm in human skin; beyond that the result carries notices.
    Law      rigid skin: depth = length; no force or no needle: no puncture; density is proportional to passes
             (tests/laws/test_insertion.py, tests/verification/test_insertion.py).
    """
    page, settings = Pages(draws), settings.at(session)
    handling = handle(device, settings, skin, draws, session)
    needle = _needles(device, settings, page["needle"], skin.zone, session)
    penetration = drive(needle, replace(handling.push, stretched=settings.stretched), skin, draws, session)
    bleeding = bleed(needle, penetration.in_situ_depth, skin, page["bleeding"])
    fraction = penetration.pierced_fraction
    mean_depth = over_piercing(penetration.in_situ_depth, penetration.pierced)
    return Punctures(
        zone=skin.zone,
        session=session,
        attempted_density=handling.contacts,
        density=handling.contacts * fraction,
        pierced_fraction=fraction,
        in_situ_depth=penetration.in_situ_depth,
        residual_depth=penetration.residual_depth,
        needle_diameter=penetration.needle_diameter,
        channel_diameter=penetration.channel_diameter,
        force=penetration.force,
        reach=_reach(penetration, skin),
        bleeding_fraction=bleeding.fraction,
        notices=handling.notices + remarks(device, settings, skin, draws) + through(mean_depth, skin),
        pattern=handling.pattern,
        vessel_cut_fraction=bleeding.cut_fraction,
        vessels_cut=bleeding.vessels,
        bleeding_endpoint=bleeding.endpoint(handling.contacts * fraction, page["endpoint"]),
        reads=_reads(handling, penetration, page, skin),
    )


def _reads(handling: Handling, penetration: Penetration, page: Pages, skin: Skin) -> Reads:
    """Names of what was read for every field of the punctures."""
    placed, layers = handling.reads["pattern"], skin.behind(*LAYERED)
    depth = handling.reads["push"] | page.of("needle") | penetration.reads["in_situ_depth"]
    recoiled, cut = (
        depth | penetration.reads["recoil"],
        depth | layers | skin.behind("capillary_depth") | page.of("bleeding"),
    )
    driven = ("pierced_fraction", "in_situ_depth", "needle_diameter", "force")
    return {
        "pattern": placed,
        "pace": handling.reads["pace"],
        "attempted_density": placed,
        **dict.fromkeys(driven, depth),
        **dict.fromkeys(("residual_depth", "channel_diameter"), recoiled),
        **dict.fromkeys(("vessel_cut_fraction", "vessels_cut", "bleeding_fraction"), cut),
        "density": placed | depth,
        "reach": depth | layers,
        "bleeding_endpoint": placed | cut | page.of("endpoint"),
    }


def _needles(device: Device, settings: Settings, draws: Draws, zone: str, session: int) -> Needle:
    """A sample of the device's needles: the length that stands out, tips that are worn, a taper in proportion."""
    width = sample_size(draws)
    uneven = draws("needle_length_scatter", "mm")[:, None] * draws.score(
        "chance", f"needle_length_scatter@{zone}", session, width, owner="needle_length_scatter"
    )
    base = np.repeat(base_diameter(device, draws)[:, None], width, axis=1)
    worn = tip_diameter(device, draws) * draws("tip_wear", "1", session, zone)
    tip = np.minimum(worn[:, None] * needle_scatter("tip_diameter_scatter", width, draws, zone, session), base)
    taper = base * draws("taper_ratio", "1")[:, None]
    return Needle(np.maximum(settings.needle_length + uneven, 0.0), tip, base, taper)


def _reach(penetration: Penetration, skin: Skin) -> np.ndarray:
    """Share of the piercing needles whose tip lies below the upper face of each layer, shape (draw, layer)."""
    faces = skin.interfaces[:, None, : len(LAYERS)]
    return over_piercing(penetration.in_situ_depth[:, :, None] > faces, penetration.pierced)
