"""The forms that take a second factor's code: tries are counted as those of passwords are."""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from . import throttle


class CountedCodeMixin:
    """Counts the try before the code is looked at, and forgets them all after the right one.

    A code works once, whichever process it comes to: allauth remembers it in a cache of its own.
    """

    def clean_code(self) -> str:
        """The right code; ValidationError for a wrong one or for too many."""
        subject = throttle.of_factor(self.user.pk)  # type: ignore[attr-defined]
        try:
            throttle.count_try({subject: settings.LOGIN_TRIES_PER_ACCOUNT})
        except throttle.TooManyTriesError as refusal:
            raise forms.ValidationError(str(refusal), code="too_many_tries") from refusal
        code: str = super().clean_code()  # type: ignore[misc]
        try:
            throttle.count_try({throttle.of_code(self.user.pk, code): 1})  # type: ignore[attr-defined]
        except throttle.TooManyTriesError as replay:
            raise forms.ValidationError(_("This code was used before."), code="used") from replay
        throttle.forget_tries(subject)
        return code


class SignInCodeForm(CountedCodeMixin, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(CountedCodeMixin, ReauthenticateForm):
    """Confirming by code who is there, before something weighty."""
