"""A progress bar on standard error, for people only."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(title: str) -> Iterator[Callable[[float, str], None]]:
    """Yields a function that takes (share done, what is being done); silent where nobody watches.

    What is compiled meanwhile, once for a machine, is said on the bar.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        with _heard(lambda words: bar.update(task, description=words)) if console.is_terminal else contextlib.nullcontext():
            yield lambda share, what: bar.update(task, completed=share, description=what or title)


class _Ear(logging.Handler):
    """Hands every message on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self.tell(record.getMessage())


@contextlib.contextmanager
def _heard(tell: Callable[[str], None]) -> Iterator[None]:
    """Hand on what is compiled."""
    said, ear = logging.getLogger("dermatwin.compiling"), _Ear(tell)
    level = said.level
    said.addHandler(ear)
    said.setLevel(logging.INFO)
    try:
        yield
    finally:
        said.removeHandler(ear)
        said.setLevel(level)
