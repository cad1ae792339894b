"""Many tables made in one step of a migration.

Django draws its picture of all models anew after every table that a migration adds; with sixty tables that lead to
one another a first start takes half a minute. Made together, the picture is drawn once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """`CreateModel` for several models, none of which leads to one that stands behind it."""

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Add all, without a picture of the models in between."""
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the tables, first to last."""
        for model in self.models:
            schema_editor.create_model(to_state.apps.get_model(app_label, model.name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the tables, last to first."""
        for model in reversed(self.models):
            schema_editor.delete_model(from_state.apps.get_model(app_label, model.name))

    def describe(self) -> str:
        """In words."""
        return f"Create {len(self.models)} models together"
