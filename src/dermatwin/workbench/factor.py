"""The second factor: everybody has one; before, only the pages to set it up are open."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils import timezone

from .models import Clinic, User

NEW = timedelta(minutes=5)
"""So long after it was set up an authenticator counts as new."""


def has_second_factor(user: User) -> bool:
    """Whether somebody has set up an authenticator."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def needs_second_factor(user: User) -> bool:
    """Whether somebody still has to set one up; nobody in a made-up clinic, which is there to look around in."""
    return not has_second_factor(user) and not Clinic.objects.filter(made_up=True).exists()


def just_set_up(user: User) -> bool:
    """Whether somebody has no authenticator yet, or has just now set it up and still has to note the recovery codes."""
    one = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    return one is None or timezone.now() - one.created_at < NEW


class Adapter(DefaultMFAAdapter):
    """Secrets of authenticators are kept sealed; a second factor is exchanged, never taken off."""

    def encrypt(self, text: str) -> str:
        """Seal a secret with the key of the folder."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> Fernet:
    key = sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(key))
