"""How the skin looks: its spectrum from melanin, blood and scattering, its colour, and the course of both."""

from .colour import difference, indices, ita, lab, srgb, tristimulus, typology, xyz_of_lab
from .course import Looks, look
from .readings import CHANNELS, curves, notices, readings
from .tissue import Complexion, Optics, optics

__all__ = [
    "CHANNELS",
    "Complexion",
    "Looks",
    "Optics",
    "curves",
    "difference",
    "indices",
    "ita",
    "lab",
    "look",
    "notices",
    "optics",
    "readings",
    "srgb",
    "tristimulus",
    "typology",
    "xyz_of_lab",
]
