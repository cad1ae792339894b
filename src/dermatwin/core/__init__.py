"""Units, errors with paths, run-time checks and chance by named keys. Imports nothing of ours."""

from typing import TYPE_CHECKING

from .errors import CaseError, ComputationError, DermatwinError, EvidenceError, Fault, Notice
from .later import later

if TYPE_CHECKING:
    from .chance import Luck
    from .checks import may_fail, require_finite, require_most, require_not_negative, unbalanced, unsound

_CHECKS = ("may_fail", "require_finite", "require_most", "require_not_negative", "unbalanced", "unsound")

__getattr__ = later(__name__, {"Luck": "chance"} | dict.fromkeys(_CHECKS, "checks"))

__all__ = [
    "CaseError",
    "ComputationError",
    "DermatwinError",
    "EvidenceError",
    "Fault",
    "Luck",
    "Notice",
    "may_fail",
    "require_finite",
    "require_most",
    "require_not_negative",
    "unbalanced",
    "unsound",
]
