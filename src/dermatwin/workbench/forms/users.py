"""Forms of the administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from ..models import User
from .record import dress


class UserForm(forms.ModelForm):
    """Who works here, in which role. A new password is told by the administrator and changed by the person."""

    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), required=False, strip=False
    )
    reset_factor = forms.BooleanField(label="Take off the second factor; they set up a new one", required=False)

    class Meta:
        model = User
        fields = ["username", "name", "role", "is_active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        new = self.instance._state.adding
        self.fields["password"].required = new
        self.fields["password"].help_text = "At least 12 characters." + ("" if new else " Empty: stays as it is.")
        if new:
            del self.fields["reset_factor"]
        for field in self.fields.values():
            dress(field)

    def clean_password(self) -> str:
        """Not a short, a common or a telling one."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password

    def save(self, commit: bool = True) -> User:
        """Keep the person, with a new password where there is one."""
        user: User = super().save(commit=False)
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        user.save()
        return user
