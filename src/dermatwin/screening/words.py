"""Names of devices and sites compared word by word."""

from __future__ import annotations

from ..history.language import tokens


def holds_words(term: str, text: str) -> bool:
    """Whether the words of a term stand in a text, side by side and in order; hyphens and underscores part words."""
    wanted, read = tokens(term), tokens(text.replace("_", " "))
    return any(read[start : start + len(wanted)] == wanted for start in range(len(read) - len(wanted) + 1))


def same_words(one: str, other: str) -> bool:
    """Whether two names are the same words."""
    return tokens(one.replace("_", " ")) == tokens(other.replace("_", " "))
