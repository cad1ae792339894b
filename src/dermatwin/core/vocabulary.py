"""Words that a case, a table of evidence and a stage share: each closed set stands here once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Phototype = Literal["I", "II", "III", "IV", "V", "VI"]
"""Fitzpatrick's types, from skin that always burns to skin that never does."""

PHOTOTYPES: tuple[Phototype, ...] = get_args(Phototype)
REFERENCE_PHOTOTYPE: Phototype = "III"
"""The type against which effects of the others are stated: factors of skin colour are 1 for it."""

DARK_PHOTOTYPES: tuple[Phototype, ...] = ("IV", "V", "VI")
"""Skin that readily answers an injury with pigment, and on which redness hides: planned more gently and told so.

Source: `skin_of_colour_chapter`, `fda_page2025` (pigment); that redness hides on them is an assumption.
"""


def phototype_steps(phototype: str) -> int:
    """How many types darker than the reference one [-]; negative for lighter ones."""
    names: tuple[str, ...] = PHOTOTYPES
    return names.index(phototype) - names.index(REFERENCE_PHOTOTYPE)


SOURCES = ("knowledge", "person", "chance")
"""Of spread: nobody knows it, people differ, the same person differs from one time to the next."""

Species = Literal["human", "hairless_rat", "rat", "pig", "guinea_pig", "mouse", "rabbit"]

Layer = Literal["epidermis", "papillary_dermis", "upper_reticular_dermis", "deep_reticular_dermis"]
"""Tissue layers that heal, from the surface down."""

NUMBED = ("anaesthetised", "anesthetised", "anesthetized", "topical_anaesthetic", "topical_anaesthesia", "anaesthesia")
"""Names of adjuncts that say the skin was numbed."""

Movement = Literal["strokes", "rolls", "presses"]
"""How needles come to the skin: a motor strokes them, a drum rolls them over it, a hand presses a plate of them on it."""

MOVED_ONLY: Mapping[str, tuple[Movement, ...]] = {
    "frequency": ("strokes",),
    "max_frequency": ("strokes",),
    "layout": ("strokes", "presses"),
    "rows": ("rolls",),
}
"""Properties of a device that apply to some movements only."""

Layout = Literal["ring", "grid"]
"""How needles that are no drum's stand."""

Vehicle = Literal["solution", "gel", "cream", "serum", "ointment"]

SIDES = ("left", "right", "both", "bilateral")
"""Words before or after the name of a site that say on which side."""

ASSUMPTION = "dermatwin_prior"
"""The source of what nobody measured: an assumption of the authors."""
