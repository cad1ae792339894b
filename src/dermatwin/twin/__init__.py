"""`simulate(case) -> Run`: the stages chained over the treatment sessions. `compare(cases, labels) -> Contrast`: arms of
treatment on the same people."""

from .contrast import Contrast, compare
from .endpoints import Endpoint
from .run import Comparison, Run, ZoneRun
from .simulate import recall, reread, simulate

__all__ = ["Comparison", "Contrast", "Endpoint", "Run", "ZoneRun", "compare", "recall", "reread", "simulate"]
