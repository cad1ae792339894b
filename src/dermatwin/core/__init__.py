"""Units, errors with paths, run-time checks and chance by named keys. Imports nothing of ours."""

from .chance import Luck
from .checks import require_finite, require_most, require_not_negative, unbalanced, unsound
from .errors import CaseError, ComputationError, DermatwinError, EvidenceError, Fault, Notice

__all__ = [
    "CaseError",
    "ComputationError",
    "DermatwinError",
    "EvidenceError",
    "Fault",
    "Luck",
    "Notice",
    "require_finite",
    "require_most",
    "require_not_negative",
    "unbalanced",
    "unsound",
]
