"""A house whose keys never change: what golden files and tests of the dialect are about.

Property 12 is linked to the members, 13 is not, 14 is not active; what begins with 9 is foreign.
Calls: 4711 and 4712 at unit 340, 4713 at property 13, 4714 without a place, 4715 withdrawn.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client

from callcenter.accounts.models import (
    ApiCredential,
    Membership,
    Organization,
    Role,
    SinglePermission,
)
from callcenter.calls.models import CallLog, CallLogReason, Reason, Status
from callcenter.core.audit import AuditEvent
from tests.factories import (
    make_call_log,
    make_comment,
    make_credential,
    make_membership,
    make_phone,
    make_property,
    make_resident,
    make_unit,
)

CLIENT = Client(raise_request_exception=False)  # one for all: it loads the middleware once
ABSENT = 999_999
RANG = datetime(2026, 11, 20, 14, 3, 11, tzinfo=UTC)
# id: name, kind, ids of the next ones
STATUSES: dict[int, tuple[str, str, tuple[int, ...]]] = {
    1: ("New", "open", (3, 5, 8)),
    3: ("In Progress", "open", (5,)),
    5: ("Resolved", "closed", (3,)),
    8: ("Duplicate", "closed", ()),
    9: ("Parked", "waiting", ()),
}
REASONS = {2: ("Plumbing drip or clog", "mp"), 9: ("Active leak or burst", "el")}


@dataclass(frozen=True)
class House:
    """The organisation, its people by role, and secrets by what they are."""

    organization: Organization
    people: dict[str, Membership]
    keys: dict[str, str]

    def ask(self, who: str | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a request with the secret of `who`; a body that is no text is JSON."""
        if who is not None:
            headers.setdefault("authorization", f"Bearer {self.keys[who]}")
        kind = headers.pop("content_type", "application/json")
        if body is not None and not isinstance(body, str | bytes):
            body = json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return CLIENT.generic(method, path, body or "", kind, headers=named)

    def get(self, path: str, who: str = "owner", **headers: str) -> Any:
        """The answer to a GET."""
        return self.ask(who, "GET", path, **headers)

    def put(self, body: Any, who: str = "owner", log: int = 4711, **headers: str) -> Any:
        """The answer to an update of a call."""
        return self.ask(who, "PUT", f"/api/calllogs/{log}", body, **headers)

    def post(self, body: Any, who: str = "owner", **headers: str) -> Any:
        """The answer to a new call."""
        return self.ask(who, "POST", "/api/calllogs", body, **headers)


def code_of(answer: Any) -> int:
    """The code of a refusal, else 0."""
    said = json.loads(answer.content) if answer.status_code >= 400 and answer.content else {}
    return int(said.get("Code", 0))


def body_of(answer: Any) -> bytes:
    """The bytes of an answer, streamed or not."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def state_of(log: int = 4711) -> tuple[object, ...]:
    """What a write would change: the row, its history and reasons, and the audit of all."""
    row = CallLog.objects.filter(pk=log).values().get()
    history = list(row_texts(log))
    reasons = list(CallLogReason.objects.filter(call_log=log).values_list("reason", "position"))
    return row, history, reasons, audit_size()


def row_texts(log: int = 4711) -> list[tuple[Any, ...]]:
    """The rows of a history: number, kind, text."""
    rows = CallLog.objects.get(pk=log).comments.order_by("seq")
    return list(rows.values_list("seq", "kind", "text"))


def audit_size() -> int:
    """How many audit events there are."""
    models: list[Any] = AuditEvent.__subclasses__()
    return sum(model.objects.count() for model in models)


# The next number of a new call must not be one that is taken here.
PASS_BY = """
    SELECT nextval('calls_calllog_id_seq')
    FROM calls_calllog_id_seq, generate_series(1, 5000 - last_value::int)
    WHERE last_value BETWEEN 4500 AND 4999
