"""How far the pooled effects lean on what nobody measured: other priors, and trials that were never printed.

Both are computed when the trials are pooled and stand in the record of the fit; here they are only read. Numbers are the
mean relative improvement by needling alone in the reference course.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..evidence import Evidence
from .pooling import record
from .scales import concerns

SHIPPED, BETWEEN, COUNTING = "as shipped", "between_studies", "share_that_counts"


@dataclass(frozen=True)
class Doubt:
    """The pooled effects under one other assumption."""

    assumed: str
    effects: Mapping[str, tuple[float, float, float]]  # by concern: 10, 50 and 90 %
    between_studies: float
    counting: float | None = None  # share of the draws on which a reweighted answer rests; None for a fit of its own


def other_priors(evidence: Evidence) -> tuple[Doubt, ...]:
    """The fit as it is shipped, then with other priors."""
    found = record(evidence)["needling_alone_under_other_priors"]
    return tuple(_doubt(assumed, entry, evidence) for assumed, entry in found.items())


def unprinted_trials(evidence: Evidence) -> tuple[Doubt, ...]:
    """Had results without significance been printed less often than those with it."""
    found = record(evidence)["needling_alone_if_results_without_significance_are_printed_less"]
    return tuple(_doubt(_printed(float(rate)), entry, evidence) for rate, entry in found.items())


def _printed(rate: float) -> str:
    return "printed as often" if rate == 1.0 else f"printed {rate:g} times as often"


def _doubt(assumed: str, entry: Mapping[str, Any], evidence: Evidence) -> Doubt:
    effects = {
        label_of(pool, evidence): (float(values[0]), float(values[1]), float(values[2]))
        for pool, values in entry.items()
        if isinstance(values, list)
    }
    return Doubt(assumed, effects, float(entry[BETWEEN]), entry.get(COUNTING))


def label_of(pool: str, evidence: Evidence) -> str:
    """Words for a pool of trials: the label of the concern that it is named after, else of its first concern."""
    rules = concerns(evidence)
    first = next((rule.label for rule in rules.values() if rule.pool == pool), "several or unstated")
    return rules[pool].label if pool in rules else first
