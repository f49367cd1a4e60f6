"""Keeping views of the list of calls, and how somebody likes the list."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.prepared import fetch_all
from callcenter.core.transactions import require_text, write_transaction
from callcenter.properties.principals import Principal

from .history import clean_text
from .models import SavedView

MOST = 50  # of one person
_REMEMBER = """
INSERT INTO calls_listsettings (organization_id, user_id, query, columns) VALUES (%s, %s, {})
ON CONFLICT ON CONSTRAINT listsettings_once DO UPDATE SET {} = EXCLUDED.{}
"""
REMEMBER = {
    "query": _REMEMBER.format("%s, ''", "query", "query"),
    "columns": _REMEMBER.format("'', %s", "columns", "columns"),
}

# as SavedView.objects.visible_to, and the one row of settings; every list begins with it
LIKED = """
SELECT true, id, name, query, columns, is_shared FROM calls_savedview
WHERE organization_id = %(organization)s AND (owner_id = %(person)s OR is_shared)
UNION ALL
SELECT false, id, '', query, columns, false FROM calls_listsettings
WHERE organization_id = %(organization)s AND user_id = %(person)s
"""


def save_view(
    *, name: str, query: str, columns: str, is_shared: bool, actor: Principal
) -> SavedView:
    """Keep these filters under a name; RuleError for a name that is taken, NotAllowedError when
    somebody who is neither owner nor admin shares one.
    """
    name = _name(name)
    if is_shared and not actor.manages:
        raise NotAllowedError(_("Only owners and admins save a view for all."))
    with write_transaction(actor):
        mine = SavedView.objects.visible_to(actor).filter(owner_id=actor.user_id)
        if mine.count() >= MOST:
            raise RuleError(_("You have %(most)d views: delete one first.") % {"most": MOST})
        view = SavedView(
            organization_id=actor.organization_id,
            owner_id=_person(actor),
            name=name,
            query=query,
            columns=columns,
            is_shared=is_shared,
        )
        _write(view)
    return view


def rename_view(*, view_id: int, name: str, actor: Principal) -> str:
    """Give a view another name; the one of before. Errors as in `save_view`."""
    name = _name(name)
    with write_transaction(actor):
        view = _changeable(view_id, actor)
        before, view.name = view.name, name
        _write(view)
    return before


def delete_view(*, view_id: int, actor: Principal) -> dict[str, Any]:
    """Take a view away; what `restore_view` needs to bring it back."""
    with write_transaction(actor):
        view = _changeable(view_id, actor)
        kept = {name: getattr(view, name) for name in ("name", "query", "columns", "is_shared")}
        kept["owner_id"] = view.owner_id
        view.delete()
    return kept


def restore_view(*, kept: dict[str, Any], actor: Principal) -> None:
    """Bring a view back that was deleted a moment ago; RuleError when its name is taken by now."""
    with write_transaction(actor):
        _write(SavedView(organization_id=actor.organization_id, **kept))


def remember(*, actor: Principal, **said: str) -> None:
    """Keep the columns or the filters (`columns`, `query`) that somebody used last.

    One statement, because it happens while a list is shown. Nothing that has a history.
    """
    name, value = next(iter(said.items()))
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER[name], [actor.organization_id, _person(actor), value])


@dataclass(frozen=True)
class KeptView:
    """A saved view as the list shows it."""

    pk: int
    name: str
    query: str
    columns: str
    is_shared: bool


@dataclass(frozen=True)
class Likes:
    """How somebody likes the list, and the views that this person sees, by name."""

    query: str
    columns: str
    views: list[KeptView]


def liked(actor: Principal) -> Likes:
    """How the actor likes the list, and the saved views, in one statement."""
    whose = {"organization": actor.organization_id, "person": _person(actor)}
    query = columns = ""
    kept = []
    for is_view, *row in fetch_all(LIKED, whose):
        if is_view:
            kept.append(KeptView(*row))
        else:
            query, columns = row[2], row[3]
    return Likes(query, columns, sorted(kept, key=lambda view: (view.name.casefold(), view.pk)))


def _person(actor: Principal) -> int:
    """Whose lists these are: only people have any."""
    if actor.user_id is None:
        raise NotAllowedError(_("Only people keep views."))
    return actor.user_id


def _name(name: str) -> str:
    name = require_text(name, field="name", message=_("Give the view a name."))
    return clean_text(" ".join(name.split()), limit=80, field="name")


def _changeable(view_id: int, actor: Principal) -> SavedView:
    view = SavedView.objects.changeable_by(actor).select_for_update().filter(pk=view_id).first()
    if view is None:
        raise NotFoundError(_("There is no such view."))
    return view


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise RuleError(_("There is a view of this name already."), field="name") from error
