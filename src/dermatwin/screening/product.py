"""What a product in a case is called and holds: looked up in the catalogue of products, or as the case describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..case import InlineProduct, Topical
from ..evidence import Evidence, Tables, view
from ..evidence.rows.delivery import ProductRow
from ..history import kinds_in
from ..history.language import tokens


@dataclass(frozen=True)
class Contents:
    """Words that name a product and, where known, the share of its mass that each active makes up."""

    text: str
    strengths: dict[str, float]
    name: str  # as the case has it
    kinds: frozenset[str] = frozenset()  # concepts of the vocabulary that it is or holds


def name_of(topical: Topical) -> str:
    """The product of a topical, as the case has it."""
    product = topical.product
    return product.name if isinstance(product, InlineProduct) else product


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
    strengths = {active.casefold(): share for active, share in zip(row.active, row.strength, strict=True)}
    return Contents(f"{product.replace('_', ' ')}; {row.name}; {'; '.join(row.active)}", strengths, product)


@view
def _catalogue(tables: Tables) -> Mapping[tuple[str, ...], ProductRow]:
    """Rows of the catalogue of products by the comparable words of every id, name and alias."""
    return {tokens(word): row for row in tables.rows(ProductRow) for word in (*row.aliases, row.name, row.id)}
