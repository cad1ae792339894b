"""What a person does not tolerate: whether the words say so of a thing, and what they got from it.

Left out: how severe a reaction was, and to which part of a mixture.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .clause import Clause
from .fact import Fact
from .language import ALLERGY
from .mention import Mention


def not_tolerated(mention: Mention, clause: Clause) -> bool:
    """Whether a clause says of what it names that it is not tolerated; not where it is taken for an allergy."""
    if _FOR_ALLERGY.match(" ".join(clause.words[mention.places[-1] + 1 :])):
        return False
    own = set(mention.places)
    return bool(ALLERGY & ({word for place, word in enumerate(clause.words) if place not in own} | clause.marks))


_FOR_ALLERGY = re.compile(r"(?:[a-z0-9]+ ){0,2}for (?:(?:my|her|his|an|the|seasonal|skin|food|dust|pollen) )*allergy\b")


def reaction(fact: Fact) -> Fact:
    """What somebody got from what they do not tolerate ('penicillin (rash)') was then, and is not there now."""
    if fact.role == "condition" and fact.status == "active" and fact.kinds & _REACTIONS:
        return replace(fact, status="past", certainty="stated")
    return fact


_REACTIONS = frozenset({"rash", "swelling", "itch", "redness", "angioedema", "blister", "breathlessness", "anaphylaxis"})
