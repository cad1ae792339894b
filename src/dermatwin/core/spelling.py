"""Words made comparable, and made into names; and the known word that is nearest to one that is not known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

_TOKEN = re.compile(r"[a-z0-9]+")
_DIGRAPH = re.compile(r"[ao]e(?=.)")  # at the end it is none: 'shoe', 'aloe'
_APOSTROPHE = re.compile(r"['’‘ʼ`´]")
_JOINT = re.compile(r"[\s\-–—_/.,()]+")
_LINE_END = "\n"
_SPACED = bytes(code if re.match(rb"[a-z0-9\n]", bytes([code])) else ord(" ") for code in range(256))
_NO_LETTERS = bytes(code for code in range(256) if not re.match(rb"[a-z0-9]", bytes([code])))
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


def closest(word: str, known: Iterable[str]) -> str:
    """'; did you mean ...' for a word that is nearly a known one, whatever its case, else ''."""
    plain = {name.lower(): name for name in known}
    found = get_close_matches(str(word).strip().lower(), list(plain), n=1, cutoff=0.6)
    return f"; did you mean '{plain[found[0]]}'?" if found else ""


def identifier(text: str) -> str:
    """A name as a key of a case: "Crow's feet" is crows_feet; as it is where something else than a name is written."""
    letters = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", _ligatures(text.casefold())))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    found = _JOINT.sub("_", bare).strip("_")
    return found if _IDENTIFIER.fullmatch(found) else text


def letters_of(text: str) -> bytes:
    """Letters and digits of a text, all else left out: two texts of one `identifier` have the same, others may."""
    letters = text.casefold() if text.isascii() else _unaccented(text)
    return letters.encode("ascii").translate(None, _NO_LETTERS)


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """One word made comparable: lower case, no accents, one spelling of ae/oe/our, no plural."""
    text = word.casefold() if word.isascii() else _unaccented(word)
    singular = _singular(text) if text.endswith("s") else text
    if "ae" in singular or "oe" in singular:
        singular = _DIGRAPH.sub("e", singular)
    return singular.replace("our", "or")


def _singular(text: str) -> str:
    """What is named by a word that ends with an s."""
    if text.endswith(("sses", "ches", "shes", "xes")):
        return text[:-2]
    if text.endswith("ies") and len(text) > len("ties"):
        return text[:-3] + "y"
    if len(text) > 3 and not text.endswith(("ss", "us", "is")):
        return text[:-1]
    return text


@lru_cache(maxsize=10_000)
def tokens(text: str) -> tuple[str, ...]:
    """Comparable words of a text."""
    letters = text.casefold() if text.isascii() else _unaccented(text)
    return tuple(plain(word) for word in _TOKEN.findall(letters.replace("'", "")))


def lines_of(texts: Iterable[str]) -> str:
    """Texts as lines of bare words, which `plain` makes comparable: small letters and digits, all else a space."""
    lines = _LINE_END.join(text.replace(_LINE_END, " ") for text in texts)
    return _unaccented(lines).encode("ascii").translate(_SPACED, b"'").decode("ascii")


def _unaccented(text: str) -> str:
    return unicodedata.normalize("NFKD", _ligatures(text.casefold())).encode("ascii", "ignore").decode()


def _ligatures(text: str) -> str:
    return text.replace("æ", "ae").replace("œ", "oe").replace("ø", "o").replace("ß", "ss")
