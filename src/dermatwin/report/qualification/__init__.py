"""One page on how the twin compares with measurements, made from the scores of `validation.validate`."""

from .page import render

__all__ = ["render"]
