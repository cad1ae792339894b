"""What a product in a case is called and holds: looked up in the catalogue of products, or as the case describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..case import ActiveShare, InlineProduct, Topical
from ..evidence import Evidence, Tables, view
from ..evidence.rows.delivery import ActiveRow, ExcipientRow, ProductRow
from ..history import kinds_in, named_in
from ..history.language import tokens


@dataclass(frozen=True)
class Contents:
    """Words that name a product and, where known, the share of its mass that each active makes up."""

    text: str
    strengths: dict[str, float]
    name: str  # as the case has it
    inactive: tuple[str, ...] = ()  # what its label says that it holds beside
    unknown: tuple[str, ...] = ()  # actives that no table holds, or its own name where no catalogue does
    named: frozenset[str] = frozenset()  # concepts that name it and its actives
    kinds: frozenset[str] = frozenset()  # everything that it is or holds, what is inactive included
    names: tuple[str, ...] = ()  # its own, as the case and the catalogue have it, and those of all that it holds


def name_of(topical: Topical) -> str:
    """The product of a topical, as the case has it."""
    product = topical.product
    return product.name if isinstance(product, InlineProduct) else product


def contents(topical: Topical, evidence: Evidence) -> Contents:
    """Name and contents of the product of a topical, with the concepts that they name."""
    found = _named(topical, evidence)
    names = (*found.names, *found.inactive)
    return replace(found, names=names, named=named_in(found.text, evidence), kinds=kinds_in("; ".join(names), evidence))


def _named(topical: Topical, evidence: Evidence) -> Contents:
    product = topical.product
    if isinstance(product, InlineProduct):
        strengths = {share.active.casefold(): share.strength for share in product.contents}
        names = (product.name, *(share.active for share in product.contents))
        unknown = tuple(share.active for share in product.contents if not _is_active(share, evidence))
        return Contents("; ".join(names), strengths, product.name, unknown=unknown, names=names)
    plain = product.replace("_", " ")
    row = _catalogue(evidence).get(tokens(product))
    if row is None:
        return Contents(plain, {}, product, unknown=(product,), names=(plain,))
    strengths = {active.casefold(): share for active, share in zip(row.active, row.strength, strict=True)}
    names = (plain, row.name, *row.active)
    return Contents("; ".join(names), strengths, product, _excipients(evidence).get(row.id, ()), names=names)


def _is_active(share: ActiveShare, evidence: Evidence) -> bool:
    return share.smiles is not None or " ".join(share.active.casefold().split()) in _actives(evidence)


@view
def _actives(tables: Tables) -> frozenset[str]:
    """Every name of every active."""
    rows = tables.rows(ActiveRow)
    return frozenset(word.casefold() for row in rows for word in (row.active, *row.aliases_added))


@view
def _excipients(tables: Tables) -> Mapping[str, tuple[str, ...]]:
    """What each product holds beside its actives, as far as its label says."""
    found: dict[str, tuple[str, ...]] = {}
    for row in tables.rows(ExcipientRow):
        found[row.product] = (*found.get(row.product, ()), *((row.excipient,) if row.excipient else ()))
    return found


@view
def _catalogue(tables: Tables) -> Mapping[tuple[str, ...], ProductRow]:
    """Rows of the catalogue of products by the comparable words of every id, name and alias."""
    return {tokens(word): row for row in tables.rows(ProductRow) for word in (*row.aliases, row.name, row.id)}
