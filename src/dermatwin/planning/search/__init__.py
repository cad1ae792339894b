"""A course found for this person: what the clinic has and the person accepts, searched inside the fences of the plan."""

from .candidate import Candidate, Needling
from .offer import Marginal, Offer
from .plain import course_in_words, instead, to_dict
from .seek import Found, search
from .space import Held, Space, ZoneSpace, space_of
from .worth import Worth

__all__ = [
    "Candidate",
    "Found",
    "Held",
    "Marginal",
    "Needling",
    "Offer",
    "Space",
    "Worth",
    "ZoneSpace",
    "course_in_words",
    "instead",
    "search",
    "space_of",
    "to_dict",
]
