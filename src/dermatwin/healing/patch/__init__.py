"""A piece of skin in space: the healing network in every cell of a grid, its signals diffusing, around real punctures.

    dy/dt = f(y; constants) + D lap(y)     D > 0 for signals (`diffusivity[...]`), 0 for cells and matrix

f is the generated rate function of the homogenised model, unchanged. A session injures only what its needles cross; there
is no halo in it, the halo comes out of diffusion. It serves two ends: to check the law of halos in `injury.py`, and to
show what a field of columns looks like. It is not run for a case.
Left out: migration of cells, flow, contraction, vessels as a network, a gap in the epidermis that closes.
"""

from .course import follow
from .halo import participation_area
from .holes import destroyed_share, neighbourhood
from .record import Field, Needling, Patch, patch_of, slab_of
from .tissue import FIRST

__all__ = [
    "FIRST",
    "Field",
    "Needling",
    "Patch",
    "destroyed_share",
    "follow",
    "neighbourhood",
    "participation_area",
    "patch_of",
    "slab_of",
]
