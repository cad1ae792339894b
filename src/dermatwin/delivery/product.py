"""Products: the catalogue of topicals and products that a case describes itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..case.document import InlineProduct, Topical
from ..evidence import Evidence, Tables, view
from ..evidence.rows.delivery import ProductRow
from .chemistry import from_smiles
from .solute import Solute, find_solute, look_up, solutes


@dataclass(frozen=True)
class Content:
    """One active of a product."""

    solute: Solute
    strength: float  # mass fraction of the product


@dataclass(frozen=True)
class Product:
    """What is put on the skin."""

    id: str
    name: str
    contents: tuple[Content, ...]
    vehicle: str  # solution, serum, gel, cream, ointment
    kind: str  # anaesthetic, serum, gel, prp, growth_factor, tracer, plain, custom
    ph: float | None = None
    sterile: bool = False
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    grade: str = "E"
    note: str = ""


@view
def products(tables: Tables) -> Mapping[str, Product]:
    """The catalogue of products, by id."""
    return {row.id: _product(row, solutes(tables)) for row in tables.rows(ProductRow)}


def _product(row: ProductRow, known: Mapping[str, Solute]) -> Product:
    contents = tuple(Content(known[name], share) for name, share in zip(row.active, row.strength, strict=True))
    return Product(
        id=row.id,
        name=row.name,
        contents=contents,
        vehicle=row.vehicle,
        kind=row.kind,
        ph=row.ph,
        sterile=row.sterile,
        aliases=row.aliases,
        sources=row.source,
        grade=row.grade,
        note=row.note,
    )


def find_product(text: str, evidence: Evidence) -> Product:
    """The product of this id, name or alias, ignoring case and spaces; KeyError with suggestions if there is none.

    The name of an active that is itself no product ('tretinoin') is not enough: strength and vehicle are missing.
    """
    return look_up(_plain(text), _by_name(evidence), "product")


@view
def _by_name(tables: Tables) -> Mapping[str, Product]:
    return {
        _plain(name): product
        for product in products(tables).values()
        for name in (product.id, product.name, *product.aliases)
    }


def product_in(topical: Topical, evidence: Evidence) -> Product:
    """The product that a case names or describes."""
    described = topical.product
    return find_product(described, evidence) if isinstance(described, str) else product_of(described, evidence)


def _plain(text: str) -> str:
    """Lower case, underscores as spaces, no space before a per cent sign."""
    return re.sub(r"\s*%", "%", " ".join(text.lower().replace("_", " ").split()))


def product_of(described: InlineProduct, evidence: Evidence) -> Product:
    """A product that a case describes; KeyError if its active is in no table and no structure is given, or a wrong one."""
    try:
        solute = find_solute(described.active, evidence)
    except KeyError:
        if described.smiles is None:
            raise
        solute = from_smiles(described.active, described.smiles)
    kind = "anaesthetic" if solute.numbs else "custom"
    return Product(
        id=re.sub(r"\W+", "_", described.name.lower()).strip("_"),
        name=described.name,
        contents=(Content(solute, described.strength),),
        vehicle=described.vehicle,
        kind=kind,
        ph=described.ph,
        note="described in the case",
    )
