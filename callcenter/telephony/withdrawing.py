"""Taking a telephone call out of lists and counts (inv 31)."""

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.transactions import require_text, write_transaction
from callcenter.properties.principals import Principal

from .models import PhoneCall

MAX_REASON = 300


def withdraw_phone_call(*, phone_call_id: int, reason: str, actor: Principal) -> None:
    """Take a call with its parties out of every list, count and dialect; it stays in the record.

    What its system tells of it later is still written down. RuleError (reason) without a reason;
    NotFoundError, NotAllowedError.
    """
    if not actor.may("telephony.withdraw_phonecall"):
        raise NotAllowedError(_("Only owners and admins withdraw a phone call."))
    said = _("Say why the phone call is withdrawn.")
    reason = require_text(reason, field="reason", message=said)
    if len(reason) > MAX_REASON or "\x00" in reason:
        raise RuleError(_("This is longer than 300 characters."), field="reason")
    with write_transaction(actor):
        rows = PhoneCall.objects.select_for_update(no_key=True, of=("self",))
        call = rows.visible_to(actor).filter(pk=phone_call_id).first()
        if call is None:
            raise NotFoundError(_("There is no such phone call."))
        PhoneCall.objects.filter(pk=call.pk).update(
            withdrawn_at=Now(), withdrawn_by_id=actor.user_id, withdrawn_reason=reason
        )
