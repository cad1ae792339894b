"""The twin against measurements: scores, a naive baseline, and every row that is not predicted with its reason."""

from .validate import validate

__all__ = ["validate"]
