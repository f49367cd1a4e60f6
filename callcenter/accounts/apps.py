from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from .clock import start_clock


class AccountsConfig(AppConfig):
    name = "callcenter.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Start the clock of every login, also of those that no page of ours made."""
        user_logged_in.connect(start_clock, dispatch_uid="accounts.start_clock")
