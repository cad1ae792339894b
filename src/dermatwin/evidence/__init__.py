"""Sources, parameters, measurements and the catalogue of quantities: data files behind one small loader."""

from .distribution import truncated
from .draws import Draws
from .posterior import Posterior
from .records import GRADES, Parameter, Quantity, Source, weakest
from .store import MEASUREMENTS, Evidence

__all__ = [
    "GRADES",
    "MEASUREMENTS",
    "Draws",
    "Evidence",
    "Parameter",
    "Posterior",
    "Quantity",
    "Source",
    "truncated",
    "weakest",
]
