"""What allauth asks of us: nobody signs up by themselves, absolute links come from settings."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up: people come by invitation only (design.md 6)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a reset mail, from settings, never from the Host header (B-30)."""
        path: str = super().get_reset_password_from_key_url(key)
        return settings.BASE_URL + path[path.index("/", path.index("://") + 3) :]
