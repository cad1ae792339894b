"""Suitability: may this person be needled here, with this, now; why not, what to do, until when, who says so."""

from .anaesthetic import Allowance, allowance, anaesthetic_check
from .depth import ZoneDepth, depth_guidance
from .reading import load_case
from .records import ConcernVerdict, Finding, Screening, Unasked, ZoneVerdict
from .rule import Rule, RuleBook, rule_book
from .screen import screen

__all__ = [
    "Allowance",
    "ConcernVerdict",
    "Finding",
    "Rule",
    "RuleBook",
    "Screening",
    "Unasked",
    "ZoneDepth",
    "ZoneVerdict",
    "allowance",
    "anaesthetic_check",
    "depth_guidance",
    "load_case",
    "rule_book",
    "screen",
]
