"""Trials in silico: a document, a pool of virtual people simulated once, thousands of trials drawn from it and analysed."""

from typing import TYPE_CHECKING

from ..core.later import later

if TYPE_CHECKING:
    from .document import TrialDocument
    from .loading import load_trial
    from .planned import Plan
    from .running import Results, run_trial
    from .schema_of import trial_schema

__getattr__ = later(
    __name__,
    {
        "Plan": "planned",
        "Results": "running",
        "TrialDocument": "document",
        "load_trial": "loading",
        "run_trial": "running",
        "trial_schema": "schema_of",
    },
)

__all__ = ["Plan", "Results", "TrialDocument", "load_trial", "run_trial", "trial_schema"]
