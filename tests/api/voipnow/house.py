"""An organisation whose ids never change: what golden files and tests of the dialect are about.

Priya, a member linked to Elm Court, has 0003*210 and 0003*211; Max has 0003*220; 0003*300 is
nobody's. Live: RINGS and TALKS at Priya's (TALKS at both), FAR at 0003*210 but at a property that
is not linked, OTHER at Max's, LOCAL at nobody's. Over: the five of OVER. BIRD is Canary's.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from callcenter.accounts.models import ApiCredential, Membership, Organization, Role, Wire
from callcenter.accounts.models import SinglePermission as Single
from callcenter.accounts.tokens import issue_token
from callcenter.properties.models import Property
from callcenter.telephony.models import Extension, PhoneCall
from tests.factories import (
    make_credential,
    make_extension,
    make_membership,
    make_party,
    make_phone_call,
    make_property,
)

CLIENT = Client(raise_request_exception=False)  # one for all: it loads the middleware once
AT = datetime(2026, 11, 20, 14, 3, 11, 532_000, tzinfo=UTC)
LIVE, CDR = "/uapi/phoneCalls", "/uapi/cdr"
NOVEMBER = "startDate=2026-11-01T00:00:00Z&endDate=2026-11-30T23:59:59Z"
OWNER, PRIYA, MAX, STRANGER, ABSENT = 900_011, 900_012, 900_013, 900_091, 900_999


def wid(number: int) -> str:
    """The same call id for the same number."""
    return f"9f3c1d7ae05b42c6{number:04x}"


RINGS, TALKS, FAR, OTHER, LOCAL, GONE, BIRD = map(wid, range(1, 8))
ANSWERED, MISSED, BUSY, INNER, UNTOLD = OVER = tuple(map(wid, range(16, 21)))


@dataclass(frozen=True)
class Key:
    """Id and secret of a client."""

    client_id: str
    secret: str


@dataclass(frozen=True)
class House:
    """The organisation, and the tokens of its credentials by what they are."""

    organization: Organization
    priya: Membership
    tokens: dict[str, str]
    keys: dict[str, Key]

    def ask(self, who: str | None, method: str, path: str, body: Any = None, **more: str) -> Any:
        """The answer to a request with the token of `who`."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if who is not None:
            headers.setdefault("authorization", f"Bearer {self.tokens[who]}")
        kind = headers.pop("content-type", "application/x-www-form-urlencoded")
        return CLIENT.generic(method, path, body or "", kind, headers=headers)

    def said(self, path: str, who: str = "owner", **more: str) -> Any:
        """Status and decoded body of a GET."""
        answer = self.ask(who, "GET", path, **more)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def ids(self, path: str, who: str = "owner") -> list[str]:
        """The ids that are listed, in their order."""
        status, body = self.said(path, who)
        assert status in (200, 204), body
        return [entry["id"] for entry in body["entry"]] if body else []

    def code(self, path: str, who: str = "owner") -> tuple[int, str]:
        """Status and code of a refusal."""
        status, body = self.said(path, who)
        return status, (body or {}).get("error", {}).get("code", "")


def make_house() -> House:
    """All of it, in the database at hand."""
    organization = Organization.objects.create(
        id=900_003, name="Maple Property Mgmt", slug="maple", time_zone="America/New_York"
    )
    homes = [make_property(organization, name=name) for name in ("Elm Court", "Oak Row")]
    owner = make_membership(organization, Role.OWNER, id=OWNER, email="kim@example.com")
    priya = make_membership(
        organization, Role.MEMBER, links=homes[:1], id=PRIYA, email="priya@example.com"
    )
    other = make_membership(organization, Role.MEMBER, id=MAX, email="max@example.com")
    admin = make_membership(organization, Role.ADMIN, email="ada@example.com")
    lines = {
        number: make_extension(organization, f"0003*{number}", user=user)
        for number, user in ((210, priya.user), (211, priya.user), (220, other.user), (300, None))
    }
    _live(organization, lines, homes)
    _over(organization, lines, homes)
    stranger = _foreign()
    made = {
        "owner": make_credential(owner),
        "deployed": make_credential(owner, wire=Wire.DEPLOYED),
        "admin": make_credential(admin),
        "priya": make_credential(priya),
        "deployed priya": make_credential(priya, wire=Wire.DEPLOYED),
        "max": make_credential(other),
        "low": make_credential(owner, Role.MEMBER),
        "item": make_credential(owner, permissions=[Single.READ_CALL_LOG_ITEM]),
        "all": make_credential(owner, permissions=[Single.READ_ALL]),
        "narrowed": make_credential(owner, properties=homes[:1]),
        "stranger": make_credential(stranger),
    }
    return House(
        organization,
        priya,
        {who: _token(key) for who, (key, _) in made.items()},
        {who: Key(str(key.client_id), secret) for who, (key, secret) in made.items()},
    )


