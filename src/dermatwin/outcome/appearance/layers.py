"""Diffuse light in layered skin by adding and doubling, and the surface that turns it back.

Light runs in a few directions down and as many up. A very thin sheet is known in closed form; two equal sheets make one
of twice the thickness, unequal ones a stack, and a sheet doubled until nothing comes through is a half-space. Every
exchange between the directions is kept, so that absorption may rival scattering, as it does in the epidermis of dark skin,
where two fluxes (Kubelka and Munk) would be 10 to 25 degrees of typology angle too dark. One direction stands for the
light that the surface traps and two for what can leave; against sixteen directions L* is within 0.7.

Scattering is isotropic with the reduced coefficient. Light falls straight onto the skin. Left out: texture, hair, light
that leaves sideways, fluorescence. Method: van de Hulst; quadrature split at the critical angle after Prahl.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numerics.kept import kept

THIN = 0.2  # numerical: optical thickness of the first sheet, relative to the flattest direction
DEEP = 48  # numerical: doublings at most
SAME = 1e-5  # numerical: absorptions closer than this share one layer


@dataclass(frozen=True)
class Directions:
    """Cosines (direction,) inside the skin with their weights, and what the surface turns back of each."""

    cosine: np.ndarray
    weight: np.ndarray  # sums to 1
    turned_back: np.ndarray
    gloss: float  # share of straight light that never enters


def directions(index: float, trapped: int = 1, escaping: int = 2) -> Directions:
    """Directions of light in skin of a refractive index, split at the critical angle; the last one is straight.

    Gauss's points where the surface traps the light, Radau's (which hold the straight direction) where it lets it out.
    """
    critical = np.sqrt(1.0 - 1.0 / index**2)
    inner, inner_weight = np.polynomial.legendre.leggauss(trapped)
    outer, outer_weight = _radau(escaping)
    cosine = np.concatenate([0.5 * (inner + 1.0) * critical, critical + 0.5 * (1.0 - critical) * (outer + 1.0)])
    weight = np.concatenate([0.5 * critical * inner_weight, 0.5 * (1.0 - critical) * outer_weight])
    return Directions(cosine, weight, _fresnel(cosine, index), ((index - 1.0) / (index + 1.0)) ** 2)


def sheet(absorption: float, scattering: float, thickness: float, way: Directions) -> tuple[np.ndarray, np.ndarray]:
    """Fluxes turned back and let through by a layer inside the skin, (direction out, direction in) [-].

    Units    absorption and reduced scattering 1/mm, thickness mm.
    Law      columns of both together sum to 1 without absorption, to less with it; without scattering exp(-mu_a d/cosine)
             goes straight through (tests/verification/test_appearance.py).
    """
    count = way.cosine.size
    back, through = np.zeros((count, count)), np.zeros((count, count))
    _sheet(absorption, scattering, thickness, way.cosine, way.weight, back, through, np.zeros((4, count, count)))
    return back, through


def reflectance(
    epidermis: np.ndarray,
    papillary: np.ndarray,
    deep: np.ndarray,
    scattering: np.ndarray,
    thickness: tuple[np.ndarray, np.ndarray],
    way: Directions,
    *,
    gloss: bool = True,
) -> np.ndarray:
    """Reflectance of epidermis upon papillary dermis upon endless dermis, (draw, time, wavelength) [-].

    Units    absorptions and reduced scattering 1/mm; epidermis, papillary (draw, time, wavelength), deep and scattering
             (draw, wavelength); thickness of epidermis and papillary dermis mm, (draw,).
    Valid    any absorption and scattering; `gloss` counts the light that the surface throws back at once.
    Law      within [0, 1], falls with every absorption, 1 without any.
    """
    found = _stack(
        np.ascontiguousarray(epidermis),
        np.ascontiguousarray(papillary),
        deep,
        scattering,
        *thickness,
        way.cosine,
        way.weight,
        way.turned_back,
    )
    return (1.0 - way.gloss) * found + (way.gloss if gloss else 0.0)


def _radau(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights on [-1, 1] that hold the end 1, exact up to degree 2 count - 2."""
    basis = np.polynomial.legendre.Legendre.basis
    points = np.sort(np.asarray((basis(count - 1) - basis(count)).roots().real, float))
    moments = np.array([(1.0 - (-1.0) ** (power + 1)) / (power + 1) for power in range(count)])
    powers = points[None, :] ** np.arange(count)[:, None]
    return points, np.linalg.solve(powers, moments)


