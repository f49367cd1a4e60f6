"""The history of a call with what was said in the calls that are folded into it."""

from collections import defaultdict
from heapq import merge
from typing import Any

from callcenter.properties.principals import Principal

from .folding import folded_calls
from .models import CallLog, Comment, CommentKind


def timeline(log: CallLog, principal: Principal) -> tuple[list[dict[str, Any]], list[CallLog]]:
    """The rows of the history by time, and the calls that are folded into this one.

    Rows of a folded call stand among them by their time, with `origin`, the folded call; each
    call's own rows keep their order. `log` is of `for_page`; one statement, two for a head.
    """
    folded = folded_calls(log.pk, principal) if log.is_head else []  # type: ignore[attr-defined]
    origins = {call.pk: call for call in folded}
    comments = Comment.objects.visible_to(principal)
    if not folded:
        return list(comments.filter(call_log_id=log.pk).as_history(principal)), []
    of_calls: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in comments.filter(call_log_id__in=[log.pk, *origins]).as_history(principal):
        row["origin"] = origins.get(row["call_log_id"])
        if row["origin"] is None or row["kind"] != CommentKind.FOLD:
            of_calls[row["call_log_id"]].append(row)
    return list(merge(*of_calls.values(), key=lambda row: row["created_at"])), folded
