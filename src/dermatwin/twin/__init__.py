"""`simulate(case) -> Run`: the stages chained over the treatment sessions."""

from .endpoints import Endpoint
from .run import Comparison, Run, ZoneRun
from .simulate import simulate

__all__ = ["Comparison", "Endpoint", "Run", "ZoneRun", "simulate"]
