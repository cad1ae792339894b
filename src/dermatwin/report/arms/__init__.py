"""Chapters of a comparison: each a function of the `Contrast` that gives what its part of the page shows."""
