"""Products and adjuncts against the person: what they hold that is not tolerated, and what nobody knows of them.

An allergy meets a product if what is not tolerated is the product, an active or excipient of it or a class of these, or if
it holds what the product holds ('allergic to EMLA' and a cream with lidocaine). Left out: what a product holds that nobody
wrote down.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core.vocabulary import ASSUMPTION, NUMBED
from ..evidence import Evidence
from ..history import Fact, Person, kinds_in, named_in, vocabulary
from ..history.language import tokens
from .match import written
from .product import contents
from .records import Finding
from .target import Target

_SOURCES = ("fda_page2025", "friedmann2024")
_NOT = ("denied", "family")


def allergy_check(zone: Target, who: Person, evidence: Evidence) -> Iterator[Finding]:
    """Findings for all that reaches a zone; an allergy that the words leave open, or that is over, is asked about."""
    allergies = [fact for fact in who.facts if fact.role == "allergy" and fact.known and fact.status not in _NOT]
    for name, named, kinds in _reaching(zone, evidence):
        for fact in allergies:
            if meets(fact, named, kinds):
                yield _finding(fact, name, zone.key)


def meets(fact: Fact, named: frozenset[str], kinds: frozenset[str]) -> bool:
    """Whether an allergy is to something that is named `named`, which is or holds `kinds`."""
    return fact.what in kinds or bool(named & fact.kinds)


def _reaching(zone: Target, evidence: Evidence) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """Names of products and adjuncts of a zone, the concepts that they name, and what these are or hold."""
    for topical in zone.topicals:
        product = contents(topical, evidence)
        yield product.name, product.named, product.kinds
    for adjunct in zone.adjuncts:
        yield adjunct, named_in(adjunct, evidence), kinds_in(adjunct, evidence)


def unknown_products(zone: Target, evidence: Evidence) -> Iterator[Finding]:
    """A question for every product and active that no table holds: what it does is not computed."""
    for topical in zone.topicals:
        product = contents(topical, evidence)
        for name in product.unknown:
            near = () if named_in(name, evidence) else _near(name, evidence)
            part = "" if name == product.name else f" in {product.name}"
            yield Finding(
                "product_not_known",
                "caution",
                "A product or an active that no table holds",
                f"{name}{part}: what it does in the skin is not computed{_meant(near)}",
                "Read what it holds, and judge it; describe it in the case with active, strength and vehicle",
                zone=zone.key,
                sources=(ASSUMPTION,),
            )


def unknown_adjuncts(zone: Target, evidence: Evidence) -> Iterator[Finding]:
    """A question for every treatment beside the needling that nobody here knows: no rule can speak of it."""
    for adjunct in zone.adjuncts:
        if not named_in(adjunct, evidence) and adjunct.replace(" ", "_") not in NUMBED:
            yield Finding(
                "adjunct_not_known",
                "caution",
                "A treatment beside the needling that nobody here knows",
                f"{adjunct}: no rule speaks of it, and it changes no number{_meant(_near(adjunct, evidence))}",
                "Say what it is, and judge it; dermatwin list concepts has what is known",
                zone=zone.key,
                sources=(ASSUMPTION,),
            )


def _near(name: str, evidence: Evidence) -> tuple[str, ...]:
    """Names of the vocabulary that are a slip away."""
    return vocabulary(evidence).near(" ".join(tokens(name)))


def _meant(near: tuple[str, ...]) -> str:
    return f"; did you mean {', '.join(near)}" if near else ""


def _finding(fact: Fact, product: str, zone: str) -> Finding:
    return Finding(
        "allergy_to_product",
        "soft_stop" if fact.status == "past" or fact.certainty == "open" else "hard_stop",
        "A product of the course holds what the person does not tolerate",
        f"{product}: {written(fact)}",
        "Take another product; read all of its ingredients",
        zone=zone,
        sources=_SOURCES,
    )
