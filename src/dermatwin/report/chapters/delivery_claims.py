"""What has been shown, or not, about needling together with the actives of this case, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...core.vocabulary import ASSUMPTION
from .. import words
from . import lookup

if TYPE_CHECKING:
    from ...delivery import Guard
    from ...delivery.claim import Claim
    from ...evidence import Source
    from ...twin import Run

VERDICTS = {
    "enhanced": ("Measured: needling brings more in, or sooner", "good"),
    "not enhanced": ("Measured: needling did not bring more in", "against"),
    "clinical benefit": ("A comparison in people found a benefit", "good"),
    "negative trial": ("A comparison in people found no benefit", "against"),
    "no trial": ("No controlled comparison is known here", "none"),
}


@dataclass(frozen=True)
class Row:
    """One claim with what is known of it."""

    active: str
    claim: str
    verdict: str
    kind: str
    note: str
    sources: str
    again: bool = False  # whether the row above is of the same active


def claims(run: Run) -> list[Row]:
    """One row per claim about a product of the case or one of its actives, each once."""
    from ...delivery import claims_for, product_in

    named = (product_in(topical, run.evidence) for topical in run.case.course.topicals)
    products = {product.id: product for product in named}
    found = list(dict.fromkeys(claim for product in products.values() for claim in claims_for(product, run.evidence)))
    names = {key: product.name for key, product in products.items()}
    rows = [_row(claim, names) for claim in found]
    return [
        replace(row, again=before is not None and before.active == row.active)
        for before, row in zip([None, *rows], rows, strict=False)
    ]


def _row(claim: Claim, names: dict[str, str]) -> Row:
    said, kind = VERDICTS[claim.verdict]
    known = [source for source in claim.sources if source != ASSUMPTION]
    return Row(
        active=words.title(names.get(claim.active, claim.active)),
        claim=words.title(claim.claim),
        verdict=said,
        kind=kind,
        note=words.sentence(claim.note) if known else "That is no proof that there is none.",
        sources=", ".join(known),
    )


def sources(run: Run, guards: tuple[Guard, ...]) -> list[Source]:
    """What stands behind guards and claims, once each, in the order of their citation."""
    from ...delivery import claims_for, product_in

    claimed = (
        source
        for topical in run.case.course.topicals
        for claim in claims_for(product_in(topical, run.evidence), run.evidence)
        for source in claim.sources
    )
    ids = lookup.unique([*(source for guard in guards for source in guard.sources), *claimed])
    found = [run.evidence.sources[i] for i in ids if i in run.evidence.sources and i != ASSUMPTION]
    return sorted(found, key=lambda source: source.citation.lower())
