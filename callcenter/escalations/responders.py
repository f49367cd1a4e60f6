"""Who can be rung, and on which numbers: written by owners and admins."""

import uuid
from contextlib import AbstractContextManager
from typing import TypedDict

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.models import Membership
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.phones import PhoneKind, parse_phone
from callcenter.core.transactions import write_transaction
from callcenter.properties.principals import Principal

from .models import LineLabel, Responder, ResponderLine, Rule, ScheduleOverride, ScheduleTurn
from .rows import check_right, clean, insert, lock, refusing, require, withdraw, write


class ResponderFields(TypedDict, total=False):
    """What can be said of a responder; `user_id` is an account of the organisation, or None."""

    name: str
    email: str
    user_id: int | None


def create_responder(*, fields: ResponderFields, actor: Principal) -> Responder:
    """Somebody new who can be rung.

    RuleError (name, email, user) beside what cannot be: no name, an account that is not of the
    organisation or is a responder already; NotAllowedError for members.
    """
    check_right(actor, "add", Responder)
    require(fields, "name", _("Say who it is."))
    with write_transaction(actor), _once():
        values = _cleaned(fields, actor)
        return insert(Responder(organization_id=actor.organization_id, **values))


def change_responder(
    *,
    responder_id: uuid.UUID,
    fields: ResponderFields,
    actor: Principal,
    seen_version: int | None = None,
) -> Responder:
    """Change what is named in `fields`. Errors as in `create_responder`, NotFoundError,
    StaleError.
    """
    check_right(actor, "change", Responder)
    if "name" in fields:
        require(fields, "name", _("Say who it is."))
    with write_transaction(actor), _once():
        row = lock(Responder.objects.visible_to(actor), responder_id, seen_version=seen_version)
        return write(row, **_cleaned(fields, actor))


def withdraw_responder(*, responder_id: uuid.UUID, actor: Principal) -> None:
    """Take somebody and the lines out of use; rings of before keep the name.

    RuleError while a rule rings them or they have a turn ahead: somebody else has to take it
    first, or a night would be empty without a word. NotFoundError, NotAllowedError.
    """
    check_right(actor, "withdraw", Responder)
    with write_transaction(actor):
        row = lock(Responder.objects.visible_to(actor), responder_id)
        named = list(
            Rule.objects.visible_to(actor).filter(responder=row).values_list("policy__name")[:3]
        )
        named += list(
            ScheduleTurn.objects.visible_to(actor)
            .filter(responder=row, schedule__withdrawn_at=None)
            .values_list("schedule__name")
            .distinct()[:3]
        )
        today = timezone.now().date()
        ahead = ScheduleOverride.objects.visible_to(actor)
        named += list(
            ahead.filter(responder=row, ends_on__gte=today, schedule__withdrawn_at=None)
            .values_list("schedule__name")
            .distinct()[:3]
        )
        if named:
            said = _("%(name)s is still rung by: %(where)s.")
            where = ", ".join(dict.fromkeys(name for (name,) in named))
            raise RuleError(said % {"name": row.name, "where": where})
        row.lines.filter(withdrawn_at=None).update(withdrawn_at=Now())
        withdraw(Responder.objects.filter(pk=row.pk), actor)


def add_line(
    *,
    responder_id: uuid.UUID,
    number: str,
    actor: Principal,
    label: LineLabel = LineLabel.CELL,
    is_verified: bool = False,
) -> ResponderLine:
    """Give a responder a number; it is rung by chains once it is verified.

    RuleError (number) for one that cannot be rung or that the responder has; NotFoundError.
    """
    check_right(actor, "add", ResponderLine)
    text = clean(ResponderLine, {"raw": number})["raw"]
    numbers = parse_phone(text, region=actor.organization.region)
    e164 = numbers[0].e164 if len(numbers) == 1 and numbers[0].kind == PhoneKind.PERSON else None
    if not e164:
        raise RuleError(_("This is no number that can be rung."), field="number")
    with write_transaction(actor):
        row = lock(Responder.objects.visible_to(actor), responder_id)
        lines = row.lines.filter(withdrawn_at=None)
        if lines.filter(e164=e164).exists():
            raise RuleError(_("This responder has the number already."), field="number")
        return ResponderLine.objects.create(
            organization_id=row.organization_id,
            responder=row,
            label=LineLabel(label),
            raw=text.strip(),
            e164=e164,
            position=lines.count(),
            verified_at=timezone.now() if is_verified else None,
        )


def verify_line(*, line_id: int, is_verified: bool, actor: Principal) -> ResponderLine:
    """Say that a number was tried and is theirs, or that it is not any more; NotFoundError."""
    check_right(actor, "change", ResponderLine)
    with write_transaction(actor):
        line = _line(line_id, actor)
        if (line.verified_at is not None) != is_verified:
            line.verified_at = timezone.now() if is_verified else None
            line.save(update_fields=["verified_at"])
    return line


def withdraw_line(*, line_id: int, actor: Principal) -> None:
    """Take a number out of use, such as a dead one; NotFoundError."""
    check_right(actor, "withdraw", ResponderLine)
    with write_transaction(actor):
        line = _line(line_id, actor)
        line.withdrawn_at = timezone.now()
        line.save(update_fields=["withdrawn_at"])


def _line(line_id: int, actor: Principal) -> ResponderLine:
    """The line, with its responder locked as in every write of a responder."""
    lines = ResponderLine.objects.visible_to(actor)
    line = lines.filter(pk=line_id).first()
    if line is None:
        raise NotFoundError(_("There is no such number."))
    lock(Responder.objects.visible_to(actor), line.responder_id)
    return lock(lines, line_id)


def _cleaned(fields: ResponderFields, actor: Principal) -> dict[str, object]:
    plain = {name: value for name, value in fields.items() if name != "user_id"}
    values: dict[str, object] = clean(Responder, plain)
    if "user_id" in fields:
        user_id = fields["user_id"]
        members = Membership.objects.filter(organization_id=actor.organization_id)
        if user_id is not None and not members.filter(user_id=user_id).exists():
            raise RuleError(_("There is no such person."), field="user")
        values["user_id"] = user_id
    return values


def _once() -> AbstractContextManager[None]:
    said = _("This person is a responder already.")
    return refusing("responder_once_for_an_account", said, field="user")
