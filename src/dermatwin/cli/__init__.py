"""The command line: arguments, printing, exit statuses. No science, and nothing heavy is imported before it is needed."""

from .app import app, main

__all__ = ["app", "main"]
