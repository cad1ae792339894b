"""A console on which no text can give orders to the terminal: what is no text is written out."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from ..core.printing import printable


class Screen(Console):
    """Rich's console; names of files and words of tables that somebody else wrote are shown and never obeyed."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is shown, piece by piece: colours are rich's own and stay, controls within texts are written out."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(_lines(segment.text), segment.style)


def _lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))
