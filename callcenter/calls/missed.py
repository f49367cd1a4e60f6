"""The queue of missed calls (users.md ask 3): it clears itself, and people clear the rest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.core.paging import CappedCount, capped_count
from callcenter.core.transactions import require_text, write_transaction
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Flow, PhoneCall, PhoneCallQuerySet

from .history import clean_text
from .models import CallLog, HandledMissedCall
from .phone_list import PhoneRow, as_row

WITHIN = timedelta(days=14)
MOST = 50  # shown, and marked at once
MAX_REASON = 300


@dataclass(frozen=True)
class MissedRow:
    """A number that rang in vain: its latest call, and how often it did in these two weeks."""

    row: PhoneRow
    times: int


@dataclass(frozen=True)
class MissedQueue:
    """The numbers that wait, the longest waiting first, and how many there are."""

    rows: list[MissedRow]
    count: CappedCount


def missed(principal: Principal) -> PhoneCallQuerySet:
    """The missed calls of the last two weeks that nobody handled, of each number the latest.

    A call is judged, not its legs: whoever was rung in vain while another one answered missed
    nothing. A number is cleared when it was answered later, when somebody of ours reached it,
    when a log of it was written, or when somebody said that it is handled. Calls that withhold
    their number are not here, because nobody can ring back. A member sees the calls of linked
    properties and of none; what cleared them may be out of the member's sight.
    """
    ours = PhoneCall.objects.filter(organization_id=principal.organization_id, withdrawn_at=None)
    waiting = (
        PhoneCall.objects.visible_on_pages_to(principal)
        .over()
        .filter(
            ~Q(caller_digits_reversed=""),
            flow=Flow.INCOMING,
            answered_at=None,
            published_at__gte=timezone.now() - WITHIN,
        )
    )
    later = ours.filter(published_at__gt=OuterRef("published_at"))
    came = later.filter(
        ~Q(caller_digits_reversed=""), caller_digits_reversed=OuterRef("caller_digits_reversed")
    )
    went = later.filter(
        ~Q(called_digits_reversed=""),
        called_digits_reversed=OuterRef("caller_digits_reversed"),
        flow=Flow.OUTGOING,
        answered_at__isnull=False,
    )
    again = came.filter(flow=Flow.INCOMING)  # answered or not, this is the newer one
    handled = HandledMissedCall.objects.standing().filter(phone_call=OuterRef("pk"))
    return waiting.exclude(Exists(again) | Exists(went) | Exists(handled) | _logged(principal))


def missed_queue(principal: Principal) -> MissedQueue:
    """The first MOST of them, with how many there are: three statements."""
    rows = missed(principal)
    found = rows.select_related("property").defer("told").order_by("published_at", "pk")
    calls = list(found[:MOST])
    times = _times(calls, principal)
    shown = [MissedRow(as_row(one), times.get(one.caller_digits_reversed, 1)) for one in calls]
    return MissedQueue(shown, capped_count(rows))


def handle_missed_calls(
    *, phone_call_ids: Collection[int], reason: str, actor: Principal
) -> list[int]:
    """Say of missed calls that they are handled, and why; a row for each that still waited.

    The ids of these rows come back (`undo_handled`). Calls that were cleared meanwhile, by anybody
    or by themselves, are left as they are. RuleError (reason) without a reason, (calls) for none
    or more than MOST.
    """
    reason = clean_text(reason, limit=MAX_REASON, field="reason")
    reason = require_text(reason, field="reason", message=_("Say what was done about it."))
    if not phone_call_ids:
        raise RuleError(_("Choose the calls first."), field="calls")
    if len(phone_call_ids) > MOST:
        raise RuleError(_("Choose %(n)d at once at most.") % {"n": MOST}, field="calls")
    with write_transaction(actor):
        # who waits here for another one must see what that one wrote: asked once more below
        found = _lock(missed(actor).filter(pk__in=phone_call_ids))
        keys = missed(actor).filter(pk__in=found).order_by("pk").values_list("pk", flat=True)
        rows = [
            HandledMissedCall(
                organization_id=actor.organization_id,
                phone_call_id=pk,
                reason=reason,
                handled_by_id=actor.user_id,
                handled_by_name=actor.user_name,
            )
            for pk in keys
        ]
        return [row.pk for row in HandledMissedCall.objects.bulk_create(rows)]


def undo_handled(*, handled_id: int, actor: Principal) -> None:
    """Take back that a missed call is handled; the row says from then on when and by whom.

    The call waits again, unless it has cleared itself meanwhile. NotFoundError when the actor does
    not see the call any more, StaleError when it was taken back before.
    """
    with write_transaction(actor):
        row = HandledMissedCall.objects.visible_to(actor).filter(pk=handled_id).first()
        if row is None:
            raise NotFoundError(_("There is no such phone call."))
        _lock(PhoneCall.objects.filter(pk=row.phone_call_id))
        standing = HandledMissedCall.objects.standing().filter(pk=row.pk)
        if not standing.update(undone_at=timezone.now(), undone_by_id=actor.user_id):
            raise StaleError(_("This was taken back before."))


def _lock(calls: PhoneCallQuerySet) -> list[int]:
    """The ids of these calls, held until the end of the transaction; always in the same order."""
    held = PhoneCall.objects.filter(pk__in=calls.values("pk")).order_by("pk")
    return list(held.select_for_update(no_key=True).values_list("pk", flat=True))


def _logged(principal: Principal) -> Q:
    """Whether the number was logged since, or the call itself was."""
    logs = CallLog.objects.filter(organization_id=principal.organization_id, withdrawn_at=None)
    tied = logs.filter(phone_call=OuterRef("pk"))
    since = logs.filter(
        ~Q(phone_digits_reversed=""),  # the condition of the index
        phone_digits_reversed=OuterRef("caller_digits_reversed"),
        contacted_at__gte=OuterRef("published_at"),
    )
    return Q(Exists(tied)) | Q(Exists(since))


def _times(calls: list[PhoneCall], principal: Principal) -> dict[str, int]:
    """How often each of these numbers rang in vain in the last two weeks."""
    digits = {call.caller_digits_reversed for call in calls}
    rows = PhoneCall.objects.filter(
        ~Q(caller_digits_reversed=""),
        organization_id=principal.organization_id,
        withdrawn_at=None,
        flow=Flow.INCOMING,
        answered_at=None,
        published_at__gte=timezone.now() - WITHIN,
        caller_digits_reversed__in=digits,
    )
    counted = rows.order_by().values(number=F("caller_digits_reversed")).annotate(n=Count("pk"))
    return {row["number"]: row["n"] for row in counted}
