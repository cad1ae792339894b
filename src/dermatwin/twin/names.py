"""Names of numbers as people write them, read back by what there is: quantities, layers, concerns, scales, permeants."""

from __future__ import annotations

from ..barrier import PERMEANTS
from ..evidence import Evidence
from ..flows import LAYERS
from ..naming import Name, read
from ..outcome import concerns, scales


def read_name(text: str, evidence: Evidence) -> Name:
    """Quantity and detail of a name such as 'pain_vas[2]'; ValueError that says what would be right."""
    kinds = {quantity.name: quantity.detail for quantity in evidence.quantities.values()}
    if text in kinds:
        return Name(text)
    known = {"layer": LAYERS, "permeant": PERMEANTS, "concern": concerns(evidence), "scale": scales(evidence)}
    return read(text, kinds, known)
