"""What static/js/drafts.js is answered, and drafts that go with the call that they became."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from callcenter.accounts.models import Membership, Role
from callcenter.calls import actions
from callcenter.calls.drafts import Opened, save_draft
from callcenter.calls.models import CallLog, Comment, Draft
from callcenter.properties.models import Unit
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_property,
    make_unit,
    principal_again,
    status_named,
)

pytestmark = pytest.mark.django_db
WRITER = "0f9a6f0e-2f1c-4b7e-9c51-3a1d2f6f7a11"


@pytest.fixture
def me() -> Membership:
    return make_membership(make_organization(), Role.ADMIN, name="Kim")


@pytest.fixture
def unit(me: Membership) -> Unit:
    return make_unit(make_property(me.organization, name="Maple Court"), number="12B")


@pytest.fixture
def client(me: Membership) -> Client:
    client = Client()
    client.force_login(me.user)
    return client


def put(client: Client, key: str = "new", **said: Any) -> Any:
    body = {"opened": f"{WRITER}.0", "seq": 1, "data": [["notes", "Water"]]} | said
    return client.put(f"/drafts/{key}/", json.dumps(body), content_type="application/json")


def kept() -> list[str]:
    return [draft.data[0][1] for draft in Draft.objects.exclude(data=[])]


def test_what_was_kept_is_given_back_with_the_time_and_the_key_of_the_login(
    client: Client, me: Membership
) -> None:
    me.user.time_zone = "Asia/Kathmandu"
    me.user.save(update_fields=["time_zone"])
    answer = put(client)
    assert answer.status_code == 200
    assert answer.json()["revision"] == 1
    given = client.get("/drafts/", {"for": ["new", "new:u1"]})
    assert given.headers["Cache-Control"] == "private, no-store"
    told = given.json()
    assert set(told["drafts"]) == {"new"}
    assert told["drafts"]["new"]["data"] == [["notes", "Water"]]
    assert told["drafts"]["new"]["saved"] == answer.json()["saved"]
    assert len(told["key"]) == 44
    assert Client().get("/drafts/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        *("", "\x00", "new\x00", "new\n", "new:u0", "new:u-1", "call:1", "<b>new</b>"),
        *("new:u" + "9" * 30, "x" * 1_000_000),
    ],
    ids=lambda name: f"{name[:9]!a}",
)
def test_what_names_no_form_has_no_draft(client: Client, name: str) -> None:
    put(client)
    given = client.get("/drafts/", {"for": [name, "new"]})
    assert given.status_code == 200
    assert set(given.json()["drafts"]) == {"new"}


def test_b24_the_key_is_the_logins_own_and_dies_with_it(client: Client, me: Membership) -> None:
    key = client.get("/drafts/").json()["key"]
    assert client.get("/drafts/").json()["key"] == key
    client.logout()
    client.force_login(me.user)
    assert client.get("/drafts/").json()["key"] not in ("", key)


def test_nobody_is_given_the_draft_of_another(client: Client, me: Membership) -> None:
    put(client)
    other = Client()
    other.force_login(make_membership(me.organization).user)
    assert other.get("/drafts/?for=new").json()["drafts"] == {}


@pytest.mark.parametrize(
    "said",
    [
        {"opened": "nobody.1"},
        {"opened": None},
        {"seq": -1},
        {"seq": True},
        {"seq": 2**63},
        {"seq": "1"},
        {"data": []},
        {"data": [["notes", {"a": 1}]]},
        {"moved_from": 7},
        {"moved_from": "\x00"},
        {"data": [["notes", "\x00"]]},
    ],
    ids=str,
)
def test_what_is_no_draft_is_refused(client: Client, said: dict[str, Any]) -> None:
    answer = put(client, **said)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert kept() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"seq": NaN}', b"[" * 50])
def test_what_is_no_json_is_refused(client: Client, body: bytes) -> None:
    answer = client.put("/drafts/new/", body, content_type="application/json")
    assert answer.status_code == 422


def test_a_key_about_what_is_not_there_is_not_found(client: Client) -> None:
    stranger = make_unit(make_property(make_organization()))
    for key in (f"new:u{stranger.pk}", "new:u99999999", "call:99999999:notes", "other"):
        assert put(client, key).status_code == 404


def test_discarding_leaves_what_was_written_since(client: Client) -> None:
    revision = put(client).json()["revision"]
    newer = str(uuid.uuid4())
    put(client, opened=f"{newer}.{revision}", data=[["notes", "newer"]])
    reader = str(uuid.uuid4())
    client.delete(f"/drafts/new/?opened={reader}.{revision}")
    assert kept() == ["newer"]
    client.delete(f"/drafts/new/?opened={reader}.{revision + 9}")
    assert kept() == []
    assert client.delete("/drafts/new/?opened=x").status_code == 422


def form_of(unit: Unit, **said: Any) -> dict[str, Any]:
    first = status_named(unit.organization)
    form = {"call_from": "Ana", "direction": "inbound", "status": first.pk, "notes": "Water"}
    return form | {"unit": unit.pk, "property": unit.property_id, "key": str(uuid.uuid4())} | said


def test_the_draft_goes_in_the_transaction_that_logs_the_call(client: Client, unit: Unit) -> None:
    put(client, f"new:u{unit.pk}")
    form = form_of(unit, draft=f"{WRITER}.1.new:u{unit.pk}")
    assert client.post("/new/", form).status_code == 302
    assert (CallLog.objects.count(), kept()) == (1, [])
    late = put(client, f"new:u{unit.pk}", seq=9)
    assert (late.json()["over"], kept()) == (True, [])
    assert client.post("/new/", form | {"draft": f"{WRITER}.4.new:u{unit.pk}"}).status_code == 302
    assert CallLog.objects.count() == 1


def test_b47_when_the_call_is_not_logged_the_draft_stays(
    client: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, f"new:u{unit.pk}")
    refused = form_of(unit, draft=f"{WRITER}.1.new:u{unit.pk}", contacted="soon")
    assert client.post("/new/", refused).status_code == 422
    assert kept() == ["Water"]

    def fail(*_args: object, **_fields: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("callcenter.accounts.idempotency._store", fail)
    with pytest.raises(RuntimeError):
        client.post("/new/", form_of(unit, draft=f"{WRITER}.1.new:u{unit.pk}"))
    assert (CallLog.objects.count(), kept()) == (0, ["Water"])


def test_the_draft_of_another_place_stays(client: Client, unit: Unit) -> None:
    put(client, f"new:u{unit.pk}")
    put(client, "new", opened=f"{uuid.uuid4()}.0", data=[["notes", "nobody"]])
    client.post("/new/", form_of(unit, draft=f"{WRITER}.1.new:u{unit.pk}"))
    assert kept() == ["nobody"]


def test_comments_and_notes_forget_their_drafts_with_the_effect(
    client: Client, me: Membership
) -> None:
    log = make_call_log(me.organization)
    for name, field in (("comment", "text"), ("notes", "notes")):
        put(client, f"call:{log.pk}:{name}", opened=f"{uuid.uuid4()}.0")
        found = Draft.objects.get(key=f"call:{log.pk}:{name}")
        sent: dict[str, Any] = {
            field: "Water",
            "key": str(uuid.uuid4()),
            "draft": f"{found.writer}.1.{found.key}",
        }
        sent |= {"seen_version": CallLog.objects.get(pk=log.pk).version}
        for again in (sent, sent | {"draft": f"{found.writer}.2.{found.key}"}):
            assert client.post(f"/calls/{log.pk}/{name}/", again).status_code == 302
    assert kept() == []
    assert Comment.objects.filter(call_log=log, kind="comment").count() == 1
    assert CallLog.objects.get(pk=log.pk).notes == "Water"


def test_a_form_without_the_script_leaves_no_trace(client: Client, unit: Unit) -> None:
    client.post("/new/", form_of(unit))
    assert not Draft.objects.exists()


def test_an_action_alone_touches_no_draft(me: Membership) -> None:
    actor = principal_again(me)
    log = make_call_log(me.organization)
    key, opened = f"call:{log.pk}:comment", Opened(WRITER, 0)
    save_draft(key=key, opened=opened, seq=1, entries=[["text", "Water"]], actor=actor)
    actions.append_comment(call_log_id=log.pk, text="by API", actor=actor)
    assert kept() == ["Water"]
