"""Claims: what has been shown, or not, about needling together with an active.

'Enhanced' and 'not enhanced' are about where the active went or how soon it acted, 'clinical benefit' and 'negative
trial' about a comparison in people, 'no trial' says that no comparison was read. Permeation numbers are not here: they
are measurements the model is held against.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..evidence import Evidence, Tables, view
from ..evidence.rows.delivery import ClaimRow, Verdict
from .product import Product


@dataclass(frozen=True)
class Claim:
    """What has been shown, or not, about needling and one active."""

    active: str
    claim: str
    verdict: Verdict
    sources: tuple[str, ...]
    note: str


@view
def claims(tables: Tables) -> tuple[Claim, ...]:
    """Every row of `active_evidence.csv`."""
    return tuple(Claim(row.active, row.claim, row.verdict, row.source, row.note) for row in tables.rows(ClaimRow))


def claims_for(product: Product, evidence: Evidence) -> tuple[Claim, ...]:
    """What is known of a product as a whole, then of each of its actives; empty for a product without an active."""
    whole = tuple(claim for claim in claims(evidence) if claim.active == product.id)
    return (*whole, *(claim for content in product.contents for claim in claims_of(content.solute.name, evidence)))


def claims_of(active: str, evidence: Evidence) -> tuple[Claim, ...]:
    """What is known of an active; one claim 'no trial' where nothing is."""
    found = tuple(claim for claim in claims(evidence) if claim.active == active)
    return found or (Claim(active, "needling with this active helps", "no trial", (), "none in the tables of dermatwin"),)
