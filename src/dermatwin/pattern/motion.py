"""How the hand and the motor repeat an array of needles over the skin: contacts per area, steps, slits.

Every device lays its array down on a lattice: one cell is a step along the track times the distance between tracks, and
holds every needle once per pass. A pen's step is what the hand moves during one stroke, a roller's one turn of its drum,
a stamp's one press. The mean density therefore has no error but the numbers that go into it:

    n = N passes / (step spacing)

A needle that the hand moves on while it is in the skin draws a slit. The lengths below are upper bounds, for skin that
does not follow the needle; how far living skin follows was found in no source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MM2_PER_CM2 = 100.0
MANY = 1e6  # groups of a pattern in which every contact is a matter of chance


@dataclass(frozen=True)
class Motion:
    """How contacts repeat, arrays (draw,).

    A group is a set of contacts that keep their distances by design: the track of one needle of a pen, one pass of a
    roller, one pass of presses of a stamp. Different groups fall on one another at random.
    """

    contacts: np.ndarray  # 1/cm2, all contacts of needles with the skin
    groups: np.ndarray  # [-], groups that make up the contacts
    step: np.ndarray  # mm between one needle's successive contacts; inf where they cannot meet
    neighbour: np.ndarray  # mm from a contact to the nearest one of its own group
    slit: np.ndarray | None  # mm, way of a needle through the skin surface while it is inside, at most; None = unknown


def contact_density(needles: float, passes: np.ndarray, step: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    """Contacts per area [1/cm2]: n = N passes / (step spacing), step and spacing in mm."""
    return MM2_PER_CM2 * needles * passes / (step * spacing)


def in_skin_share(protrusion: np.ndarray | float, stroke: np.ndarray | float) -> np.ndarray:
    """Share of a sinusoidal stroke during which a needle is below the surface [-].

    phi = arccos(1 - 2 L / s) / pi,  1 where the stroke is not longer than the needle stands out

    Units    protrusion L and stroke s in one unit; broadcasts.      Law  between 0 and 1, rises with L, falls with s.
    """
    return np.arccos(1.0 - 2.0 * np.minimum(np.asarray(protrusion) / stroke, 1.0)) / np.pi


def pen(
    needles: int,
    *,
    frequency: np.ndarray,
    passes: np.ndarray,
    hand_speed: np.ndarray,
    spacing: np.ndarray,
    protrusion: float,
    stroke: np.ndarray,
) -> Motion:
    """A pen: step = v / f, n = N f passes / (v w), slit = v phi / f.

    Units    Hz, mm/s, mm.      Law  a slower hand and more passes never make fewer contacts.
    """
    step = hand_speed / frequency
    contacts = contact_density(needles, passes, step, spacing)
    return Motion(contacts, needles * passes, step, step, step * in_skin_share(protrusion, stroke))


def roller(
    needles: int,
    *,
    passes: np.ndarray,
    drum_diameter: np.ndarray,
    spacing: np.ndarray,
    neighbour: float,
    sliding: np.ndarray,
    protrusion: float,
) -> Motion:
    """A roller: step = pi D / (1 - q), n = N passes (1 - q) / (pi D W), q the share of the way that it slides.

    A needle stands in the skin while its tip dips below it, |angle| < a = arccos(R / (R + L)), over a way 2 R a of a drum
    that rolls. It leans as it passes, so that its shaft crosses the surface in other places: 2 R (tan a - a). Sliding
    adds its part of the way, 2 R a q / (1 - q).

    Units    mm.      Valid  the drum's surface touches the skin.      Source  192 needles, D = W = 20 mm: 15.3 per cm2.
    """
    radius = 0.5 * drum_diameter
    step = np.pi * drum_diameter / (1.0 - sliding)
    angle = np.arccos(radius / (radius + protrusion))
    slit = 2.0 * radius * (np.tan(angle) - angle + angle * sliding / (1.0 - sliding))
    contacts = contact_density(needles, passes, step, spacing)
    return Motion(contacts, passes, np.full_like(contacts, np.inf), np.full_like(contacts, neighbour), slit)


def stamp(needles: int, *, presses: np.ndarray, area: np.ndarray, neighbour: float) -> Motion:
    """A stamp pressed side by side, `presses` times over the whole area: n = N presses / A, A in cm2; no slits."""
    contacts = needles * presses / area
    return Motion(
        contacts, presses, np.full_like(contacts, np.inf), np.full_like(contacts, neighbour), np.zeros_like(contacts)
    )


def scattered(density: np.ndarray) -> Motion:
    """Holes of a stated density [1/cm2], each in a place of its own by chance; how they were made is not known."""
    far = np.full_like(density, np.inf)
    return Motion(density, np.full_like(density, MANY), far, far, None)
