"""Channels close: one state, the open cross-section, and four ways to read it."""

from .closure import close
from .reading import curves, readings

__all__ = ["close", "curves", "readings"]
