"""The channels of one zone after one treatment session, from the needle's removal to closure."""

from __future__ import annotations

import numpy as np

from ..core import Notice, require_finite, require_not_negative
from ..core.notebook import Reads
from ..evidence import Draws, Pages
from ..flows import READOUTS, Channels, Punctures
from ..skin import Skin
from .kinetics import kinetics_of
from .readout import closure_times, water_loss

HOURS_PER_DAY = 24.0
CM_PER_MM = 0.1
MINUTES_PER_HOUR = 60
POINTS = 60
GRID = np.union1d(
    np.concatenate([[0.0], np.geomspace(1.0 / MINUTES_PER_HOUR, 10.0 * HOURS_PER_DAY, POINTS)]),
    [1.0, 6.0, HOURS_PER_DAY, 3.0 * HOURS_PER_DAY],
)
"""Hours after the session at which channels are described: 0, then 1 min to 10 d, denser early."""


def close(
    punctures: Punctures, skin: Skin, draws: Draws, *, covered_h: float = 0.0, anti_inflammatory: bool = False
) -> Channels:
    """Close one session's channels.

    A/A0 = w exp(-t / tau) + (1 - w) 2^-h(t)     TEWL = T0 + a j / (1 + a j / j_max)

    Units    h; open fraction [-] of the cross-section just after removal; TEWL g/m2/h.
    Shape    (draw, time) on `GRID`; closure times (draw, readout) are roots, not read from the grid.
    Cover    `covered_h` hours under an occlusive cover right after needling; `anti_inflammatory`: a COX inhibitor.
    Valid    human skin, steel needles of 0.15-1.5 mm; animals by a wide factor; excised skin does not repair.
    Source   evidence `closure_half_life`, `recoil_share`, `occlusion_factor`, `closed_share[dye]`, `closed_step[*]`.
    Law      falls from 1; slower covered, deeper, older; TEWL <= dye <= impedance <= OCT (tests/laws/test_barrier.py).
    """
    if covered_h < 0.0:
        raise ValueError(f"covered_h is {covered_h:g}; hours under a cover cannot be negative")
    page = Pages(draws)
    kinetics = kinetics_of(
        _mean(punctures.in_situ_depth),
        skin,
        page["kinetics"],
        punctures.session,
        covered_h=covered_h,
        anti_inflammatory=anti_inflammatory,
    )
    radius = 0.5 * np.sqrt(_mean(punctures.channel_diameter**2))
    area = np.pi * punctures.density * (CM_PER_MM * radius) ** 2
    fraction = kinetics.open_fraction(GRID[:, None]).T
    tewl = water_loss(area[:, None] * fraction, skin.tewl, page["tewl"])
    times = closure_times(kinetics, area, skin, page["closed"])
    _check(fraction, tewl, times, f"barrier of {punctures.zone}")
    return Channels(
        zone=punctures.zone,
        session=punctures.session,
        time=GRID,
        density=punctures.density,
        depth=_mean(punctures.residual_depth),
        radius=radius,
        open_fraction=fraction,
        tewl=tewl,
        closure_time=times,
        notices=_notices(skin, punctures, covered_h, anti_inflammatory),
        covered=covered_h,
        reads=_reads(punctures, skin, page),
    )


def _reads(punctures: Punctures, skin: Skin, page: Pages) -> Reads:
    """Names of what was read for every field of the channels."""
    closing = punctures.behind("in_situ_depth") | page.of("kinetics")
    opened = closing | punctures.behind("density", "channel_diameter") | skin.behind("tewl")
    return {
        "density": punctures.behind("density"),
        "depth": punctures.behind("residual_depth"),
        "radius": punctures.behind("channel_diameter"),
        "open_fraction": closing,
        "tewl": opened | page.of("tewl"),
        "closure_time": opened | page.of("closed"),
    }


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over the needles that pierced, shape (draw,); 0 where none did. Others hold 0."""
    return values.sum(axis=1) / np.maximum((values > 0.0).sum(axis=1), 1)


def _check(fraction: np.ndarray, tewl: np.ndarray, times: np.ndarray, where: str) -> None:
    for values in (fraction, tewl):
        require_finite(values, where)
        require_not_negative(values, where)
    require_not_negative(
        np.diff(np.where(np.isfinite(times), times, np.finfo(float).max), axis=1), f"{where}, order of {', '.join(READOUTS)}"
    )


def _notices(skin: Skin, punctures: Punctures, covered_h: float, anti_inflammatory: bool) -> tuple[Notice, ...]:
    path = f"barrier.{punctures.zone}"
    found = (
        (
            covered_h > 0.0,
            "closure under a cover rests on one contradiction: by impedance 2 h or less bare, but about 60 h "
            "in a study whose cover is not stated; the factor spans both",
            "gupta2011;micropore_sites2021",
        ),
        (anti_inflammatory, "a COX inhibitor slows closure; by how much was not found", "diclofenac_closure"),
        (skin.species != "human", f"closure in {skin.species} differs from people by a factor that is assumed", ""),
        (not skin.alive, "excised or reconstructed skin recoils but does not repair: it never closes", "gomaa2010"),
    )
    return tuple(Notice(path, text, source) for applies, text, source in found if applies)
