"""What allauth asks of us: nobody signs up alone, every try is counted before the password."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import throttle
from .models import User

UNSAID = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up, counts tries exactly, and knows people by their one address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and password do not belong together."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people come by invitation only (design.md 6)."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try for the account and for the address; refuse when it is one too many."""
        try:
            throttle.count_try(throttle.limits_of_login(request, credentials.get("email", "")))
        except throttle.TooManyTriesError as refusal:
            raise ValidationError(str(refusal), code="too_many_login_attempts") from refusal

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person whose password this is; the account's tries start again at zero then."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            throttle.forget_tries(throttle.of_account(credentials.get("email", "")))
            throttle.forgive_try(throttle.of_address(request))
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of the person who is signed in; counted as a login is."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Say what allauth says, but not what the page shows anyway."""
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)
