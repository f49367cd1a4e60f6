"""What pages need in order to stay true by themselves (static/js/live.js)."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def for_pages(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: where the hints come from; "" where pages only poll."""
    return {"stream_url": settings.STREAM_URL}


def origin_of(url: str) -> str:
    """Scheme, host and port of an absolute address; "" for a path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
