"""Trials in silico: a document, a pool of virtual people simulated once, thousands of trials drawn from it and analysed."""

from ..core.later import later

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
