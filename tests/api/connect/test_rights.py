"""Who may do what to which row: the tables of wire/connect.md 2 and 3, cell by cell."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from callcenter.accounts.models import ApiCredential, Membership, Organization, Role
from callcenter.calls.models import Callback, CallLog
from callcenter.properties.models import PropertyLink
from tests.factories import make_credential, make_membership

from .house import ABSENT, House, body_of, code_of, state_of

FULL, READS, NOTHING = (200, 200, 201), (200, 1008, 1008), (1008, 1008, 1008)
# what each secret gets for GET, PUT and POST of something that it sees
RIGHTS: dict[str, tuple[int, int, int]] = {
    "owner": FULL,
    "admin": FULL,
    "writer": FULL,
    "reader": READS,
    "item": NOTHING,
    "all": READS,
    "member all": READS,
    "none": NOTHING,
    "narrowed": FULL,
    "narrowed reader": READS,
    "narrowed writer": FULL,
    "narrowed to nothing": (105, 105, 1008),
    "stranger": (106, 106, 114),
    "expired": (1001, 1001, 1001),
    "revoked": (1001, 1001, 1001),
}


def said(answer: object) -> int:
    """The code of a refusal, else the status."""
    return code_of(answer) or int(answer.status_code)  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", RIGHTS)
def test_each_credential_has_its_rights(house: House, who: str) -> None:
    new = {"PropertyId": 12, "CallFrom": "Ana"}
    got = [
        said(house.get("/api/calllogs/4711", who)),
        said(house.put({"NewComments": "x"}, who)),
        said(house.post(new, who)),
    ]
    assert tuple(got) == RIGHTS[who]


# the calls 4711 (linked), 4713 (not linked), 4714 (no place), 4715 (withdrawn), 4990 (foreign)
ROWS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("owner", "admin", "all"), (200, 200, 200, 106, 106)),
    **dict.fromkeys(("writer", "reader", "member all"), (200, 105, 200, 106, 106)),
    **dict.fromkeys(("narrowed", "narrowed reader", "narrowed writer"), (200, 105, 106, 106, 106)),
    "narrowed to nothing": (105, 105, 106, 106, 106),
    "stranger": (106, 106, 106, 106, 200),
}
LOGS = (4711, 4713, 4714, 4715, 4990)


@pytest.mark.parametrize("who", ROWS)
def test_105_and_106_of_calls_are_told_apart_as_written(house: House, who: str) -> None:
    before = [state_of(log) for log in LOGS]
    for log, wanted in zip(LOGS, ROWS[who], strict=True):
        assert said(house.get(f"/api/calllogs/{log}", who)) == wanted, log
        changed = said(house.put({"Notes": None}, who, log))
        reads = who in ("all", "reader", "member all", "narrowed reader")
        assert changed == (1008 if reads else wanted), log
    assert [state_of(log) for log in LOGS] == before
    shown = {log for log, wanted in zip(LOGS, ROWS[who], strict=True) if wanted == 200}
    listed = json.loads(body_of(house.get("/api/calllogs", who)))
    assert {log["LogId"] for log in listed["Elements"]} - {4712} == shown
    assert listed["Total"] == len(listed["Elements"])


@pytest.mark.parametrize("who", ["reader", "writer", "member all"])
def test_a_member_sees_calls_without_a_place_as_on_the_pages(house: House, who: str) -> None:
    path, log = "/api/calllogs/4714", CallLog.objects.filter(pk=4714)
    Organization.objects.filter(pk=1).update(members_see_unplaced=False)
    assert said(house.get(path, who)) == 106
    log.update(taken_by=house.people["member"].user)
    assert said(house.get(path, who)) == 200
    assert said(house.get(path, "narrowed reader")) == 106
    log.update(taken_by=None, assignee=house.people["member"].user)
    assert said(house.get(path, who)) == 200
    log.update(assignee=None)
    Callback.objects.create(
        organization_id=1, call_log_id=4714, due_at=timezone.now() + timedelta(hours=1)
    )
    assert said(house.get(path, who)) == 200
    assert said(house.get(path, "narrowed")) == 106


PARENTS = {
    "units/{}": (340, 350, 990),
    "units/{}/calllogs": (340, 350, 990),
    "units/{}/unitsummary": (340, 350, 990),
    "properties/{}": (12, 13, 90),
    "properties/{}/units": (12, 13, 90),
    "properties/{}/calllogs": (12, 13, 90),
    "properties/{}/propertysummary": (12, 13, 90),
    "residents/{}": (77, 78, 997),
    "residents/{}/calllogs": (77, 78, 997),
    "calllogs/{}": (4711, 4713, 4990),
}


def test_105_is_for_rows_of_ours_that_are_not_linked(house: House) -> None:
    for template, (linked, other, foreign) in PARENTS.items():
        for who, wanted in (("reader", 105), ("narrowed", 105), ("owner", 200), ("all", 200)):
            got = [
                said(house.get(f"/api/{template.format(pk)}", who))
                for pk in (linked, other, foreign, ABSENT)
            ]
            assert got == [200, wanted, 106, 106], (template, who)


def test_b07_a_foreign_row_answers_like_an_absent_one(house: House) -> None:
    paths = [f"/api/{template}" for template in PARENTS] + ["/api/modulestatus/{}"]
    for path in paths:
        foreign = {**PARENTS, "modulestatus/{}": (0, 0, 93)}[path.removeprefix("/api/")][2]
        for who in ("owner", "reader", "narrowed", "none"):
            for method in ("GET", "HEAD", "PUT"):
                both = [
                    house.ask(
                        who, method, path.format(pk), {"Notes": "x"} if method == "PUT" else None
                    )
                    for pk in (foreign, ABSENT)
                ]
                alike = [(one.status_code, one.content, _headers(one)) for one in both]
                assert alike[0] == alike[1], (path, who, method)


def _headers(answer: object) -> dict[str, str]:
    headers = dict(answer.headers)  # type: ignore[attr-defined]
    headers.pop("X-Request-ID")
    return headers


def test_b03_foreign_ids_of_a_new_call_answer_like_absent_ones(house: House) -> None:
    for name, foreign in (
        ("PropertyId", 90),
        ("UnitId", 990),
        ("ResidentId", 997),
        ("ModuleStatusId", 93),
        ("LogReasons", 92),
    ):
        for who in ("owner", "writer", "narrowed writer"):
            both = []
            for pk in (foreign, ABSENT):
                sent = {
                    "PropertyId": 12,
                    "CallFrom": "x",
                    name: [pk] if name == "LogReasons" else pk,
                }
                answer = house.post(sent, who)
                both.append((answer.status_code, answer.content))
            assert both[0] == both[1], (name, who)
            assert both[0][0] == 400, (name, who)


def test_a_new_call_with_a_property_set_names_one_of_it(house: House) -> None:
    for body, wanted in (
        ({"PropertyId": 12}, 201),
        ({"UnitId": 340}, 201),
        ({"ResidentId": 77, "UnitId": 340}, 201),
        ({"PropertyId": 13}, 1008),
        ({"UnitId": 350}, 1008),
        ({"ResidentId": 78}, 1008),
        ({}, 1008),
    ):
        for who in ("narrowed", "narrowed writer"):
            assert said(house.post(body | {"CallFrom": "x"}, who)) == wanted, (body, who)
    assert said(house.post({"PropertyId": 12, "CallFrom": "x"}, "narrowed to nothing")) == 1008
    assert said(house.post({"UnitId": 350, "CallFrom": "x"}, "writer")) == 105
    assert said(house.post({"CallFrom": "x"}, "writer")) == 201


def test_b41_a_key_falls_with_its_owner(house: House) -> None:
    people = Membership.objects.filter(pk=house.people["owner"].pk)
    make_membership(house.organization, Role.OWNER)
    assert said(house.put({"Notes": None}, "owner")) == 200
    people.update(role=Role.MEMBER)
    assert said(house.get("/api/calllogs/4711", "owner")) == 105
    assert said(house.put({"Notes": None}, "owner")) == 1008
    PropertyLink.objects.create(organization_id=1, membership=people[0], property_id=12)
    assert said(house.get("/api/calllogs/4711", "owner")) == 200
    assert said(house.get("/api/calllogs/4713", "all")) == 105
    assert said(house.put({"Notes": None}, "owner")) == 1008
    people.update(is_active=False)
    assert said(house.get("/api/calllogs/4711", "owner")) == 1001


def test_b06_revoked_expired_and_unlinked_count_on_the_next_request(house: House) -> None:
    member = house.people["member"]
    key, secret = make_credential(member)
    house.keys["new"] = secret
    assert said(house.get("/api/calllogs/4711", "new")) == 200
    PropertyLink.objects.filter(membership=member).delete()
    assert said(house.get("/api/calllogs/4711", "new")) == 105
    mine = ApiCredential.objects.filter(pk=key.pk)
    mine.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert said(house.get("/api/calllogs/4711", "new")) == 1001
    mine.update(expires_at=timezone.now() + timedelta(hours=1))
    assert said(house.get("/api/calllogs/4711", "new")) == 105
    mine.update(revoked_at=timezone.now())
    assert said(house.get("/api/calllogs/4711", "new")) == 1001


def test_a_lower_role_of_the_key_counts_and_cookies_do_not(house: House) -> None:
    owner = house.people["owner"]
    house.keys["low"] = make_credential(owner, Role.MEMBER, can_write=True)[1]
    assert said(house.get("/api/calllogs/4711", "low")) == 105  # linked to nothing
    cookie = {"cookie": "sessionid=anything; organization=1"}
    assert said(house.ask(None, "GET", "/api/calllogs/4711", **cookie)) == 100
    assert "Set-Cookie" not in house.get("/api/calllogs/4711").headers
    assert not house.get("/api/calllogs/4711").cookies


def test_the_word_of_the_scheme_and_the_secret_are_read_in_any_case(house: House) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "Bearer  "):
        for secret in (house.keys["owner"], house.keys["owner"].upper()):
            answer = house.ask(
                None, "GET", "/api/modulestatus/3", authorization=f"{scheme} {secret}"
            )
            assert answer.status_code == 200
