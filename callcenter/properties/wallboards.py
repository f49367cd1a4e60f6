"""Screens on a wall: made with a token in their address, found by it, revoked (users.md 6.7)."""

import secrets
from hmac import compare_digest

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.models import Wallboard
from callcenter.accounts.secrets import hmac_of, hmacs_of
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.transactions import require_text, write_transaction

from .principals import Principal

MAX_NAME = 100
MOST = 50
TOKEN_BYTES = 32


def create_wallboard(*, name: str, actor: Principal) -> tuple[Wallboard, str]:
    """Make a screen; with the token of its address, which is shown now and never again.

    RuleError (name) for no name or one of more than 100 characters, and for a screen too many;
    NotAllowedError for members.
    """
    if actor.user_id is None or not actor.may("accounts.add_wallboard"):
        raise NotAllowedError(_("Only owners and admins make wallboards."))
    name = require_text(name, field="name", message=_("Say where the screen hangs."))
    if len(name) > MAX_NAME:
        raise RuleError(_("This name is longer than 100 characters."), field="name")
    token = secrets.token_hex(TOKEN_BYTES)
    pepper_id, digest = hmac_of(token)
    with write_transaction(actor):
        if Wallboard.objects.visible_to(actor).in_force().count() >= MOST:
            raise RuleError(_("There are 50 wallboards. Revoke one first."), field="name")
        board = Wallboard.objects.create(
            organization_id=actor.organization_id,
            name=name,
            pepper_id=pepper_id,
            secret_hmac=digest,
            created_by_id=actor.user_id,
        )
    return board, token


def revoke_wallboard(*, wallboard_id: int, actor: Principal) -> Wallboard:
    """End a screen: its next request is refused and its stream ends. Twice is once.

    NotFoundError when it is not there for the actor.
    """
    with write_transaction(actor):
        rows = Wallboard.objects.visible_to(actor).select_for_update(of=("self",))
        board = rows.filter(pk=wallboard_id).first()
        if board is None:
            raise NotFoundError(_("There is no such wallboard."))
        if board.revoked_at is None:
            board.revoked_at, board.revoked_by_id = timezone.now(), actor.user_id
            board.save(update_fields=["revoked_at", "revoked_by"])
    return board


def find_wallboard(token: str) -> Wallboard | None:
    """The screen in force whose token this is, with its organisation; one statement."""
    digests = hmacs_of(token[:200])
    wanted = Q(pk=None)
    for pepper_id, digest in digests:
        wanted |= Q(pepper_id=pepper_id, secret_hmac=digest)
    board = Wallboard.objects.in_force().filter(wanted).select_related("organization").first()
    if board is None:
        return None
    known = bytes(board.secret_hmac)
    return board if any(compare_digest(known, digest) for _pepper, digest in digests) else None
