"""Sources, parameters, measurements, catalogues and computed quantities: data files behind one gate."""

from .distribution import truncated
from .draws import Draws
from .pages import Pages
from .posterior import Posterior
from .records import GRADES, Parameter, Pool, Quantity, Source, Split, weakest
from .store import DATA, MEASUREMENTS, Evidence, Overlay
from .tables import Tables, view
from .words import words

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
