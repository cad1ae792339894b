"""From what bothers a person to a course: the literature's default, the zone's depth, this person's limits, or a refusal."""

from .course import DefaultCourse, default_courses
from .plan import Plan, default_case, plan, propose
from .proposal import Proposal, Reason

__all__ = ["DefaultCourse", "Plan", "Proposal", "Reason", "default_case", "default_courses", "plan", "propose"]
