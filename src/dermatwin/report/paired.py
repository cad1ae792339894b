"""Paired differences in words: how many times as much as in the first arm, or how much more, and in how many people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import words
from .chapters import lookup
from .chapters.lookup import Band

if TYPE_CHECKING:
    from ..twin import Endpoint
    from ..twin.contrast import Contrasted, Difference

TIMES = "×"
NEARLY = 0.005  # share that rounds to none


@dataclass(frozen=True)
class Said:
    """One difference: its size ('× 0.16', '+0.9 days'), its band, and the share of people in whom there is more or less."""

    size: str
    range: str
    people: str

    @property
    def band(self) -> str:
        """Size and band: '× 0.16 (0.037-0.47)'."""
        return f"{self.size} ({self.range})" if self.range else self.size

    @property
    def text(self) -> str:
        """All of it in one line: '× 0.16 (0.037-0.47), less in all'."""
        return f"{self.band}, {self.people}"


def title_of(endpoint: Endpoint) -> str:
    """Its title without the number of the session that some carry."""
    session = endpoint.detail.session
    return endpoint.title if session is None else endpoint.title.removesuffix(f" ({session})")


def said(row: Contrasted, number: int) -> Said:
    """The difference of arm `number` (1 is the second arm) to the first arm."""
    found = row.differences[number - 1]
    if not found.people:
        return Said(words.NOTHING, "", "no number in both arms")
    if found.equal == 1.0:
        return Said("the same", "", f"in all{_counted(found, row.first)}")
    size = times(found) if found.ratio is not None else plus(found, row.first)
    return Said(*size, _people(found) + _counted(found, row.first))


def times(found: Difference) -> tuple[str, str]:
    """'× 1.8' and '1.2-2.7'."""
    assert found.ratio is not None
    low, middle, high = (words.number(value) for value in found.ratio)
    return f"{TIMES}{words.NARROW}{middle}", low if low == high else f"{low}{words.DASH}{high}"


def plus(found: Difference, of: Endpoint) -> tuple[str, str]:
    """'+0.9 days' and '0.1 to 2.2'; a share differs by percentage points."""
    band = Band(found.low, found.median, found.high, of.unit)
    if lookup.is_share(of):
        band = band.times(100.0, "%")
    places = band.decimals
    middle = words.fixed(band.middle, places)
    sign = "+" if band.middle > 0.0 and float(f"{band.middle:.{max(places, 0)}f}") != 0.0 else ""
    unit = " points" if band.unit == "%" else f"{words.NARROW}{band.printed_unit}" if band.printed_unit else ""
    return f"{sign}{middle}{unit}", words.interval(band.low, band.high, places)


def _people(found: Difference) -> str:
    """'more in 97 %', 'less in 40 %, the same in 60 %'."""
    more = found.larger - 0.5 * found.equal
    less = 1.0 - found.larger - 0.5 * found.equal
    side, share = ("more", more) if more >= less else ("less", less)
    same = f", the same in {_share(found.equal)}" if found.equal >= NEARLY else ""
    return f"{side} in {_share(share)}{same}"


def _share(share: float) -> str:
    """A share of people; 'all' only where it is all of them."""
    if share >= 1.0 - 1e-9:
        return "all"
    if share >= 1.0 - NEARLY:
        return words.with_unit(">99", "%")
    return words.with_unit("<1" if 0.0 < share < 2.0 * NEARLY else words.fixed(100.0 * share, 0), "%")


def _counted(found: Difference, first: Endpoint) -> str:
    """How many people are counted, where it is not everybody: those without a number in both arms are left out."""
    everybody = len(first.values)
    return "" if found.people == everybody else f" of {words.count(found.people, 'person', 'people')} with a number in both"
