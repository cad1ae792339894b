"""Channels close: one state, the open cross-section, and four ways to read it, or one for every size of permeant."""

from .closure import close
from .permeant import PERMEANTS, closure_time_for
from .reading import curves, readings

__all__ = ["PERMEANTS", "close", "closure_time_for", "curves", "readings"]
