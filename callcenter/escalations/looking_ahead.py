"""The nightly look ahead: what is wrong with the next nights, as a worklist and by mail.

A check is a row first, once a day and organisation, written with the message that asks a worker
for it. The worker writes findings, the check's end and a message for each mail in one
transaction: a check that runs twice finds that it is done, and no mail is asked for twice.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.core.errors import StaleError
from callcenter.core.mail import mail_is_configured
from callcenter.core.transactions import require_text, write_transaction
from callcenter.outbox.actions import enqueue
from callcenter.properties.principals import Principal

from .coverage import Coverage, coverage
from .models import Finding, FindingKind, NightCheck
from .rows import check_right, clean, lock

CHECK, MAIL = "escalations.check_nights", "escalations.mail_findings"  # the tasks
FROM = time(5)  # on the clock of the organisation

# Of what a finding is: kind, policy, night, seconds, property, responder.
type Key = tuple[str, uuid.UUID | None, date | None, int | None, int | None, uuid.UUID | None]


def ask_for_checks(*, now: datetime) -> int:
    """Ask for the check of each organisation whose day has begun; how many were asked for."""
    days = {
        organization.pk: local.date()
        for organization in Organization.objects.order_by("pk")
        if (local := now.astimezone(ZoneInfo(organization.time_zone))).time() >= FROM
    }
    known = set(
        NightCheck.objects.filter(day__in=set(days.values())).values_list("organization", "day")
    )
    return sum(_ask(pk, day) for pk, day in days.items() if (pk, day) not in known)


@transaction.atomic
def _ask(organization_id: int, day: date) -> bool:
    """Whether this process was the first to ask."""
    check, is_new = NightCheck.objects.get_or_create(organization_id=organization_id, day=day)
    if is_new:
        enqueue(organization_id=organization_id, task=CHECK, arguments={"check_id": check.pk})
    return is_new


def organization_of(check_id: int) -> Organization | None:
    """Whose check it is; None for one that there is not."""
    check = NightCheck.objects.filter(pk=check_id).select_related("organization").first()
    return check.organization if check is not None else None


def check_nights(*, check_id: int, actor: Principal) -> None:
    """Look ahead and write what changed since the last look; done once, however often asked."""
    with write_transaction(actor):
        check = NightCheck.objects.visible_to(actor).select_for_update().get(pk=check_id)
        if check.checked_at is not None:
            return
        now = timezone.now()
        held = set(_held(coverage(now=now, principal=actor)))
        holding = Finding.objects.visible_to(actor).holding().select_for_update(no_key=True)
        known = {_key(finding): finding.pk for finding in holding}
        new = sorted(held - known.keys(), key=str)
        Finding.objects.bulk_create(_finding(key, check) for key in new)
        over = [pk for key, pk in known.items() if key not in held]
        Finding.objects.filter(pk__in=over).update(gone_in=check)
        check.checked_at, check.opened, check.gone = now, len(new), len(over)
        check.save(update_fields=["checked_at", "opened", "gone"])
        if (new or over) and mail_is_configured():
            _ask_for_mails(check)


def handle_finding(*, finding_id: int, comment: str, actor: Principal) -> Finding:
    """Take a finding off the list, with what was done about it.

    RuleError (comment), NotFoundError; StaleError when somebody did before, or it is over.
    """
    check_right(actor, "change", Finding)
    comment = require_text(
        clean(Finding, {"comment": comment})["comment"],
        field="comment",
        message=_("Say what was done about it."),
    )
    with write_transaction(actor):
        finding = lock(Finding.objects.visible_to(actor), finding_id)
        if finding.handled_at is not None or finding.gone_in_id is not None:
            raise StaleError(_("This is handled or over already."))
        finding.handled_at, finding.comment = timezone.now(), comment
        finding.handled_by_id, finding.handled_by_name = actor.user_id, actor.user_name
        changed = ["handled_at", "comment", "handled_by", "handled_by_name"]
        finding.save(update_fields=changed)
    return finding


def _held(found: Coverage) -> Iterable[Key]:
    """What is wrong now; nothing where no chain is planned at all: chains are not used there."""
    if not found.rows:
        return
    for row in found.rows:
        for cell in row.cells:
            if cell is not None and cell.hole_seconds:
                yield FindingKind.HOLE, row.policy.pk, cell.day, cell.hole_seconds, None, None
    for home in found.unplanned:
        yield FindingKind.UNPLANNED, None, None, None, home.pk, None
    for one in found.weak:
        for kind in one.kinds:
            yield kind, None, None, None, None, one.responder.pk


def _key(row: Finding) -> Key:
    return row.kind, row.policy_id, row.night, row.seconds, row.property_id, row.responder_id


def _finding(key: Key, check: NightCheck) -> Finding:
    kind, policy, night, seconds, home, responder = key
    return Finding(
        organization_id=check.organization_id,
        kind=kind,
        policy_id=policy,
        night=night,
        seconds=seconds,
        property_id=home,
        responder_id=responder,
        found_in=check,
    )


def managers_of(organization_id: int) -> list[int]:
    """The keys of the active owners and admins of an organisation, as people."""
    people = Membership.objects.filter(
        organization_id=organization_id,
        role__in=(Role.OWNER, Role.ADMIN),
        is_active=True,
        user__is_active=True,
    )
    return list(people.order_by("pk").values_list("user_id", flat=True))


def _ask_for_mails(check: NightCheck) -> None:
    for user_id in managers_of(check.organization_id):
        enqueue(
            organization_id=check.organization_id,
            task=MAIL,
            arguments={"check_id": check.pk, "user_id": user_id},
        )
