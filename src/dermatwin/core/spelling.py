"""Did you mean: the known word that is nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(word: str, known: Iterable[str]) -> str:
    """'; did you mean ...' for a word that is nearly a known one, whatever its case, else ''."""
    plain = {name.lower(): name for name in known}
    found = get_close_matches(str(word).strip().lower(), list(plain), n=1, cutoff=0.6)
    return f"; did you mean '{plain[found[0]]}'?" if found else ""
