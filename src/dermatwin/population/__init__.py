"""Virtual people as data: drawn from a population of the evidence, person by person the same whatever their number."""

from ..core.later import later

__getattr__ = later(
    __name__,
    {"People": "people", "Preset": "preset", "presets": "preset", "draw_people": "people", "described": "describing"},
)

__all__ = ["People", "Preset", "described", "draw_people", "presets"]
