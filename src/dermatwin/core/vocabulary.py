"""Words that a case, a table of evidence and a stage share: each closed set stands here once."""

from __future__ import annotations

from typing import Literal

Phototype = Literal["I", "II", "III", "IV", "V", "VI"]
"""Fitzpatrick's types, from skin that always burns to skin that never does."""

Species = Literal["human", "hairless_rat", "rat", "pig", "guinea_pig", "mouse", "rabbit"]

Layer = Literal["epidermis", "papillary_dermis", "upper_reticular_dermis", "deep_reticular_dermis"]
"""Tissue layers that heal, from the surface down."""

DeviceKind = Literal["pen", "roller", "stamp"]
Layout = Literal["ring", "grid"]
"""How the needles of a pen or a stamp stand."""

Vehicle = Literal["solution", "gel", "cream", "serum", "ointment"]
