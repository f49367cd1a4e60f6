"""The clock of a login, started by whatever signs somebody in."""

import base64
import secrets
import time
from typing import Any

from django.http import HttpRequest

SIGNED_IN_AT = "signed_in_at"  # seconds since 1970; set once
SEEN_AT = "seen_at"  # seconds since 1970; the last input that was written down
DRAFT_KEY = "draft_key"  # 256 random bits in base64: what a browser encrypts unsent words with


def start_clock(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Start the two limits of a login; Django has just given the session a new id.

    The key for unsent words is made with the login and dies with it (B-24).
    """
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())
    request.session[DRAFT_KEY] = base64.b64encode(secrets.token_bytes(32)).decode()
