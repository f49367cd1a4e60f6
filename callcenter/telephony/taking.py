"""Taking pushed events: stored at once, worked in the background (wire/voipnow.md 9)."""

import json
from collections.abc import Mapping

from django.db import connection, transaction
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.outbox.actions import enqueue

from .models import EventKind, Upstream
from .reading import MAX_ID, kept
from .story import extension_of, parameter

TASK = "telephony.work_event"
# received_at is the beginning of the transaction, as everywhere
STORE = """
    INSERT INTO telephony_phonecallevent
        (organization_id, upstream_id, call_id, kind, extension, raw)
    VALUES (%s, %s, %s, %s, %s, %s::jsonb)
    ON CONFLICT (upstream_id, call_id, kind, extension) DO NOTHING
    RETURNING id
"""


class CallIdError(RuleError):
    """The event does not say of which call it is."""


def take_event(*, upstream: Upstream, kind: EventKind, fields: Mapping[str, str]) -> bool:
    """Store an event of the upstream and see to it that it is worked; False for a repeat.

    Event and intent are one transaction. A repeat (same call, kind and extension) is not kept
    and moves no stamp. CallIdError when CallID is missing, empty, or longer than 200 signs.
    """
    raw: dict[str, str] = kept(fields)
    extension = extension_of(kind, raw)
    call_id = parameter(raw, "CallID").strip()
    if not 0 < len(call_id) <= MAX_ID:
        raise CallIdError(_("The event names no call."), field="CallID")
    of = (upstream.organization_id, upstream.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STORE, [*of, call_id, kind.value, extension, json.dumps(raw)])
        row = cursor.fetchone()
        if row is None:
            return False
        arguments = {"organization_id": upstream.organization_id, "event_id": row[0]}
        enqueue(organization_id=upstream.organization_id, task=TASK, arguments=arguments)
    return True
