"""People who work here: a name to sign in with, a role, and nothing else that a right could come from."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from simple_history.models import HistoricalRecords

from ..rights import Role


class Users(BaseUserManager["User"]):
    """Makes users; there is no way to make one without a role."""

    def create_user(self, username: str, password: str, *, role: Role, name: str = "", **more: Any) -> User:
        """A user who can sign in."""
        user = self.model(username=self.model.normalize_username(username), role=role, name=name or username, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person; never deleted, only closed, so that what they did keeps its name."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    username = models.CharField("name to sign in with", max_length=60, unique=True)
    name = models.CharField("name as it is signed", max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField("may sign in", default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    versions = HistoricalRecords(excluded_fields=["password", "last_login"])
    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta(AbstractBaseUser.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def may(self, right: str) -> bool:
        """Whether the role of this person has a right of the table."""
        from ..rights import may

        return self.is_active and may(self.role, right)
