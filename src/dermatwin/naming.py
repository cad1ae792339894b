"""What a number is called: a quantity of the catalogue and, where that takes one, a detail.

    in_situ_depth    pain_vas[2]    dermal_amount[lidocaine]    scale_change[goodman_baron_quantitative:acne_scar]

Inside the twin the two are data. Their text exists at the edge alone: here it is spelled, for files, tables and pages, and
here it is read back where people write it (observations of a case, `Run.find`, `explain`). What kind of detail a quantity
takes stands in its catalogue, so that nothing is guessed from what stands in the brackets. Parameters are named alike, by a
family and a member: dermis_thickness[cheek:female].
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

EVERY = "*"
"""In place of a member: the whole family."""

_OPEN, _CLOSE, _JOINT = "[", "]", ":"
_COUNTED = re.compile(r"[1-9][0-9]{0,3}")
_WANTED = {
    "session": ("the number of a session", "2"),
    "layer": ("a layer of the skin", "papillary_dermis"),
    "active": ("the name of an active", "lidocaine"),
    "permeant": ("what is to stay out", "protein"),
    "concern": ("a concern", "acne_scar"),
    "scale": ("a scale", "masi"),
}
"""Kind of detail -> what it is in words, and an example."""

_FEW = 6  # of a kind, that are all named in a fault

KINDS = tuple(_WANTED)
"""Kinds of detail that a quantity of the catalogue may take."""


@dataclass(frozen=True)
class Detail:
    """What a number is about beyond its quantity and its zone; nothing where the quantity says it all."""

    session: int | None = None  # treatment session, 1 is the first
    layer: str | None = None
    active: str | None = None
    permeant: str | None = None  # what is kept out
    scale: str | None = None
    concern: str | None = None  # beside a scale only where two concerns of a zone are read on it

    @property
    def text(self) -> str:
        """As it stands in the brackets of a name; '' for nothing."""
        return _JOINT.join(str(value) for value in vars(self).values() if value is not None)


NOTHING = Detail()


@dataclass(frozen=True)
class Name:
    """A quantity with its detail."""

    quantity: str
    detail: Detail = NOTHING

    @property
    def text(self) -> str:
        """The name as it is written: 'pain_vas[2]'."""
        return joined(self.quantity, self.detail.text)


def joined(base: str, inside: str) -> str:
    """'base[inside]', the base alone where nothing is inside."""
    return f"{base}{_OPEN}{inside}{_CLOSE}" if inside else base


def split(text: str) -> tuple[str, str]:
    """Base and inside of a name, the other way round; a text without a pair of brackets is all base."""
    base, opened, rest = text.partition(_OPEN)
    return (base, rest[:-1]) if opened and rest.endswith(_CLOSE) and len(rest) > 1 else (text, "")


def parts(inside: str) -> tuple[str, ...]:
    """What stands in a pair of brackets, one by one: 'cheek:female' -> cheek, female."""
    return tuple(inside.split(_JOINT)) if inside else ()


def read(text: str, kinds: Mapping[str, str], known: Mapping[str, Collection[str]]) -> Name:
    """A name from its text.

    kinds : quantity -> the kind of detail that it takes, '' for none. known : kind -> what there is of it; of a kind that
    is not there anything may be named. Raises ValueError that says what would be right.
    """
    quantity, inside = split(text)
    if quantity not in kinds:
        raise ValueError(f"is not a quantity that the twin predicts{_nearest(text, kinds)}")
    kind = kinds[quantity]
    if inside and not kind:
        raise ValueError(f"names nothing: {quantity} takes no detail in brackets")
    detail = _detail(kind, inside, known) if inside else NOTHING
    if detail is None:
        raise ValueError(f"names nothing: {_wanted(quantity, kind, inside, known)}")
    return Name(quantity, detail)


def _detail(kind: str, inside: str, known: Mapping[str, Collection[str]]) -> Detail | None:
    """The detail of a kind; None where it is not one."""
    if kind == "session":
        return Detail(session=int(inside)) if _COUNTED.fullmatch(inside) else None
    if kind == "scale":
        scale, joint, concern = inside.partition(_JOINT)
        there = scale in known["scale"] and (not joint or concern in known["concern"])
        return Detail(scale=scale, concern=concern or None) if there else None
    return replace(NOTHING, **{kind: inside}) if kind not in known or inside in known[kind] else None


def _wanted(quantity: str, kind: str, inside: str, known: Mapping[str, Collection[str]]) -> str:
    """'pain_vas takes the number of a session, such as pain_vas[2]', with what there is of a kind or what is nearest."""
    words, example = _WANTED[kind]
    there = known.get(kind, ())
    choice = f"; one of {', '.join(there)}" if 0 < len(there) <= _FEW else _nearest(inside, there)
    return f"{quantity} takes {words}, such as {joined(quantity, example)}{choice}"


def _nearest(text: str, known: Collection[str]) -> str:
    close = get_close_matches(text, known, n=3)
    return f"; did you mean {', '.join(close)}" if close else ""
