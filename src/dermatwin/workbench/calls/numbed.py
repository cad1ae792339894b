"""Numbing of a simulated course by session, as its orders say it: kept with the run, so that no page has to wait."""

from __future__ import annotations

from typing import Any

from ...report.sheets.about import about
from ...report.sheets.order import Put, orders
from ...report.sheets.tongue import tongue
from ...twin import Run as Found


def numbing_of(found: Found, language: str) -> list[list[dict[str, Any]]]:
    """The creams of every session as its order says them, to be kept with a run."""
    if found.case.patient.species != "human" or not any(zone.punctures for zone in found.zones):
        return []
    return [[_plain(put) for put in order.numbing] for order in orders(about(found, tongue(language)))]


def _plain(put: Put) -> dict[str, Any]:
    said = {"product": put.product, "zone": put.zone, "amount": put.amount, "covered": put.covered}
    return {**said, "before_h": put.before, "off_h": put.off_h}
