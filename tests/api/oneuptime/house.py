"""A project whose ids never change: what golden files and tests of the dialect are about.

Policy POLICY has two rules: Joe, then Ana. Log LOG at Elm Court (linked to the member) has the
items RANG (Joe, no answer) and TOOK (Ana, connected); FAR is at a property that is not linked and
has the item AWAY; BARE has no property and the item LOST. What ends in 9 belongs to Canary.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from callcenter.accounts.models import ApiCredential, Membership, Organization, Role, Wire
from callcenter.accounts.models import SinglePermission as Single
from callcenter.escalations.models import Escalation, EscalationItem, Policy, Responder, Rule
from tests.factories import make_credential, make_membership, make_property, make_schedule

CLIENT = Client(raise_request_exception=False)  # one for all: it loads the middleware once
AT = datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC)
ITEMS, LOGS = "/api/incoming-call-log-item", "/api/incoming-call-log"
POLICIES, RULES = "/api/incoming-call-policy", "/api/incoming-call-policy-escalation-rule"


def uid(number: int) -> uuid.UUID:
    """The same uuid for the same number."""
    return uuid.UUID(f"5d0c3c1e-98a2-7c55-8d1f-{number:012d}")


PROJECT, JOE, ANA, POLICY, FIRST, SECOND = map(uid, (1, 11, 12, 21, 31, 32))
LOG, FAR, BARE, RANG, TOOK, AWAY, LOST, GONE = map(uid, (41, 42, 43, 51, 52, 53, 54, 55))
SCHEDULE, ABSENT = uid(61), uid(999_990)
FOREIGN_PROJECT, FOREIGN_USER, FOREIGN_POLICY = map(uid, (91, 119, 219))
FOREIGN_RULE, FOREIGN_LOG, FOREIGN_ITEM = map(uid, (319, 419, 519))


@dataclass(frozen=True)
class House:
    """The project and its secrets by what they are."""

    organization: Organization
    owner: Membership
    keys: dict[str, str]

    def ask(self, who: str | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a request with the secret of `who`; a body that is no text is JSON."""
        if who is not None:
            headers.setdefault("apikey", self.keys[who])
        kind = headers.pop("content_type", "application/json")
        if body is not None and not isinstance(body, str | bytes):
            body = json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return CLIENT.generic(method, path, body or "", kind, headers=named)

    def said(
        self, method: str, path: str, body: Any = None, who: str = "owner", **more: str
    ) -> Any:
        """Status and decoded body."""
        answer = self.ask(who, method, path, body, **more)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def list(self, body: Any = None, who: str = "owner", path: str = ITEMS, **more: str) -> Any:
        """The decoded answer of get-list."""
        return self.said("POST", f"{path}/get-list", body or {}, who, **more)

    def ids(self, query: Any = None, who: str = "owner", path: str = ITEMS) -> set[str]:
        """The ids of the rows that match."""
        status, said = self.list({"query": query or {}, "limit": 100}, who, path)
        assert status == 200, said
        return {row["_id"] for row in said["data"]}


def make_house() -> House:
    """All of it, in the database at hand."""
    organization = _project(1, PROJECT, "Northgate")
    homes = [
        make_property(organization, id=pk, name=name)
        for pk, name in ((12, "Elm Court"), (13, "Oak Row"))
    ]
    _chain(organization, homes)
    foreign = _project(2, FOREIGN_PROJECT, "Canary")
    _foreign(foreign)
    owner = make_membership(organization, Role.OWNER, name="Kim Osei", email="kim@example.com")
    admin = make_membership(organization, Role.ADMIN, name="Ada Li", email="ada@example.com")
    member = make_membership(
        organization, Role.MEMBER, links=homes[:1], name="Max Roy", email="max@example.com"
    )
    stranger = make_membership(foreign, Role.OWNER, name="Bird", email="bird@example.com")
    item, everything = Single.READ_CALL_LOG_ITEM, Single.READ_ALL
    made = {
        "owner": make_credential(owner),
        "deployed": make_credential(owner, wire=Wire.DEPLOYED),
        "admin": make_credential(admin),
        "member": make_credential(member),
        "writing member": make_credential(member, can_write=True),
        "item": make_credential(owner, permissions=[item]),
        "all": make_credential(owner, permissions=[everything]),
        "none": make_credential(owner),
        "narrowed": make_credential(owner, properties=homes[:1]),
        "expired": make_credential(owner, expires_at=AT),
        "revoked": make_credential(owner, revoked_at=AT),
        "stranger": make_credential(stranger),
    }
    ApiCredential.objects.filter(pk=made["none"][0].pk).update(role="")
    return House(organization, owner, {name: secret for name, (_, secret) in made.items()})


