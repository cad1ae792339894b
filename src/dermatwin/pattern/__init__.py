"""What a pen, roller or stamp really puts on skin: where its needles land, how often they land twice, what is left out.

The law of the mean (`expected`) serves every run; the map (`puncture_map`, `statistics`) is drawn on request and loads the
compiled kernels then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arrangement import layout_of, motion_of
from .layout import Layout
from .motion import MM2_PER_CM2, Motion, in_skin_share, scattered
from .overlap import expected
from .raster import Raster, raster_of
from .use import CHOICES, Use, use_of

if TYPE_CHECKING:
    from .drawing import PunctureMap, puncture_map
    from .summary import MapStatistics, statistics

_ON_REQUEST = {"PunctureMap": "drawing", "puncture_map": "drawing", "MapStatistics": "summary", "statistics": "summary"}

__all__ = [
    "CHOICES",
    "Layout",
    "MM2_PER_CM2",
    "MapStatistics",
    "Motion",
    "PunctureMap",
    "Raster",
    "Use",
    "expected",
    "in_skin_share",
    "layout_of",
    "motion_of",
    "puncture_map",
    "raster_of",
    "scattered",
    "statistics",
    "use_of",
]


def __getattr__(name: str) -> Any:
    if name in _ON_REQUEST:
        from importlib import import_module

        return getattr(import_module(f".{_ON_REQUEST[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
