"""Sources, parameters, measurements and the catalogue of quantities: data files behind one small loader."""

from .draws import Draws
from .records import GRADES, Parameter, Quantity, Source, weakest
from .store import MEASUREMENTS, Evidence

__all__ = ["GRADES", "MEASUREMENTS", "Draws", "Evidence", "Parameter", "Quantity", "Source", "weakest"]
