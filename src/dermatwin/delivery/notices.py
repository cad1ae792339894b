"""What has to be said beside a delivered dose: stops, warnings and the edge of the evidence."""

from __future__ import annotations

from ..case.document import Topical
from ..core import Notice
from ..skin.section import Skin
from .product import Product
from .solute import GROWTH_FACTORS, Solute


def notices_of(product: Product, solute: Solute, topical: Topical, skin: Skin, needled: bool) -> tuple[Notice, ...]:
    """Every remark that one active of one product calls for."""
    path = f"topical.{product.id}"
    open_channels = needled and _meets_channels(topical)
    found = [*(_on_channels(product, solute, path) if open_channels else ()), *_of_solute(solute, f"{path}.{solute.name}")]
    if skin.species != "human":
        found.append(
            Notice(
                path,
                f"permeability of human skin is used for {skin.species.replace('_', ' ')} skin, which lets more through",
                "huskindb",
            )
        )
    if product.grade == "E" and product.contents and not _says_strength(product):
        found.append(Notice(path, f"the strength of {product.name} is assumed", ";".join(product.sources)))
    return tuple(found)


def _says_strength(product: Product) -> bool:
    """Whether the strength of every active is stated: by the case that describes the product, or by its name."""
    return product.described or all(f"{100.0 * one.strength:g} %" in product.name for one in product.contents)


def _meets_channels(topical: Topical) -> bool:
    """Whether the product lies on the skin at or after the needling."""
    return topical.remove is None or topical.remove > max(topical.apply, 0.0)


def _on_channels(product: Product, solute: Solute, path: str) -> list[Notice]:
    found = []
    if product.kind == "anaesthetic" or solute.numbs:
        found.append(
            Notice(
                path,
                "STOP: a topical anaesthetic must be wiped off before needling and never put on open "
                "channels; deaths have followed uptake through broken skin",
                "fda_anaesthetics2009",
            )
        )
    if solute.name == "L-ascorbic acid":
        found.append(
            Notice(
                path,
                "most published granulomas after needling followed vitamin C serum on open channels; "
                "everything in the product reaches living tissue",
                "friedmann2024;soltani2014",
            )
        )
    if not product.sterile:
        found.append(
            Notice(
                path,
                "the product is not known to be sterile: its excipients go below the stratum corneum "
                "with the active, which is linked to granuloma and infection",
                "friedmann2024;martin2021",
            )
        )
    if product.ph is not None and product.kind != "anaesthetic" and solute.acidity == "acid":
        found.append(
            Notice(
                path,
                "a low pH helps only through intact skin; in channels both forms diffuse, and acid on living tissue stings",
                "pinnell2001",
            )
        )
    return found


def _of_solute(solute: Solute, path: str) -> list[Notice]:
    found = []
    if solute.family == GROWTH_FACTORS:
        found.append(
            Notice(
                path,
                "needling did not enhance delivery of growth factors in histology (Dhurat 2019): "
                "the channel route is nearly shut for them here",
                "dhurat2019",
            )
        )
    if solute.log_kow is None:
        found.append(Notice(path, "no lipid route is computed (no log Kow); passage through follicles is left out"))
    elif solute.log_kow_origin != "measured" and solute.acidity != "charged":
        found.append(
            Notice(
                path,
                f"log Kow {solute.log_kow:g} is computed, not measured: permeability of intact skin is "
                "uncertain by a factor of about six, more for large molecules",
                "huskindb",
            )
        )
    if solute.name.startswith("hyaluronic acid"):
        found.append(
            Notice(
                path,
                "Raman found 20-300 kDa inside the stratum corneum and 1000-1400 kDa not; that passage is not in the model",
                "ha_srt2015",
            )
        )
    if solute.pka is None and solute.acidity != "charged" and solute.log_kow is not None:
        found.append(Notice(path, "no sourced pKa: ionisation in the vehicle is left out"))
    return found
