"""Claims: what has been shown, or not, about needling together with an active.

'Enhanced' and 'not enhanced' are about where the active went or how soon it acted, 'clinical benefit' and 'negative
trial' about a comparison in people, 'no trial' says that no comparison was read. Permeation numbers are not here: they
are measurements the model is held against.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ..evidence import Evidence
from .product import Product
from .solute import split

Verdict = Literal["enhanced", "not enhanced", "negative trial", "no trial", "clinical benefit"]

VERDICTS: dict[str, Verdict] = {
    "enhanced": "enhanced",
    "not enhanced": "not enhanced",
    "negative trial": "negative trial",
    "no trial": "no trial",
    "clinical benefit": "clinical benefit",
}


@dataclass(frozen=True)
class Claim:
    """What has been shown, or not, about needling and one active."""

    active: str
    claim: str
    verdict: Verdict
    sources: tuple[str, ...]
    note: str


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    """Every row of `active_evidence.csv`; ValueError at a verdict that is none."""
    found = []
    for row in Evidence.packaged().table("active_evidence"):
        if row["verdict"] not in VERDICTS:
            raise ValueError(f"active_evidence.csv:{row['line']}: {row['verdict']!r} is not one of {', '.join(VERDICTS)}")
        found.append(Claim(row["active"], row["claim"], VERDICTS[row["verdict"]], split(row["source"]), row["note"]))
    return tuple(found)


def claims_for(product: Product) -> tuple[Claim, ...]:
    """What is known of a product as a whole, then of each of its actives; empty for a product without an active."""
    whole = tuple(claim for claim in claims() if claim.active == product.id)
    return (*whole, *(claim for content in product.contents for claim in claims_of(content.solute.name)))


def claims_of(active: str) -> tuple[Claim, ...]:
    """What is known of an active; one claim 'no trial' where nothing is."""
    found = tuple(claim for claim in claims() if claim.active == active)
    return found or (Claim(active, "needling with this active helps", "no trial", (), "none in the tables of dermatwin"),)
