"""Products: the catalogue of topicals and products that a case describes itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..case.document import ActiveShare, InlineProduct, Topical
from ..core import Notice
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
class Missing:
    """An active that no table holds, or a product whose name no catalogue holds: it is named, and not computed."""

    name: str
    strength: float = 0.0  # mass fraction of the product; 0 where nobody says
    hint: str = ""  # what may have been meant


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
    missing: tuple[Missing, ...] = ()
    described: bool = False  # by the case, not by the catalogue

    @property
    def solids(self) -> float:
        """Mass fraction of all its actives, those that are not computed included."""
        return sum(part.strength for part in (*self.contents, *self.missing))


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
    """The product that a case names or describes; of a name that nobody knows nothing can be computed."""
    described = topical.product
    if not isinstance(described, str):
        return product_of(described, evidence)
    try:
        return find_product(described, evidence)
    except KeyError as error:
        unknown = Missing(described, hint=str(error.args[0]))
        return Product(_id(described), described, (), "gel", "unknown", missing=(unknown,))


def _plain(text: str) -> str:
    """Lower case, underscores as spaces, no space before a per cent sign."""
    return re.sub(r"\s*%", "%", " ".join(text.lower().replace("_", " ").split()))


def product_of(described: InlineProduct, evidence: Evidence) -> Product:
    """A product that a case describes; an active in no table and without a structure is missing from its contents.

    KeyError for a structure that is none.
    """
    found = [_content(share, evidence) for share in described.contents]
    contents = tuple(one for one in found if isinstance(one, Content))
    numbs = any(content.solute.numbs for content in contents)
    return Product(
        id=_id(described.name),
        name=described.name,
        contents=contents,
        vehicle=described.vehicle,
        kind="anaesthetic" if numbs else "custom",
        ph=described.ph,
        note="described in the case",
        described=True,
        missing=tuple(one for one in found if isinstance(one, Missing)),
    )


_SAME_MASS = 0.02  # numerical: of the molar mass, what rounding and isotopes may miss


def _content(share: ActiveShare, evidence: Evidence) -> Content | Missing:
    structure = None if share.smiles is None else from_smiles(share.active, share.smiles)
    try:
        known = find_solute(share.active, evidence)
    except KeyError as error:
        if structure is None:
            return Missing(share.active, share.strength, str(error.args[0]))
        return Content(structure, share.strength)
    if structure is not None and abs(structure.molar_mass - known.molar_mass) > _SAME_MASS * known.molar_mass:
        said = f"weighs {structure.molar_mass:.4g} g/mol, {known.name} in the table {known.molar_mass:.4g}"
        raise KeyError(f"the structure {said}: take it out, or give the active a name of its own")
    return Content(known, share.strength)


def _id(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def not_computed(topicals: Sequence[Topical], evidence: Evidence) -> tuple[Notice, ...]:
    """One notice for every active and product of a course of which nothing is computed."""
    return tuple(
        Notice(
            f"course.topicals.{number}.product",
            f"{missing.name} is not computed: {missing.hint or 'it is in no table'}; everything else is",
        )
        for number, topical in enumerate(topicals)
        for missing in product_in(topical, evidence).missing
    )
