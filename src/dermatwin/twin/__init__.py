"""`simulate(case) -> Run`: the stages chained over the treatment sessions. `compare(cases, labels) -> Contrast`: arms of
treatment on the same people. What is made of a run: `summarise`, `compare_observations`, `to_tree`, `write_run`; and a
written run read again: `recall`. One person asked for other courses, again and again: `Twin`."""

from .comparison import Comparison, compare_observations
from .contrast import Contrast, compare
from .endpoints import Endpoint
from .folder import write_run
from .recall import recall, reread
from .run import Run, ZoneRun
from .simulate import simulate
from .summary import summarise
from .tree import to_tree
from .what_if import Twin, ZoneAnswer

__all__ = [
    "Comparison",
    "Contrast",
    "Endpoint",
    "Run",
    "Twin",
    "ZoneAnswer",
    "ZoneRun",
    "compare",
    "compare_observations",
    "recall",
    "reread",
    "simulate",
    "summarise",
    "to_tree",
    "write_run",
]
