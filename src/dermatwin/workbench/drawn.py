"""A face and a body to point at: shapes of the sites, each a link that a mouse, a finger and a keyboard reach.

Drawn as the person stands before us: their right is on our left; from behind it is the other way round. The shapes are data
(`drawings.yaml`); coordinates are those of the drawing, nothing anatomical.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "drawings.yaml"


@dataclass(frozen=True)
class Spot:
    """One link: a site on a side ('' for the whole), with its path, mirrored or not."""

    site: str
    side: str
    path: str
    mirrored: bool = False

    @property
    def key(self) -> str:
        """The key of a zone there."""
        return f"{self.site}_{self.side}" if self.side else self.site


@dataclass(frozen=True)
class Drawing:
    """One view: outlines, the sites as links in the order of the keyboard, and features to find one's way by."""

    title: str
    width: int
    height: int
    outline: tuple[str, ...]
    spots: tuple[Spot, ...]
    features: tuple[str, ...]
    from_behind: bool


@lru_cache(maxsize=1)
def drawings() -> tuple[Drawing, ...]:
    """All views, in order."""
    return tuple(_drawing(told) for told in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def _drawing(told: dict[str, Any]) -> Drawing:
    behind = told.get("from_behind", False)
    spots = tuple(spot for site in told["sites"] for spot in _spots(site, behind))
    width, height = told["size"]
    features = tuple(told.get("features", ()))
    return Drawing(told["title"], width, height, tuple(told["outline"]), spots, features, behind)


def _spots(told: dict[str, Any], behind: bool) -> tuple[Spot, ...]:
    site, path = told["site"], told["path"]
    if not told.get("sided"):
        return (Spot(site, "", path),)
    drawn, mirrored = ("right", "left") if behind else ("left", "right")
    return (Spot(site, mirrored, path, mirrored=True), Spot(site, drawn, path))
