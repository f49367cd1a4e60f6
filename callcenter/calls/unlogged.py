"""The radar of calls that somebody answered and nobody wrote down (users.md M12)."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from callcenter.properties.principals import Principal
from callcenter.telephony.models import Flow, PhoneCall, PhoneCallParty, PhoneCallQuerySet

from .models import CallLog
from .phone_list import PhoneRow, as_row

TALKED = timedelta(seconds=20)  # shorter ones are wrong numbers and slips
PATIENCE = timedelta(minutes=30)  # after the end, for whoever writes later
WITHIN = timedelta(days=14)  # as long as the list of what is to finish looks back
BEFORE = timedelta(minutes=10)  # a log may name a time a little before the call
MOST = 20  # shown


def unlogged(principal: Principal) -> PhoneCallQuerySet:
    """Incoming calls that the principal answered and talked in, and of which there is no log.

    A log counts when it is tied to the call, and also when it is of the same number and of a
    time between ten minutes before the call and half an hour after its end: whoever wrote by
    hand need not write again. Withdrawn logs count as none.
    """
    if principal.user_id is None:
        return PhoneCall.objects.none()
    now = timezone.now()
    answered = PhoneCallParty.objects.filter(
        extension__user_id=principal.user_id,
        extension__organization_id=principal.organization_id,
        answered_at__gte=now - WITHIN,
        ended_at__gt=F("answered_at") + TALKED,
    )
    calls = PhoneCall.objects.visible_on_pages_to(principal).filter(
        pk__in=answered.values("phone_call"),
        flow=Flow.INCOMING,
        answered_at__isnull=False,
        ended_at__lte=now - PATIENCE,
    )
    return calls.exclude(is_logged(principal))


def unlogged_rows(principal: Principal) -> list[PhoneRow]:
    """The first MOST of them, the oldest first."""
    rows = unlogged(principal).select_related("property").defer("told")
    return [as_row(call) for call in rows.order_by("published_at", "pk")[:MOST]]


def is_logged(principal: Principal) -> Q:
    """Whether a call has a log, be it tied to it or only of its number and time."""
    logs = CallLog.objects.filter(organization_id=principal.organization_id, withdrawn_at=None)
    tied = logs.filter(phone_call=OuterRef("pk"))
    alike = logs.filter(
        ~Q(phone_digits_reversed=""),  # the condition of the index
        phone_call=None,
        phone_digits_reversed=OuterRef("caller_digits_reversed"),
        contacted_at__gte=OuterRef("published_at") - BEFORE,
        contacted_at__lte=OuterRef("ended_at") + PATIENCE,
    )
    return Q(Exists(tied)) | Q(~Q(caller_digits_reversed=""), Exists(alike))
