"""The application: every page has its right, what the database refuses is laid, what happens at the way in is noted."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class Workbench(AppConfig):
    """One application: its records stand in one database with one line of migrations."""

    name = "dermatwin.workbench"
    label = "workbench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what watches."""
        from . import accounts, checks, triggers

        register(checks.every_page_has_its_right)
        register(checks.clients_can_be_read)
        post_migrate.connect(triggers.lay, sender=self, dispatch_uid="workbench")
        accounts.listen()
