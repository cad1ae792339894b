"""What a zone's section tells the outside: the layers and properties before the course, as readings."""

from __future__ import annotations

import numpy as np

from ..flows import Reading
from .section import Skin

WHOLE = ("stratum_corneum", "viable_epidermis", "dermis")


def readings(skin: Skin) -> tuple[Reading, ...]:
    """The section of one zone as named numbers with units, shape (draw,) each; they have no time."""
    values: dict[str, tuple[str, np.ndarray, tuple[str, ...]]] = {
        "baseline_stratum_corneum": ("um", 1000 * skin.stratum_corneum, ("stratum_corneum",)),
        "baseline_viable_epidermis": ("um", 1000 * skin.viable_epidermis, ("viable_epidermis",)),
        "baseline_papillary_dermis": ("um", 1000 * skin.papillary_dermis, ("papillary_dermis",)),
        "baseline_dermis": ("mm", skin.dermis, ("dermis",)),
        "baseline_skin_thickness": ("mm", skin.interfaces[:, -1], WHOLE),
        "baseline_stiffness": ("MPa", skin.stiffness, ("stiffness",)),
        "baseline_capillary_depth": ("um", 1000 * skin.capillary_depth, ("capillary_depth",)),
        "baseline_tewl": ("g/m^2/h", skin.tewl, ("tewl",)),
        "baseline_temperature": ("degC", skin.temperature, ("temperature",)),
        "baseline_pigment": ("1", skin.pigment, ("pigment",)),
        "baseline_follicle_density": ("1/cm^2", skin.appendages, ("appendages",)),
    }
    return tuple(
        Reading(name, skin.zone, unit, array, reads=skin.behind(*parts)) for name, (unit, array, parts) in values.items()
    )