"""


def make_house() -> House:
    """All of it, in the database at hand."""
    with connection.cursor() as cursor:
        cursor.execute(PASS_BY)
    organization = _organization(1, "Northgate", "northgate")
    homes = [_property(organization, pk, f"{pk} Elm Court") for pk in (12, 13)]
    _property(organization, 14, "Old Mill", is_active=False)
    _rows(organization, homes[0], homes[1])
    people = _people(organization, homes[0])
    keys = _keys(people, homes)
    foreign = _organization(2, "Canary", "canary", base=90)
    away = _property(foreign, 90, "Canary House")
    unit = make_unit(away, id=990, number="9Z")
    make_resident(unit, id=997, first_name="Canary", last_name="Bird", email="ana@example.com")
    make_call_log(foreign, id=4990, property=away, unit=unit, contacted_at=RANG)
    stranger = make_membership(foreign, Role.OWNER, email="stranger@example.com")
    keys["stranger"] = make_credential(stranger)[1]
    return House(organization, people, keys)


def _organization(pk: int, name: str, slug: str, base: int = 0) -> Organization:
    organization = Organization.objects.create(id=pk, name=name, slug=slug)
    for number, (said, kind, _) in STATUSES.items():
        Status.objects.create(
            id=base + number,
            organization=organization,
            name=said,
            kind=kind,
            is_initial=said == "New",
            is_enabled=said != "Parked",
            needs_head_call=said == "Duplicate",
        )
    for number, (_, _, following) in STATUSES.items():
        status = Status.objects.get(pk=base + number)
        status.allowed_next.set(base + after for after in following)
    for number, (said, mnemonic) in REASONS.items():
        Reason.objects.create(
            id=base + number, organization=organization, name=said, mnemonic=mnemonic
        )
    return organization


def _property(organization: Organization, pk: int, name: str, **fields: Any) -> Any:
    address = {"address1": name, "city": "Albany", "state": "NY", "zip": "12207"}
    return make_property(organization, id=pk, name=name, **address, **fields)


def _rows(organization: Organization, home: Any, other: Any) -> None:
    unit = make_unit(home, id=340, number="3B", floor="3", display_order=2, latitude=42.65)
    make_unit(home, id=341, number="4A", display_order=1)
    far = make_unit(other, id=350, number="1C")
    ana = make_resident(unit, id=77, last_name="Ruiz", email="Ana@example.com", occupancy="owner")
    make_phone(ana, "+12125550101", label="cell")
    make_resident(far, id=78, first_name="Bo", last_name="Lind")
    make_resident(home, id=79, first_name="Cy", last_name="Moss", occupancy="contact")
    progress = Status.objects.get(pk=3)
    there = {"property": home, "unit": unit, "taken_by_name": "Kim Osei"}
    leak = make_call_log(
        organization,
        id=4711,
        **there,
        status=progress,
        call_from="Ana Ruiz",
        subject="Water under the sink",
        notes="Shut-off valve closed by tenant",
        contacted_at=RANG,
    )
    for position, reason in enumerate((9, 2)):
        CallLogReason.objects.create(
            organization=organization, call_log=leak, reason_id=reason, position=position
        )
    for text, minutes in (("Plumber rung, due 10:30", 8), ("", 20)):
        at = RANG + timedelta(minutes=minutes, microseconds=250_000)
        make_comment(leak, text=text, created_at=at, kind="comment" if text else "status")
    make_comment(leak, text="Subject changed", kind="edit", created_at=RANG + timedelta(hours=1))
    later = RANG + timedelta(days=1)
    make_call_log(
        organization, id=4712, **there, resident=ana, call_from="Ana Ruiz", contacted_at=later
    )
    make_call_log(organization, id=4713, property=other, unit=far, contacted_at=RANG)
    make_call_log(organization, id=4714, call_from="Anonymous", contacted_at=RANG)
    gone = {"withdrawn_at": RANG, "withdrawn_reason": "Wrong number"}
    make_call_log(organization, id=4715, **there, contacted_at=RANG, **gone)


def _people(organization: Organization, home: Any) -> dict[str, Membership]:
    return {
        "owner": make_membership(
            organization, Role.OWNER, email="kim@example.com", name="Kim Osei"
        ),
        "admin": make_membership(organization, Role.ADMIN, email="ada@example.com", name="Ada Li"),
        "member": make_membership(
            organization, Role.MEMBER, links=[home], email="max@example.com", name="Max Roy"
        ),
    }


def _keys(people: dict[str, Membership], homes: list[Any]) -> dict[str, str]:
    """Secrets of each role, of single permissions, narrowed to property 12, and dead ones."""
    owner, member = people["owner"], people["member"]
    item, everything = SinglePermission.READ_CALL_LOG_ITEM, SinglePermission.READ_ALL
    made = {
        "owner": make_credential(owner),
        "admin": make_credential(people["admin"]),
        "reader": make_credential(member),
        "writer": make_credential(member, can_write=True),
        "item": make_credential(owner, permissions=[item]),
        "all": make_credential(owner, permissions=[everything]),
        "member all": make_credential(member, permissions=[everything]),
        "none": make_credential(owner),
        "narrowed": make_credential(owner, properties=[homes[0]]),
        "narrowed reader": make_credential(member, properties=homes),
        "narrowed writer": make_credential(member, can_write=True, properties=homes),
        "narrowed to nothing": make_credential(owner, properties=[]),
        "expired": make_credential(owner, expires_at=RANG - timedelta(days=1)),
        "revoked": make_credential(owner, revoked_at=RANG),
    }
    ApiCredential.objects.filter(pk=made["none"][0].pk).update(role="")
    return {name: secret for name, (_, secret) in made.items()}
