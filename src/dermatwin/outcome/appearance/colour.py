"""From a reflectance spectrum to a colour: CIE tristimulus values, L*a*b*, typology angle, sRGB and meter indices.

Colours are those of the 1931 standard observer (2 degrees) in daylight D65, sums over every 10 nm from 380 to 780 nm. All
figures of the standards are tables of the evidence (`optics`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...evidence import Evidence, Tables, view
from ...evidence.rows.optics import ColourConstantRow, ObserverRow, TypologyRow

AXES = ("x", "y", "z")
GUNS = ("red", "green", "blue")


def tristimulus(reflectance: np.ndarray, evidence: Evidence) -> np.ndarray:
    """X, Y, Z of a reflectance (..., wavelength) in daylight D65, shape (..., 3); a perfect white has Y = 1."""
    return reflectance @ _weights(evidence)


def lab(xyz: np.ndarray, evidence: Evidence) -> np.ndarray:
    """L*, a*, b* relative to daylight D65, shape (..., 3).

    L* = 116 f(Y) - 16, a* = 500 (f(X) - f(Y)), b* = 200 (f(Y) - f(Z)); f the cube root, straight below (6/29)^3
    """
    known = _constants(evidence)
    x, y, z = np.moveaxis(_root(xyz / white(evidence), known["lab_cube_root_knee"]), -1, 0)
    return np.stack(
        [
            known["lab_lightness_slope"] * y - known["lab_lightness_offset"],
            known["lab_red_green"] * (x - y),
            known["lab_yellow_blue"] * (y - z),
        ],
        axis=-1,
    )


def xyz_of_lab(colours: np.ndarray, evidence: Evidence) -> np.ndarray:
    """X, Y, Z of L*, a*, b*: the inverse of `lab`."""
    known = _constants(evidence)
    lightness, red, yellow = np.moveaxis(np.asarray(colours, float), -1, 0)
    y = (lightness + known["lab_lightness_offset"]) / known["lab_lightness_slope"]
    roots = np.stack([y + red / known["lab_red_green"], y, y - yellow / known["lab_yellow_blue"]], axis=-1)
    knee = known["lab_cube_root_knee"]
    return np.where(roots > knee, roots**3, 3.0 * knee**2 * (roots - _lift(knee))) * white(evidence)


def ita(colours: np.ndarray, evidence: Evidence) -> np.ndarray:
    """Individual typology angle [deg]: arctan((L* - 50)/b*), of L*, a*, b* in the last axis.

    Valid    b* > 0, as all skin has; source chardon1991.
    """
    return np.degrees(np.arctan2(colours[..., 0] - _constants(evidence)["ita_lightness"], colours[..., 2]))


def typology(angle: float, evidence: Evidence) -> str:
    """Word for a typology angle in degrees: very light, light, intermediate, tan, brown or dark (chardon1991)."""
    classes = evidence.rows(TypologyRow)
    return next((row.word for row in classes if angle > row.above_deg), classes[-1].word)


def srgb(xyz: np.ndarray, evidence: Evidence) -> np.ndarray:
    """sRGB values 0-255 of X, Y, Z, shape (..., 3); colours that a screen cannot show are clipped."""
    known = _constants(evidence)
    linear = np.clip(xyz @ np.linalg.inv(_primaries(evidence)).T, 0.0, 1.0)
    offset, straight = known["srgb_offset"], known["srgb_linear_slope"] * linear
    curved = (1.0 + offset) * linear ** (1.0 / known["srgb_exponent"]) - offset
    return np.rint(known["srgb_full"] * np.where(linear <= known["srgb_linear_limit"], straight, curved))


def difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Colour difference of L*, a*, b*: their distance (CIE 1976); about 2 are just seen side by side."""
    return np.sqrt(((first - second) ** 2).sum(axis=-1))


def indices(green: np.ndarray, red: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Erythema index 100 log10(R_red/R_green) and melanin index 100 log10(1/R_red) of a narrow-band meter [-]."""
    return 100 * np.log10(red / green), -100 * np.log10(red)


def white(evidence: Evidence) -> np.ndarray:
    """X, Y, Z of a perfect white in daylight D65."""
    return _weights(evidence).sum(axis=0)


def _root(ratio: np.ndarray, knee: float) -> np.ndarray:
    return np.where(ratio > knee**3, np.cbrt(ratio), ratio / (3.0 * knee**2) + _lift(knee))


def _lift(knee: float) -> float:
    """What keeps the straight part in line with the cube root: 2/3 of the knee (4/29)."""
    return 2.0 * knee / 3.0


@view
def _weights(tables: Tables) -> np.ndarray:
    """Light times observer (wavelength, 3), scaled so that a perfect white has Y = 1."""
    rows = tables.rows(ObserverRow)
    observer = np.array([[row.x_bar, row.y_bar, row.z_bar] for row in rows])
    lit = observer * np.array([[row.d65] for row in rows])
    return lit / lit[:, 1].sum()


@view
def _constants(tables: Tables) -> Mapping[str, float]:
    return {row.name: row.value for row in tables.rows(ColourConstantRow)}


@view
def _primaries(tables: Tables) -> np.ndarray:
    known = _constants(tables)
    return np.array([[known[f"{axis}_{gun}"] for gun in GUNS] for axis in AXES])
