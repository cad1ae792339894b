"""Measurements that came after the fits: the scores hold the twin against them, and no fit and no pool has read them.

A row moves to the table of its kind when what reads that table (a fit, a pool with its carried rates) is made anew.
"""

from typing import ClassVar

from .laboratory import HealingRow, InsertionRow, PermeabilityRow
from .trials import AdverseRow, OutcomeRow


class UnfittedInsertionRow(InsertionRow):
    """A row about needles going in that no fit has read."""

    table: ClassVar[str] = "measurements/unfitted_insertion"


class UnfittedPermeabilityRow(PermeabilityRow):
    """A record of permeability that no fit has read."""

    table: ClassVar[str] = "measurements/unfitted_permeability_intact"


class UnfittedHealingRow(HealingRow):
    """A row about healing that no fit has read."""

    table: ClassVar[str] = "measurements/unfitted_healing_timecourse"


class UnfittedOutcomeRow(OutcomeRow):
    """A row of a trial arm that no fit has read."""

    table: ClassVar[str] = "measurements/unfitted_outcomes"


class UnfittedAdverseRow(AdverseRow):
    """An event in an arm that no pool of counts has read."""

    table: ClassVar[str] = "measurements/unfitted_adverse_rates"
