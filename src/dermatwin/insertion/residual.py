"""What a needle leaves: the depth of its channel as a share of the depth that the needle reached.

Tissue springs back behind the needle, in one species more than in another, in skin that is pinned out otherwise than in
skin that is alive; and a method sees its own channel. Light sees what is open and filled with air, a stained section the
torn track, a microscope no deeper than it can focus. So the share is one of living people, as far as fluid enters, and the
rest multiplies its odds. Fluid decides for delivery; the other read-outs serve measurements.
"""

from __future__ import annotations

import numpy as np

from ..evidence import Draws
from ..skin import Skin

READOUTS = ("dye", "section", "confocal", "OCT")
"""How a channel's depth is seen: fluid that enters, a stained section, a focused microscope, coherent light."""


def share_left(skin: Skin, draws: Draws, session: int = 0) -> np.ndarray:
    """Depth of the channel over the depth reached, as far as fluid enters [-], shape (draw,).

    r / (1 - r) = r_p / (1 - r_p) exp(s z_species) f_excised

    Valid    smooth pins that are drawn out at once; not for needles that stay, swell or heat.
    Source   evidence `residual_depth_share`, `residual_species_spread`, `residual_excised_odds`.
    Law      between 0 and 1; that of living people is the parameter itself (tests/laws/test_insertion.py).
    """
    share = draws("residual_depth_share", "1", session, skin.zone)
    if skin.species != "human":
        strays = draws("residual_species_spread", "1") * draws(f"residual_species_score[{skin.species}]", "1")
        share = with_odds(share, np.exp(strays))
    return share if skin.alive else with_odds(share, draws("residual_excised_odds", "1"))


def with_odds(share: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """The share [-] whose odds are those of `share` times a factor: r f / (1 - r + r f)."""
    return share * factor / (1.0 - share + share * factor)
