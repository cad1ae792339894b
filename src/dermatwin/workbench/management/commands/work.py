"""`work`: the process that does long work, started by `dermatwin serve`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...jobs.worker import work


class Command(BaseCommand):
    """Do what waits in the queue."""

    help = "Do what waits in the queue, one after another."

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments."""
        parser.add_argument("--until-done", action="store_true", help="End when nothing waits any more.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        work(until_done=options["until_done"])
