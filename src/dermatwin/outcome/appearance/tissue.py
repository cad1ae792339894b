"""What colours one skin: melanin of the epidermis, blood of the dermis, scattering of both, and the light they send back.

    mu_mel = f_mel mu_500 (l/500)^-m d_ref/d        melanin per area, spread over this epidermis
    mu_base = mu_b0 + mu_b1 exp(-(l - 500)/l_b)     epidermis without melanin
    mu_blood = ln 10 c/M [S e_oxy + (1 - S) e_deoxy], times (1 - exp(-2 mu r))/(2 mu r) for blood kept in vessels
    mu_s' = a (l/500)^-b                            the same in all layers

Three layers: the whole epidermis, the papillary dermis, and the dermis below without end. What the dermis absorbs is taken
as blood: its share follows from the absorption that a cohort shows at one wavelength. Melanin is kept per area, because the
published volume fractions belong to one thickness of epidermis. Left out: bilirubin and carotene (skin that is ill, bruised
or fed on carrots), water, melanin in the dermis, the fat below, and what swelling does to scattering. Numbers: evidence
`appearance` and the tables in `optics`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...core.checks import require_finite, require_not_negative
from ...core.units import factor
from ...evidence import Draws, Tables, view
from ...evidence.rows.optics import HaemoglobinRow
from ...skin.section import Skin
from .layers import Directions, directions, reflectance

ANCHOR = 5 * 100.0  # nm, the wavelength at which the laws of the literature are anchored


@dataclass(frozen=True)
class Complexion:
    """What may change in the colour of one skin, arrays (draw, time)."""

    melanin: np.ndarray  # mm, thickness that the melanosomes would have as a film of their own
    added_blood: np.ndarray  # share of the papillary dermis that is blood beyond the resting one


@dataclass(frozen=True)
class Optics:
    """Optical constants of every person's skin; (draw, wavelength) in 1/mm where nothing else is said."""

    wavelength: np.ndarray  # (wavelength,) nm
    melanosome: np.ndarray  # inside of a melanosome
    base: np.ndarray  # epidermis without melanin
    scattering: np.ndarray
    upper: np.ndarray  # papillary dermis with its resting blood
    lower: np.ndarray  # dermis below
    added: np.ndarray  # blood that redness adds, as it counts in its vessels
    film: np.ndarray  # (draw,) mm, melanin of untouched skin
    epidermis: np.ndarray  # (draw,) mm
    papillary: np.ndarray  # (draw,) mm
    way: Directions

    def reflectance(self, seen: Complexion, *, gloss: bool = True) -> np.ndarray:
        """Reflectance of straight light (draw, time, wavelength) [-]; `gloss` counts what the surface throws back."""
        shade = self.base[:, None] + (seen.melanin / self.epidermis[:, None])[..., None] * self.melanosome[:, None]
        plexus = self.upper[:, None] + seen.added_blood[..., None] * self.added[:, None]
        return reflectance(
            shade, plexus, self.lower, self.scattering, (self.epidermis, self.papillary), self.way, gloss=gloss
        )

    def at(self, wavelengths: np.ndarray) -> Optics:
        """The same skin at some other wavelengths [nm], straight between the samples."""
        parts = {
            name: np.stack([np.interp(wavelengths, self.wavelength, row) for row in getattr(self, name)]) for name in SPECTRA
        }
        return replace(self, wavelength=wavelengths, **parts)


SPECTRA = ("melanosome", "base", "scattering", "upper", "lower", "added")


def optics(skin: Skin, draws: Draws) -> Optics:
    """Optical constants of a section of skin for every person.

    Valid    380-780 nm, intact or lightly needled human skin.
    Raises   ComputationError for what is not finite or negative.
    """
    wavelength = extinction(draws.evidence)[0]
    relative = wavelength / ANCHOR
    upper, lower, added = _dermis(wavelength, draws)
    found = Optics(
        wavelength=wavelength,
        base=_base(wavelength, draws),
        upper=upper,
        lower=lower,
        added=added,
        melanosome=draws("melanosome_absorption", "1/mm")[:, None]
        * relative ** -draws("melanin_absorption_exponent", "1")[:, None],
        scattering=draws("skin_scattering", "1/mm")[:, None] * relative ** -draws("skin_scattering_exponent", "1")[:, None],
        film=draws(f"melanosome_fraction[{skin.phototype}]", "1") * draws("melanin_reference_thickness", "mm"),
        epidermis=skin.stratum_corneum + skin.viable_epidermis,
        papillary=skin.papillary_dermis,
        way=directions(draws.median("skin_refractive_index", "1")),
    )
    for name in SPECTRA:
        require_finite(getattr(found, name), f"optics.{name}")
        require_not_negative(getattr(found, name), f"optics.{name}")
    return found


@view
def extinction(tables: Tables) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wavelengths [nm] and molar extinction of oxygenated and deoxygenated haemoglobin [1/cm per mol/L], base ten."""
    rows = tables.rows(HaemoglobinRow)
    found = np.array([[row.wavelength_nm, row.oxyhaemoglobin, row.deoxyhaemoglobin] for row in rows])
    wavelength, oxygenated, deoxygenated = found.T
    return wavelength, oxygenated, deoxygenated


def packing(absorption: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Share of its absorption that blood keeps when it is held in vessels [-]: (1 - exp(-2 mu r))/(2 mu r).

    Law      1 for thin vessels, falls with radius and absorption; source vanveen2002 (second-hand).
    """
    depth = 2.0 * absorption * radius
    return np.where(depth > 1e-6, -np.expm1(-depth) / np.where(depth > 1e-6, depth, 1.0), 1.0)


def _base(wavelength: np.ndarray, draws: Draws) -> np.ndarray:
    """Absorption of epidermis without melanin [1/mm]."""
    plain, blue = draws("skin_baseline_absorption", "1/mm"), draws("skin_baseline_blue_absorption", "1/mm")
    return plain[:, None] + blue[:, None] * np.exp(-(wavelength - ANCHOR) / draws("skin_baseline_decay", "nm")[:, None])


def _dermis(wavelength: np.ndarray, draws: Draws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Absorption of upper and lower dermis at rest and of pure added blood [1/mm], (draw, wavelength) each."""
    resting = _blood(draws("skin_oxygenation", "1"), draws("skin_vessel_radius", "mm"), draws)
    known = np.searchsorted(wavelength, draws.median("dermis_absorption_wavelength", "nm"))
    shape = resting / resting[:, known - 1 : known + 1].mean(axis=1, keepdims=True)
    upper, lower = (draws(f"{part}_dermis_absorption", "1/mm")[:, None] * shape for part in ("upper", "lower"))
    return upper, lower, _blood(draws("erythema_oxygenation", "1"), draws("erythema_vessel_radius", "mm"), draws)


def _blood(oxygenation: np.ndarray, radius: np.ndarray, draws: Draws) -> np.ndarray:
    """Effective absorption of blood in the vessels of skin [1/mm], (draw, wavelength)."""
    _, oxygenated, deoxygenated = extinction(draws.evidence)
    share = oxygenation[:, None]
    molar = (share * oxygenated + (1.0 - share) * deoxygenated) * factor("1/cm", "1/mm")
    strength = draws("haemoglobin_in_blood", "g/L") / draws("haemoglobin_molar_mass", "g/mol")
    whole = np.log(10) * molar * strength[:, None]
    return whole * packing(whole, radius[:, None])
