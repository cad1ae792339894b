"""The layered section of one zone of one person's skin."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..core.errors import Notice
from ..core.notebook import Noted, Reads

LAYERED = ("stratum_corneum", "viable_epidermis", "papillary_dermis", "dermis")
"""Fields from which the faces between the layers follow."""


@dataclass(frozen=True)
class Skin(Noted):
    """One zone's section for every draw. Depths count from the skin surface."""

    zone: str  # key of the zone in the case
    site: str  # anatomical site in the catalogue of sites
    species: str
    alive: bool  # False for excised or reconstructed skin
    stratum_corneum: np.ndarray  # (draw,) mm
    viable_epidermis: np.ndarray  # (draw,) mm
    papillary_dermis: np.ndarray  # (draw,) mm
    dermis: np.ndarray  # (draw,) mm, papillary dermis included
    stiffness: np.ndarray  # (draw,) MPa, effective indentation modulus
    capillary_depth: np.ndarray  # (draw,) mm below the surface where the first capillary loops lie
    tewl: np.ndarray  # (draw,) g/m2/h, baseline
    temperature: np.ndarray  # (draw,) degC
    pigment: np.ndarray  # (draw,) pigment drive relative to phototype III [-]
    age: float  # yr
    sex: str
    phototype: str
    over_bone: bool
    appendages: np.ndarray  # (draw,) 1/cm2, hair follicles
    notices: tuple[Notice, ...] = field(default=())
    reads: Reads = field(default_factory=dict, repr=False)  # names of what was read, by field

    @property
    def interfaces(self) -> np.ndarray:
        """Depths of the layers' upper faces in `flows.LAYERS`, then the fat: shape (draw, 5), mm.

        The epidermis begins below the stratum corneum; the reticular dermis is cut in two halves of equal thickness.
        """
        top = self.stratum_corneum
        papillary = top + self.viable_epidermis
        reticular = papillary + self.papillary_dermis
        fat = papillary + self.dermis
        return np.stack([top, papillary, reticular, 0.5 * (reticular + fat), fat], axis=1)
