"""What this person tolerates: disinfectants, gels and gloves by the table of preparations, and products of the course."""

from __future__ import annotations

from collections.abc import Iterable

from ...case import Topical
from ...evidence import Evidence
from ...evidence.rows.advice import PreparationRow
from ...history import Fact, vocabulary
from ...screening.allergy import bears_name, is_or_holds, level_of, meets
from ...screening.product import contents
from ...screening.records import ALLERGY_TO_PRODUCT
from ...skin.site import Site
from .about import About, stands
from .findings import allergies

WITHOUT = " without "
"""Behind this a preparation says what it does not hold."""


def tolerated(purpose: str, site: Site, about: About) -> PreparationRow | None:
    """The first preparation that suits the person and the place; None where none of them does."""
    rows = (row for row in about.run.evidence.rows(PreparationRow) if row.purpose == purpose)
    return next((row for row in sorted(rows, key=lambda row: row.rank) if suits(row, site, about)), None)


def suits(row: PreparationRow, site: Site, about: About) -> bool:
    """Whether a preparation may be used on a site of this person."""
    wrong_place = bool(row.not_at) and stands(row.not_at, site)
    return not (wrong_place or _is_allergen(row, about) or _is_ruled_out(row, about.who.facts))


def _is_allergen(row: PreparationRow, about: About) -> bool:
    """Whether a preparation is or holds what the person does not tolerate, by its concepts or by its very name."""
    kinds, name = _kinds(row.concepts, about.run.evidence), row.preparation.split(WITHOUT)[0]
    return any(meets(fact, frozenset(row.concepts), kinds) or bears_name(fact, name) for fact in allergies(about))


def _is_ruled_out(row: PreparationRow, facts: Iterable[Fact]) -> bool:
    """Whether the person has, or has had, something with which it is not used."""
    there = (fact for fact in facts if fact.role == "condition" and fact.status not in ("denied", "family"))
    return any(fact.kinds & set(row.not_with) for fact in there)


def _kinds(concepts: Iterable[str], evidence: Evidence) -> frozenset[str]:
    book = vocabulary(evidence)
    return frozenset[str]().union(*(book.kinds(concept) for concept in concepts))


def refused(topical: Topical, about: About) -> tuple[Fact, ...]:
    """The allergies for which a product of the course must not be used; one on which a clinician decided stands aside."""
    product = contents(topical, about.run.evidence)
    decided = any(override.rule == ALLERGY_TO_PRODUCT for override in about.run.case.overrides)
    met = (fact for fact in allergies(about) if is_or_holds(product, fact))
    return tuple(fact for fact in met if not (decided and level_of(fact, product) == "soft_stop"))
