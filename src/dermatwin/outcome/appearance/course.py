"""How the needled skin looks from the first minutes to the twelfth week, beside skin that was left alone.

Redness. The recovery model gives the rise x of an erythema index EI = EI_0 (1 + x). A meter's index is a logarithm of red
over green reflectance, so that the rise says by definition how much that ratio grows,

    log10(R_red/R_green) = log10(R_red/R_green)_0 + EI_0 x / s_EI,

and the blood of the papillary dermis is raised until the skin model shows this ratio. Nothing is fitted. A ceiling of blood
holds where skin can hardly get that red.

Pigment. Melanin = melanin_0 (1 + g_Q dQ), dQ the pigment drive of the healing network, mean of the epidermis.

A day on which the skin is needled again is shown just before. Left out: pinpoint bleeding, scabs, bruises and yellow,
the gloss of swollen or peeling skin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.vocabulary import REFERENCE_PHOTOTYPE
from ...evidence import Draws
from ...flows import TissueHistory
from ...skin.section import Skin
from ..recovery import redness_on
from ..tissue import EPIDERMIS, change, interpolated
from .colour import ita, lab, tristimulus
from .tissue import Complexion, Optics, optics

SAMPLES = 12  # samples of blood between none and the ceiling
EVE = 1e-6  # d, a moment


@dataclass(frozen=True)
class Looks:
    """Colour of one zone's skin over time; the first time is just before the first session."""

    days: np.ndarray  # (time,) d after the first session
    colours: np.ndarray  # (draw, time, 3) L*, a*, b*
    capped: np.ndarray  # (draw, time) whether the ceiling of blood held redness back

    @property
    def redder(self) -> np.ndarray:
        """Rise of a* over untouched skin [-], (draw, time)."""
        return self.colours[..., 1] - self.colours[:, :1, 1]


def times(history: TissueHistory, draws: Draws) -> np.ndarray:
    """Days on which the skin is rendered, those within the history; 0 is just before the first session.

    What would fall on a later session is the moment before it.
    """
    moments = sorted(draws.evidence.family("appearance_time").items())
    days = np.array([draws.median(moment.name, "d") for _, moment in moments])
    days = days[days <= history.time[-1]]
    return np.concatenate([[0.0], np.where(np.isin(days, history.sessions), days - EVE, days)])


def look(skin: Skin, history: TissueHistory, draws: Draws, reference: TissueHistory | None = None) -> Looks:
    """Colour of the needled skin over the course, for every person."""
    days, model = times(history, draws), optics(skin, draws)
    rise = redness_on(days[1:], history, draws, reference)
    gained = draws("melanin_per_pigment_drive", "1")[:, None] * np.maximum(
        interpolated(history.time, change(history, "pigment_drive")[:, EPIDERMIS], _untouched(days[1:], history)), 0.0
    )
    melanin = model.film[:, None] * np.concatenate([np.ones((draws.count, 1)), 1.0 + gained], axis=1)
    added, capped = blood_of(rise, model, draws)
    nothing = np.zeros((draws.count, 1))
    seen = Complexion(melanin, np.concatenate([nothing, added], axis=1))
    colours = lab(tristimulus(model.reflectance(seen), draws.evidence), draws.evidence)
    return Looks(days, colours, np.concatenate([nothing > 0.0, capped], axis=1))


def _untouched(days: np.ndarray, history: TissueHistory) -> np.ndarray:
    """Days at which slow states may be read: between the last sample before a session and the session, that sample."""
    following = np.searchsorted(history.time, days)
    upcoming = np.isin(history.time[np.minimum(following, history.time.size - 1)], history.sessions[1:])
    waiting = upcoming & (following > 0) & ~np.isin(days, history.sessions)
    return np.where(waiting, history.time[np.maximum(following - 1, 0)], days)


def typology_angle(looks: Looks, draws: Draws) -> np.ndarray:
    """Individual typology angle over time [deg], (draw, time)."""
    return ita(looks.colours, draws.evidence)


def blood_of(rise: np.ndarray, model: Optics, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Blood added to the papillary dermis (share) by a relative rise of the erythema index, and where the ceiling held.

    Units    rise [-], (draw, time).      Law  increasing in the rise; 0 for none (tests/laws/test_appearance.py).
    The recovery model knows no phototype, so that its index is read as that of one reference phototype: the same
    inflammation brings the same blood, and melanin hides it.
    Error    straight between samples of blood: below 1 % of the blood (tests/verification/test_appearance.py).
    """
    most = draws("largest_blood_fraction", "1")[:, None]
    samples = most * np.linspace(0.0, 1.0, SAMPLES) ** 2
    growth = meter_rise(samples, model, draws)
    target = (draws("erythema_baseline", "1") / draws("erythema_index_scale", "1"))[:, None] * np.maximum(rise, 0.0)
    found = np.stack([np.interp(*row) for row in zip(target, growth, samples, strict=True)])
    return np.where(np.isfinite(target), found, np.nan), target > growth[:, -1:]


def meter_rise(added: np.ndarray, model: Optics, draws: Draws) -> np.ndarray:
    """Rise of log10(R_red/R_green) by added blood in skin of the reference phototype [-], (draw, sample), first sample 0.

    As a meter in contact sees it, without the gloss of the surface.
    """
    meter = model.at(np.array([draws.median(f"erythema_wavelength[{name}]", "nm") for name in ("green", "red")]))
    film = draws(f"melanosome_fraction[{REFERENCE_PHOTOTYPE}]", "1") * draws("melanin_reference_thickness", "mm")
    green, red = np.moveaxis(meter.reflectance(Complexion(film[:, None] * np.ones_like(added), added), gloss=False), -1, 0)
    ratio = np.log10(red / green)
    return ratio - ratio[:, :1]