def _token(credential: ApiCredential) -> str:
    credential.refresh_from_db()
    issued = issue_token(credential_id=credential.pk, client_id=credential.client_id)
    assert issued is not None
    return issued.token


def _call(
    organization: Organization, wire_id: str, minutes: int, line: Extension, **fields: Any
) -> PhoneCall:
    at = AT + timedelta(minutes=minutes)
    return make_phone_call(
        organization, wire_id=wire_id, external_id=wire_id, published_at=at, stored_at=at,
        extension=line, **fields,
    )  # fmt: skip


def _live(organization: Organization, lines: dict[int, Extension], homes: list[Property]) -> None:
    mine, second, others, nobodys = lines.values()
    rings = _call(organization, RINGS, 1, mine, property=homes[0])
    make_party(
        rings, extension=mine, sources=["+13055550142"], destinations=["0003*210"],
        ringing_at=rings.published_at, caller_id="Ana Ruiz <+13055550142>",
    )  # fmt: skip
    answered = AT + timedelta(minutes=2, seconds=8)
    talks = _call(organization, TALKS, 2, mine, answered_at=answered, nonce="n-1")
    ended = {"ended_at": answered, "disposition": 0}
    for line, more in ((mine, {"on_hold_at": answered, "holder": 1}), (second, ended)):
        make_party(
            talks, extension=line, sources=["+13055550143"], destinations=[line.number], status=5,
            ringing_at=talks.published_at, answered_at=answered, recording_at=answered,
            parked_at=answered, parked_pos=7, parked_by="0003*210", **more,
        )  # fmt: skip
    far = _call(organization, FAR, 3, mine, property=homes[1], flow=4)
    make_party(far, extension=mine, flow=4, status=4, sources=["0003*210"], destinations=["911"])
    other = _call(organization, OTHER, 4, others)
    make_party(other, extension=others)
    local = _call(organization, LOCAL, 4, nobodys, flow=2)
    make_party(local, extension=None, flow=None, sources=["Anonymous"], status=0)
    _call(organization, GONE, 5, mine, withdrawn_at=AT, withdrawn_reason="Wrong")


def _over(organization: Organization, lines: dict[int, Extension], homes: list[Property]) -> None:
    mine, _, others, _ = lines.values()
    for wire_id, minutes, line, flow, disposition, number in (
        (ANSWERED, -60, mine, 8, 0, "+1 (305) 555-0142"),
        (MISSED, -50, mine, 8, 3, "+13055550143"),
        (BUSY, -40, others, 4, 1, "+13055550144"),
        (INNER, -30, mine, 2, 0, "0003*211"),
        (UNTOLD, -20, others, 8, None, "+13055550142"),
    ):
        at = AT + timedelta(minutes=minutes)
        answered = at + timedelta(seconds=8) if disposition == 0 else None
        call = _call(
            organization, wire_id, minutes, line, flow=flow, disposition=disposition,
            answered_at=answered, ended_at=at + timedelta(minutes=1),
            property=homes[0] if wire_id == ANSWERED else None,
        )  # fmt: skip
        make_party(
            call, extension=line, flow=flow, sources=[number], destinations=[line.number],
            answered_at=answered, ended_at=call.ended_at, disposition=disposition,
        )  # fmt: skip


def _foreign() -> Membership:
    foreign = Organization.objects.create(id=900_009, name="Canary", slug="canary")
    stranger = make_membership(foreign, Role.OWNER, id=STRANGER, email="bird@example.com")
    line = make_extension(foreign, "0009*210", user=stranger.user)
    make_party(_call(foreign, BIRD, 0, line), extension=line)
    return stranger