def _fresnel(cosine: np.ndarray, index: float) -> np.ndarray:
    """Share of unpolarised light from inside that the surface turns back [-]; all of it beyond the critical angle."""
    outside = np.sqrt(np.maximum(1.0 - index**2 * (1.0 - cosine**2), 0.0))
    across = ((index * cosine - outside) / (index * cosine + outside)) ** 2
    along = ((cosine - index * outside) / (cosine + index * outside)) ** 2
    return 0.5 * (across + along)


@kept()
def _multiply(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    count = a.shape[0]
    for i in range(count):
        for j in range(count):
            total = 0.0
            for k in range(count):
                total += a[i, k] * b[k, j]
            out[i, j] = total


@kept()
def _solve(a: np.ndarray, b: np.ndarray) -> None:
    """b <- a^-1 b without pivots (every a here is an M-matrix); a is used up."""
    count = a.shape[0]
    for pivot in range(count):
        scale = 1.0 / a[pivot, pivot]
        for j in range(count):
            a[pivot, j] *= scale
            b[pivot, j] *= scale
        for i in range(count):
            if i != pivot:
                share = a[i, pivot]
                for j in range(count):
                    a[i, j] -= share * a[pivot, j]
                    b[i, j] -= share * b[pivot, j]


@kept()
def _first(
    optical: float,
    albedo: float,
    cosine: np.ndarray,
    weight: np.ndarray,
    back: np.ndarray,
    through: np.ndarray,
    work: np.ndarray,
) -> None:
    """The thin sheet: fluxes through it are the means of those at its faces (diamond rule).

    A = h/2 (1/mu - B'), B = h/2 B', B' = a/2 w/mu':  Y = (1 + A)^-1,  G = (1 + A - B Y B)^-1,  R = 2 G B Y,  T = 2 G - 1
    """
    count = cosine.size
    scatter, loss, inverse, product = work[0], work[1], work[2], work[3]
    for i in range(count):
        for j in range(count):
            scatter[i, j] = 0.25 * optical * albedo * weight[i] / cosine[j]
            loss[i, j] = (1.0 + 0.5 * optical / cosine[i] if i == j else 0.0) - scatter[i, j]
            product[i, j] = loss[i, j]
            inverse[i, j] = 1.0 if i == j else 0.0
    _solve(product, inverse)
    _multiply(scatter, inverse, back)
    _multiply(back, scatter, product)
    for i in range(count):
        for j in range(count):
            product[i, j] = loss[i, j] - product[i, j]
            inverse[i, j] = 1.0 if i == j else 0.0
    _solve(product, inverse)
    _multiply(inverse, back, through)
    for i in range(count):
        for j in range(count):
            back[i, j] = 2.0 * through[i, j]
            through[i, j] = 2.0 * inverse[i, j] - (1.0 if i == j else 0.0)


@kept()
def _double(back: np.ndarray, through: np.ndarray, work: np.ndarray) -> None:
    """R <- R + T (1 - R R)^-1 R T,  T <- T (1 - R R)^-1 T."""
    count = back.shape[0]
    gap, inner, last = work[0], work[1], work[2]
    _multiply(back, back, gap)
    for i in range(count):
        for j in range(count):
            gap[i, j] = (1.0 if i == j else 0.0) - gap[i, j]
            inner[i, j] = through[i, j]
    _solve(gap, inner)
    _multiply(through, inner, last)
    _multiply(back, inner, gap)
    _multiply(through, gap, inner)
    for i in range(count):
        for j in range(count):
            back[i, j] += inner[i, j]
            through[i, j] = last[i, j]


@kept()
def _sheet(
    absorption: float,
    scattering: float,
    thickness: float,
    cosine: np.ndarray,
    weight: np.ndarray,
    back: np.ndarray,
    through: np.ndarray,
    work: np.ndarray,
) -> None:
    optical = (absorption + scattering) * thickness
    times = max(0, int(np.ceil(np.log2(max(optical / (THIN * cosine[0]), 1.0)))))
    albedo = scattering / (absorption + scattering) if absorption + scattering > 0.0 else 0.0
    _first(optical / 2.0**times, albedo, cosine, weight, back, through, work)
    for _ in range(times):
        _double(back, through, work)


@kept()
def _endless(
    absorption: float,
    scattering: float,
    cosine: np.ndarray,
    weight: np.ndarray,
    back: np.ndarray,
    through: np.ndarray,
    work: np.ndarray,
) -> None:
    """A sheet doubled until nothing comes through."""
    total = absorption + scattering
    _first(THIN * cosine[0], scattering / total, cosine, weight, back, through, work)
    for _ in range(DEEP):
        _double(back, through, work)
        if through.max() < 1e-7:
            break


@kept()
def _upon(back: np.ndarray, through: np.ndarray, below: np.ndarray, work: np.ndarray) -> None:
    """below <- R + T below (1 - R below)^-1 T, written with (1 - below R)^-1 below = below (1 - R below)^-1."""
    count = back.shape[0]
    gap, inner = work[0], work[1]
    _multiply(below, back, gap)
    for i in range(count):
        for j in range(count):
            gap[i, j] = (1.0 if i == j else 0.0) - gap[i, j]
    _multiply(below, through, inner)
    _solve(gap, inner)
    _multiply(through, inner, gap)
    for i in range(count):
        for j in range(count):
            below[i, j] = back[i, j] + gap[i, j]


@kept()
def _out(below: np.ndarray, turned_back: np.ndarray, work: np.ndarray) -> float:
    """Share of straight light inside the surface that leaves again: what the surface turns back starts anew."""
    count = below.shape[0]
    gap, up = work[0], work[1]
    for i in range(count):
        for j in range(count):
            gap[i, j] = (1.0 if i == j else 0.0) - below[i, j] * turned_back[j]
            up[i, j] = below[i, j]
    _solve(gap, up)
    total = 0.0
    for i in range(count):
        total += (1.0 - turned_back[i]) * up[i, count - 1]
    return total


@kept()
def _stack(
    epidermis: np.ndarray,
    papillary: np.ndarray,
    deep: np.ndarray,
    scattering: np.ndarray,
    top: np.ndarray,
    upper: np.ndarray,
    cosine: np.ndarray,
    weight: np.ndarray,
    turned_back: np.ndarray,
) -> np.ndarray:
    draws, times, waves = epidermis.shape
    count = cosine.size
    found = np.full((draws, times, waves), np.nan)
    through, base, below = np.zeros((count, count)), np.zeros((count, count)), np.zeros((count, count))
    shade, plexus, work = np.zeros((2, count, count)), np.zeros((2, count, count)), np.zeros((4, count, count))
    for d in range(draws):
        for w in range(waves):
            if not np.isfinite(deep[d, w] + scattering[d, w] + top[d] + upper[d]):
                continue
            _endless(deep[d, w], scattering[d, w], cosine, weight, base, through, work)
            shaded, bloody = -1.0, -1.0
            for t in range(times):
                if not np.isfinite(epidermis[d, t, w] + papillary[d, t, w]):
                    continue
                if abs(papillary[d, t, w] - bloody) > SAME * bloody:
                    bloody = papillary[d, t, w]
                    _sheet(bloody, scattering[d, w], upper[d], cosine, weight, plexus[0], plexus[1], work)
                if abs(epidermis[d, t, w] - shaded) > SAME * shaded:
                    shaded = epidermis[d, t, w]
                    _sheet(shaded, scattering[d, w], top[d], cosine, weight, shade[0], shade[1], work)
                below[:, :] = base
                _upon(plexus[0], plexus[1], below, work)
                _upon(shade[0], shade[1], below, work)
                found[d, t, w] = _out(below, turned_back, work)
    return found
