"""Excipients: what else of a product reaches living tissue through channels.

Most published granulomas after needling followed products that lay on open channels, and patch tests pointed at the
products. No amount is known to be safe, so every excipient that gets below the stratum corneum is a caution. They are
carried as passive solutes. Most compositions are assumed (grade E): names as on labels, shares as is usual. Water,
physiological salts and what adjusts the pH are left out; so are micelles, droplets and particles as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..evidence import Evidence, Tables, view
from ..evidence.rows.delivery import ExcipientRow
from .guard import Guard, high
from .product import Content, Product
from .solute import Solute

FAMILY = "excipient"
GRANULOMA = ("friedmann2024", "soltani2014")
_TRACE = 1e-9  # ug/cm2, numerical: less has passed than the solver resolves


@dataclass(frozen=True)
class Excipient:
    """One inactive ingredient of a product."""

    content: Content
    sources: tuple[str, ...]
    grade: str
    note: str


@view
def _table(tables: Tables) -> Mapping[str, tuple[Excipient, ...]]:
    found: dict[str, list[Excipient]] = {}
    for row in tables.rows(ExcipientRow):
        known = found.setdefault(row.product, [])
        if row.mass_share is not None and row.molar_mass is not None:
            solute = Solute(row.excipient, row.molar_mass, row.log_kow, "calculated", family=FAMILY, note=row.note)
            known.append(Excipient(Content(solute, row.mass_share), row.source, row.grade, row.note))
    return {product: tuple(excipients) for product, excipients in found.items()}


def excipients(product: Product, evidence: Evidence) -> tuple[Excipient, ...] | None:
    """Inactive ingredients of a product; empty if it has none, None if its composition is not known."""
    return _table(evidence).get(product.id)


def passive_solutes(product: Product, evidence: Evidence) -> tuple[Content, ...]:
    """The excipients as solutes that the solver can carry like an active: name, molar mass, log Kow or None, strength."""
    return tuple(excipient.content for excipient in excipients(product, evidence) or ())


def excipient_guards(
    product: Product, doses: Mapping[str, np.ndarray], area: float, evidence: Evidence
) -> tuple[Guard, ...]:
    """Mass of every excipient that reaches living tissue through channels [ug]; no safe amount is known for any.

    Units    `doses` ug/cm2 (draw,) by excipient, what came through the channels; area cm2.
    Law      'caution' wherever more than a trace comes through, 'ok' else; never 'stop': no limit exists.
    """
    known = excipients(product, evidence)
    if known is None:
        return (
            Guard(
                f"excipients of {product.name}",
                None,
                None,
                None,
                "ug",
                "caution",
                GRANULOMA,
                "composition not known: everything in it goes below the stratum corneum with the active",
            ),
        )
    return tuple(_excipient_guard(product, item, doses[item.content.solute.name], area) for item in known)


def _excipient_guard(product: Product, item: Excipient, dose: np.ndarray, area: float) -> Guard:
    reached = high(dose)
    through = reached > _TRACE
    assumed = "; its share of the product is assumed" if item.grade == "E" else ""
    return Guard(
        f"{item.content.solute.name} of {product.name} below the stratum corneum",
        max(reached, 0.0) * area,
        None,
        None,
        "ug",
        "caution" if through else "ok",
        (*GRANULOMA, *item.sources),
        "no amount is known to be safe; granulomas followed products on open channels" + assumed,
    )
