"""Figures and pages from a run: `render(run)` gives one self-contained HTML page."""

from .page import render
from .sheets import sheets

__all__ = ["render", "sheets"]
