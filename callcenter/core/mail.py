"""Mail: how it is sent is one address in the environment, or it is not sent at all."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail

TIMEOUT = 10  # seconds; a page waits for the mail server no longer


def mailer(url: dict[str, Any]) -> dict[str, Any]:
    """The entry of Django's MAILERS for a parsed EMAIL_URL ("smtp+tls://user:word@host:587")."""
    if not url["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
        return {"BACKEND": url["EMAIL_BACKEND"]}
    options = {
        "host": url["EMAIL_HOST"],
        "port": url["EMAIL_PORT"],
        "username": url["EMAIL_HOST_USER"] or "",
        "password": url["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": url.get("EMAIL_USE_TLS", False),
        "use_ssl": url.get("EMAIL_USE_SSL", False),
        "timeout": url.get("EMAIL_TIMEOUT") or TIMEOUT,
    }
    return {"BACKEND": url["EMAIL_BACKEND"], "OPTIONS": options}


def mail_is_configured() -> bool:
    """Whether mail can be sent; without it people hand over one-time links themselves."""
    return bool(settings.MAILERS)


def send_text(*, to: str, subject: str, text: str) -> None:
    """Send a plain mail now; OSError when the server does not take it."""
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
