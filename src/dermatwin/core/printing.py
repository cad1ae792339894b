"""Characters that are no text: controls of a terminal, of the direction of writing, halves of others, nothing at all."""

from __future__ import annotations

import re
from unicodedata import category

_PLAIN = re.compile(r"[\x20-\x7e]*")
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_OF_TEXT = frozenset("\t\n\r")
_JOINERS = frozenset("\u200c\u200d\u00ad")
"""Zero-width joiners and the soft hyphen belong to words of some languages; they move nothing on a terminal."""


def is_unprintable(character: str) -> bool:
    """Whether a character may do something to a terminal or to the order of what is shown, or cannot be shown."""
    return category(character) in _CATEGORIES and character not in _JOINERS


def printable(text: str) -> str:
    """Text that is safe to show on a terminal: what is no text is written out."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(escaped(character) if is_unprintable(character) else character for character in text)


def escaped(character: str) -> str:
    """A character written out in letters and digits: 'U+001B' as \\x1b."""
    return character.encode("unicode_escape").decode("ascii")


def unprintable_in(text: str) -> str | None:
    """The first character of a text of a case that is no text; lines and tabs may stand in notes. None where all are."""
    if _PLAIN.fullmatch(text):
        return None
    return next((one for one in text if one not in _OF_TEXT and is_unprintable(one)), None)


def visible(text: str) -> str:
    """What of a text anybody can see: without spaces and characters that show nothing."""
    return "".join(one for one in text if not one.isspace() and category(one) not in _CATEGORIES)
