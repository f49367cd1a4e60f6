"""Making, changing and using snippets: one's own by everybody, shared ones by who manages."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.templatetags.times import zone_named
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .history import clean_text
from .models import LONGEST_SNIPPET, Reason, Snippet
from .places import Place

WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")


def snippet_to_change(snippet_id: int, actor: Principal) -> Snippet:
    """The snippet; NotFoundError when it is not visible, NotAllowedError when it is not theirs."""
    snippet = Snippet.objects.visible_to(actor).filter(pk=snippet_id).first()
    if snippet is None:
        raise NotFoundError(_("There is no such snippet."))
    _check_right(actor, is_shared=snippet.owner_id is None)
    return snippet


def save_snippet(
    *,
    word: str,
    text: str,
    is_shared: bool,
    reason_id: int | None,
    actor: Principal,
    snippet_id: int | None = None,
) -> Snippet:
    """Make a snippet, or change the one of this id; RuleError beside the field that is wrong."""
    with write_transaction(actor):
        snippet = Snippet(organization_id=actor.organization_id)
        if snippet_id is not None:
            snippet = snippet_to_change(snippet_id, actor)
        _check_right(actor, is_shared=is_shared)
        snippet.owner_id = None if is_shared else actor.user_id
        snippet.word = _word(word)
        snippet.text = clean_text(text, limit=LONGEST_SNIPPET, field="text").strip()
        if not snippet.text:
            raise RuleError(_("Write the text of the snippet."), field="text")
        snippet.reason_id = _reason(reason_id, actor)
        _write(snippet)
    return snippet


def delete_snippet(*, snippet_id: int, actor: Principal) -> None:
    """Take a snippet away; what was written with it stays. Errors as in `snippet_to_change`."""
    with write_transaction(actor):
        snippet_to_change(snippet_id, actor).delete()


def words_for(place: Place, reason_ids: list[int], principal: Principal) -> list[dict[str, Any]]:
    """What can be inserted at a place, the templates of these reasons first; one statement.

    A person's own snippet stands in place of the shared one of the same word.
    """
    filled = fields_at(place, principal)
    found: dict[str, Snippet] = {}
    for snippet in Snippet.objects.visible_to(principal).in_order():
        if snippet.owner_id is not None or snippet.word not in found:
            found[snippet.word] = snippet
    ordered = sorted(found.values(), key=lambda s: (s.reason_id not in reason_ids, s.word))
    return [
        {
            "word": snippet.word,
            "text": fill(snippet.text, filled),
            "is_template": snippet.reason_id in reason_ids,
        }
        for snippet in ordered
    ]


def fields_at(place: Place, principal: Principal) -> dict[str, str]:
    """What the fields of a snippet stand for at a place, on its clock; "" for what is not known."""
    here = timezone.now().astimezone(zone_named(place.zone(principal.organization.time_zone)))
    return {
        "unit": str(place.unit or ""),
        "property": str(place.property or ""),
        "resident": place.resident.full_name if place.resident else "",
        "agent": principal.user_name,
        "time": date_format(here, "H:i"),
    }


def fill(text: str, filled: dict[str, str]) -> str:
    """The text with its fields filled in, once; what is not known stays to be seen."""
    return re.sub(r"\{([a-z]+)\}", lambda m: filled.get(m[1]) or m[0], text)


def _check_right(actor: Principal, *, is_shared: bool) -> None:
    if is_shared and not actor.may("calls.share_snippet"):
        raise NotAllowedError(_("Only owners and admins change shared snippets."))


def _word(word: str) -> str:
    said = word.strip().removeprefix("::").lower()
    if not WORD.fullmatch(said):
        wrong = _("A word has up to 30 letters from a to z, digits, - and _.")
        raise RuleError(wrong, field="word")
    return said


def _reason(reason_id: int | None, actor: Principal) -> int | None:
    if reason_id is None:
        return None
    if not Reason.objects.visible_to(actor).filter(pk=reason_id).exists():
        raise RuleError(_("There is no such reason."), field="reason")
    return reason_id


def _write(snippet: Snippet) -> None:
    """Insert or update; RuleError when the word is taken."""
    try:
        with transaction.atomic():
            if snippet.pk is None:
                snippet.save(force_insert=True)
            else:
                snippet.save(update_fields=["owner", "word", "text", "reason"])
    except IntegrityError as error:
        raise RuleError(_("There is a snippet of this word already."), field="word") from error
