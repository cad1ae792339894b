"""Virtual people as data: drawn from a population of the evidence, person by person the same whatever their number."""

from typing import TYPE_CHECKING

from ..core.later import later

if TYPE_CHECKING:
    from .describing import described
    from .people import People, draw_people
    from .preset import Preset, presets

__getattr__ = later(
    __name__,
    {"People": "people", "Preset": "preset", "presets": "preset", "draw_people": "people", "described": "describing"},
)

__all__ = ["People", "Preset", "described", "draw_people", "presets"]
