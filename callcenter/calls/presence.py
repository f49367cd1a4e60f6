"""Who else has a call open or types there, and whether it changed: told, never a lock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from callcenter.core.errors import NotFoundError
from callcenter.core.prepared import fetch_all
from callcenter.properties.principals import Principal

from .models import CallLog, Comment, Typing

# One statement: I am here, what I left a while ago is forgotten, and who else is here.
BEAT = """
WITH left_alone AS (
    DELETE FROM calls_presence
    WHERE user_id = %(user)s AND call_log_id <> %(call)s
      AND seen_at < now() - interval '1 minute'
), here AS (
    INSERT INTO calls_presence (organization_id, call_log_id, user_id, typing, seen_at)
    VALUES (%(org)s, %(call)s, %(user)s, %(typing)s, now())
    ON CONFLICT (call_log_id, user_id) DO UPDATE SET typing = %(typing)s, seen_at = now()
)
SELECT u.name, p.typing FROM calls_presence p JOIN accounts_user u ON u.id = p.user_id
WHERE p.call_log_id = %(call)s AND p.user_id <> %(user)s
  AND p.seen_at > now() - interval '30 seconds'
ORDER BY u.name, p.user_id LIMIT 9
"""


@dataclass(frozen=True)
class Company:
    """The others at a call as (name, what they do), and its last change if one was not seen."""

    others: list[tuple[str, str]]
    version: int
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def digest(self) -> str:
        """What a page remembers, so that it is told only what is new."""
        return "|".join([str(self.version), *(f"{name}:{does}" for name, does in self.others)])


def beat(*, call_log_id: int, typing: str, seen_version: int | None, actor: Principal) -> Company:
    """Say that the actor looks at the call; who else does, and what changed since that version.

    NotFoundError when the call is absent or not visible.
    """
    visible = CallLog.objects.visible_to(actor).filter(pk=call_log_id)
    version = visible.values_list("version", flat=True).first()
    if version is None:
        raise NotFoundError(_("There is no such call."))
    said = {
        "org": actor.organization_id,
        "call": call_log_id,
        "user": actor.user_id,
        "typing": typing if typing in Typing.values else "",
    }
    others = [
        (name, str(Typing(does).label) if does else "") for name, does in fetch_all(BEAT, said)
    ]
    if seen_version is None or seen_version == version:
        return Company(others=others, version=version)
    return Company(others=others, version=version, **_last_change(call_log_id))


def _last_change(call_log_id: int) -> dict[str, Any]:
    last = Comment.objects.filter(call_log_id=call_log_id).order_by("-seq")
    row = last.values_list("author_name", "created_at").first()
    return {} if row is None else {"changed_by": row[0] or "", "changed_at": row[1]}
