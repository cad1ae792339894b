"""Small pieces that several chapters hand to their templates."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from .lookup import Band

NO_FIGURE = Markup("")


@dataclass(frozen=True)
class Chart:
    """A figure under its title, with a remark beside it."""

    title: str
    note: str
    figure: Markup


@dataclass(frozen=True)
class Fact:
    """One number with its name, and how sure it is where that is said."""

    label: str
    band: Band
    grade: str = ""
