"""Telephones in the admin: extensions and systems by actions, calls as they were."""

from .extensions import ExtensionAdmin
from .phone_calls import PhoneCallAdmin
from .upstreams import UpstreamAdmin

__all__ = ["ExtensionAdmin", "PhoneCallAdmin", "UpstreamAdmin"]
