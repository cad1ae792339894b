"""What a product in a case is called and holds: looked up in the catalogue of products, or as the case describes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..case import InlineProduct, Topical
from ..evidence import Evidence
from ..history import kinds_in
from ..history.language import tokens


@dataclass(frozen=True)
class Contents:
    """Words that name a product and, where known, the share of its mass that each active makes up."""

    text: str
    strengths: dict[str, float]
    name: str  # as the case has it
    kinds: frozenset[str] = frozenset()  # concepts of the vocabulary that it is or holds


def contents(topical: Topical, evidence: Evidence) -> Contents:
    """Name and contents of the product of a topical, with the concepts that they name."""
    found = _named(topical, evidence)
    return replace(found, kinds=kinds_in(found.text, evidence))


def _named(topical: Topical, evidence: Evidence) -> Contents:
    product = topical.product
    if isinstance(product, InlineProduct):
        return Contents(f"{product.name}; {product.active}", {product.active.casefold(): product.strength}, product.name)
    row = _catalogue(evidence).get(tokens(product))
    if row is None:
        return Contents(product.replace("_", " "), {}, product)
    actives = [active.strip().casefold() for active in row["active"].split(";") if active.strip()]
    shares = [float(share) for share in row["strength"].split(";") if share.strip()]
    return Contents(
        f"{product.replace('_', ' ')}; {row['name']}; {row['active']}", dict(zip(actives, shares, strict=True)), product
    )


def _catalogue(evidence: Evidence) -> dict[tuple[str, ...], dict[str, str]]:
    """Rows of the catalogue of products by the comparable words of every id, name and alias."""
    rows = evidence.table("products")
    return {tokens(word): row for row in rows for word in (*row["aliases"].split(";"), row["name"], row["id"])}