def _project(pk: int, own: uuid.UUID, name: str) -> Organization:
    return Organization.objects.create(id=pk, uuid=own, name=name, slug=name.lower(), created_at=AT)


def _chain(organization: Organization, homes: list[Any]) -> None:
    kept = {"organization": organization, "created_at": AT, "updated_at": AT}
    joe, ana = (
        Responder.objects.create(id=pk, name=name, email=f"{name[:3].lower()}@example.com", **kept)
        for pk, name in ((JOE, "Joe Tran"), (ANA, "Ana Ruiz"))
    )
    policy = Policy.objects.create(
        id=POLICY, name="Nights", slug="nights-0000000001", routing_phone="+15550100000", **kept
    )
    rules = [
        Rule.objects.create(id=pk, policy=policy, order=order, responder=who, **kept)
        for pk, order, who in ((FIRST, 1, joe), (SECOND, 2, ana))
    ]
    schedule = make_schedule(organization)
    type(schedule).objects.filter(pk=schedule.pk).update(id=SCHEDULE)
    for pk, home in ((LOG, homes[0]), (FAR, homes[1]), (BARE, None)):
        Escalation.objects.create(
            id=pk, policy=policy, property=home, caller_phone="+15550111111", started_at=AT,
            routing_phone="+15550100000", status="Completed" if pk == LOG else "NoAnswer", **kept,
        )  # fmt: skip
    for pk, log, minutes, who, fields in (
        (RANG, LOG, 0, joe, {"rule": rules[0], "dial_seconds": 30, "cost_cents": 2}),
        (TOOK, LOG, 1, ana, {"rule": rules[1], "is_answered": True, "dial_seconds": 12}),
        (AWAY, FAR, 2, joe, {"status_message": "100% of _all_ were busy"}),
        (LOST, BARE, 3, None, {}),
        (GONE, LOG, 4, joe, {"withdrawn_at": AT, "withdrawn_reason": "Wrong"}),
    ):
        at = AT + timedelta(minutes=minutes)
        EscalationItem.objects.create(
            **{
                "id": pk, "escalation_id": log, "responder": who, "created_at": at,
                "phone": "+15550122222" if who else None, "started_at": at if who else None,
                "status": "Connected" if pk == TOOK else "NoAnswer",
                "organization": organization, "updated_at": at,
            }
            | fields
        )  # fmt: skip


def _foreign(organization: Organization) -> None:
    kept = {"organization": organization, "created_at": AT, "updated_at": AT}
    bird = Responder.objects.create(id=FOREIGN_USER, name="Canary Bird", **kept)
    policy = Policy.objects.create(id=FOREIGN_POLICY, name="Canary", slug="canary-1", **kept)
    rule = Rule.objects.create(id=FOREIGN_RULE, policy=policy, order=1, responder=bird, **kept)
    log = Escalation.objects.create(id=FOREIGN_LOG, policy=policy, status="NoAnswer", **kept)
    EscalationItem.objects.create(
        id=FOREIGN_ITEM, escalation=log, rule=rule, responder=bird, status="NoAnswer", **kept
    )
