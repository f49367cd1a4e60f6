"""The clock of a login, started by whatever signs somebody in."""

import time
from typing import Any

from django.http import HttpRequest

SIGNED_IN_AT = "signed_in_at"  # seconds since 1970; set once
SEEN_AT = "seen_at"  # seconds since 1970; the last input that was written down


def start_clock(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Start the two limits of a login; Django has just given the session a new id."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())
