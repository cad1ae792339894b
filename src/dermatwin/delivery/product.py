"""Products: the catalogue of topicals and products that a case describes itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..case.document import InlineProduct, Topical
from ..evidence import Evidence
from .chemistry import from_smiles
from .solute import Solute, find_solute, look_up, solutes, split


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


@lru_cache(maxsize=1)
def products() -> dict[str, Product]:
    """The packaged catalogue of products, by id."""
    return {row["id"]: _product(row) for row in Evidence.packaged().table("products")}


def _product(row: dict[str, str]) -> Product:
    actives, strengths = split(row["active"]), split(row["strength"])
    contents = tuple(Content(solutes()[name], float(share)) for name, share in zip(actives, strengths, strict=True))
    return Product(
        id=row["id"],
        name=row["name"],
        contents=contents,
        vehicle=row["vehicle"],
        kind=row["kind"],
        ph=float(row["ph"]) if row["ph"] else None,
        sterile=row["sterile"] == "yes",
        aliases=split(row["aliases"]),
        sources=split(row["source"]),
        grade=row["grade"],
        note=row["note"],
    )


def find_product(text: str) -> Product:
    """The product of this id, name or alias, ignoring case and spaces; KeyError with suggestions if there is none.

    The name of an active that is itself no product ('tretinoin') is not enough: strength and vehicle are missing.
    """
    table = {
        _plain(name): product for product in products().values() for name in (product.id, product.name, *product.aliases)
    }
    return look_up(_plain(text), table, "product")


def product_in(topical: Topical) -> Product:
    """The product that a case names or describes."""
    return find_product(topical.product) if isinstance(topical.product, str) else product_of(topical.product)


def _plain(text: str) -> str:
    """Lower case, underscores as spaces, no space before a per cent sign."""
    return re.sub(r"\s*%", "%", " ".join(text.lower().replace("_", " ").split()))


def product_of(described: InlineProduct) -> Product:
    """A product that a case describes; KeyError if its active is in no table and no structure is given, or a wrong one."""
    try:
        solute = find_solute(described.active)
    except KeyError:
        if described.smiles is None:
            raise
        solute = from_smiles(described.active, described.smiles)
    kind = "anaesthetic" if solute.family == "anaesthetic" else "custom"
    return Product(
        id=re.sub(r"\W+", "_", described.name.lower()).strip("_"),
        name=described.name,
        contents=(Content(solute, described.strength),),
        vehicle=described.vehicle,
        kind=kind,
        ph=described.ph,
        note="described in the case",
    )
