"""Figures and pages from a run: `render(run)` gives one self-contained HTML page."""

from .page import render

__all__ = ["render"]
