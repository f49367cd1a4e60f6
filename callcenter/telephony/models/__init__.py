"""Telephony: extensions, systems that tell of calls, calls with their parties."""

from .choices import Disposition, EventKind, Flow, UpstreamKind, ViewStatus
from .events import PhoneCallEvent, PhoneCallEventQuerySet, UnreadRow
from .extensions import Extension, ExtensionQuerySet
from .parties import PhoneCallParty, PhoneCallPartyQuerySet, having_party
from .phone_calls import PhoneCall, PhoneCallQuerySet
from .upstreams import Upstream, UpstreamPoll, UpstreamQuerySet

__all__ = [
    "Disposition",
    "EventKind",
    "Extension",
    "ExtensionQuerySet",
    "Flow",
    "PhoneCall",
    "PhoneCallEvent",
    "PhoneCallEventQuerySet",
    "PhoneCallParty",
    "PhoneCallPartyQuerySet",
    "PhoneCallQuerySet",
    "UnreadRow",
    "Upstream",
    "UpstreamKind",
    "UpstreamPoll",
    "UpstreamQuerySet",
    "ViewStatus",
    "having_party",
]
