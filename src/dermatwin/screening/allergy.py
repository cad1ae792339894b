"""Products and adjuncts against the person: what they hold that is not tolerated, and what nobody knows of them.

An allergy meets a product if what is not tolerated is the product, an active or excipient of it or a class of these, or if
it holds what the product holds ('allergic to EMLA' and a cream with lidocaine). Words that nobody knows meet a product of
that very name ('allergic to Glowmax' and Glowmax serum). Left out: what a product holds that nobody wrote down.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core.vocabulary import ASSUMPTION, NUMBED
from ..evidence import Evidence
from ..history import Fact, Person, anamnesis, kinds_in, named_in, vocabulary
from ..history.clause import clauses
from ..history.language import ALLERGY, DENIALS, DOUBT, FAMILY, FORMS, OVER, is_small, tokens
from .match import written
from .product import Contents, contents
from .records import ALLERGY_TO_PRODUCT, Finding, Level
from .target import Target

_SOURCES = ("fda_page2025", "friedmann2024")
_NOT = ("denied", "family")
_LEAVES_OPEN = DENIALS | DOUBT | FAMILY | OVER


def allergy_check(zone: Target, who: Person, evidence: Evidence) -> Iterator[Finding]:
    """Findings for all that reaches a zone; an allergy that the words leave open, or that is over, is asked about."""
    found = not_tolerated(who, evidence)
    for thing in _reaching(zone, evidence):
        for fact in found:
            if is_or_holds(thing, fact):
                yield _finding(fact, thing, zone.key)


def not_tolerated(who: Person, evidence: Evidence) -> tuple[Fact, ...]:
    """Everything that the person is written not to tolerate, what nobody can read included."""
    return tuple(f for f in who.facts if _is_allergy(f, evidence) and f.is_said and f.status not in _NOT)


def _is_allergy(fact: Fact, evidence: Evidence) -> bool:
    """Whether a fact stands as an allergy, or is said to be one where nobody knows what it is."""
    if fact.known:
        return fact.role == "allergy" or fact.list == "allergies"
    if fact.asked:
        return anamnesis(evidence)[fact.path.rpartition(".")[2]].role == "allergy"
    return fact.list == "allergies" or bool(ALLERGY & set(tokens(fact.words)))


def is_or_holds(product: Contents, fact: Fact) -> bool:
    """Whether a product is or holds what is not tolerated, by what is known of it or by its very name."""
    return meets(fact, product.named, product.kinds) or any(bears_name(fact, name) for name in product.names)


def meets(fact: Fact, named: frozenset[str], kinds: frozenset[str]) -> bool:
    """Whether an allergy is to something that is named `named`, which is or holds `kinds`."""
    return fact.known and (fact.what in kinds or bool(named & fact.kinds))


def bears_name(fact: Fact, name: str) -> bool:
    """Whether a fact is written as a name is, or its unknown words are all among those of the name, or all of the name's.

    What says only how something is made up (cream, 5 %) names nothing: 'Glowmax' is Glowmax serum.
    """
    if tokens(fact.words) == tokens(name):
        return True
    unread, own = _telling(fact.unread), _telling(tokens(name))
    return bool(unread and own) and (unread <= own or own <= unread)


def _telling(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in words if not is_small(word) and word not in FORMS)


def _reaching(zone: Target, evidence: Evidence) -> Iterator[Contents]:
    """The products and adjuncts of a zone."""
    yield from (contents(topical, evidence) for topical in zone.topicals)
    yield from (adjunct(name, evidence) for name in zone.adjuncts)


def adjunct(name: str, evidence: Evidence) -> Contents:
    """A treatment beside the needling, known by its name alone."""
    return Contents(name, {}, name, names=(name,), named=named_in(name, evidence), kinds=kinds_in(name, evidence))


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
    for name in zone.adjuncts:
        if not named_in(name, evidence) and name.replace(" ", "_") not in NUMBED:
            yield Finding(
                "adjunct_not_known",
                "caution",
                "A treatment beside the needling that nobody here knows",
                f"{name}: no rule speaks of it, and it changes no number{_meant(_near(name, evidence))}",
                "Say what it is, and judge it; dermatwin list concepts has what is known",
                zone=zone.key,
                sources=(ASSUMPTION,),
            )


def _near(name: str, evidence: Evidence) -> tuple[str, ...]:
    """Names of the vocabulary that are a slip away."""
    return vocabulary(evidence).near(" ".join(tokens(name)))


def _meant(near: tuple[str, ...]) -> str:
    return f"; did you mean {', '.join(near)}" if near else ""


def level_of(fact: Fact, product: Contents) -> Level:
    """A hard stop where the words say that it is not tolerated; what they leave open, or is over, a clinician decides."""
    return "soft_stop" if fact.status == "past" or _is_open(fact, product) else "hard_stop"


def _is_open(fact: Fact, product: Contents) -> bool:
    """Whether the words leave open that it is so: those around a name that nobody knows are looked at one by one."""
    if fact.known:
        return fact.certainty == "open"
    if any(tokens(fact.words) == tokens(name) for name in product.names):
        return False
    around = (clause.all | clause.heading for clause in clauses(fact.words) if set(fact.unread) & set(clause.words))
    return any(_LEAVES_OPEN & words for words in around)


def _finding(fact: Fact, product: Contents, zone: str) -> Finding:
    return Finding(
        ALLERGY_TO_PRODUCT,
        level_of(fact, product),
        "A product of the course holds what the person does not tolerate",
        f"{product.name}: {written(fact)}",
        "Take another product; read all of its ingredients",
        zone=zone,
        sources=_SOURCES,
    )
