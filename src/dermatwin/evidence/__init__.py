"""Sources, parameters, measurements, catalogues and computed quantities: data files behind one gate."""

from typing import TYPE_CHECKING

from ..core.later import later
from .posterior import Posterior
from .records import GRADES, Parameter, Pool, Quantity, Source, Split, weakest
from .store import DATA, MEASUREMENTS, Evidence, Overlay
from .tables import Tables, view
from .words import words

if TYPE_CHECKING:
    from .distribution import truncated
    from .draws import Draws
    from .pages import Pages

__getattr__ = later(__name__, {"Draws": "draws", "Pages": "pages", "truncated": "distribution"})

__all__ = [
    "GRADES",
    "DATA",
    "MEASUREMENTS",
    "Draws",
    "Evidence",
    "Overlay",
    "Pages",
    "Parameter",
    "Pool",
    "Posterior",
    "Quantity",
    "Source",
    "Split",
    "Tables",
    "truncated",
    "view",
    "weakest",
    "words",
]
