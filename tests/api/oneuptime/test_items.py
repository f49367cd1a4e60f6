"""Items written through the API: created, changed, taken back (wire/oneuptime.md 11 and 12)."""

from typing import Any

from pytest_django import Settings

from callcenter.escalations.models import EscalationItem

from .house import (
    ABSENT,
    FIRST,
    FOREIGN_ITEM,
    FOREIGN_LOG,
    FOREIGN_RULE,
    FOREIGN_USER,
    GONE,
    ITEMS,
    JOE,
    LOG,
    PROJECT,
    RANG,
    TOOK,
    House,
)

NEW: dict[str, Any] = {"incomingCallLogId": str(LOG), "status": "Example status"}


def create(house: House, data: Any, who: str = "owner", **headers: str) -> Any:
    return house.said("POST", ITEMS, {"data": data}, who, **headers)


def test_the_answer_has_every_plain_column(house: House) -> None:
    status, said = create(house, NEW | {"callCostInUSDCents": "100", "isAnswered": None})
    assert status == 200
    kept = {name: said.pop(name) for name in ("_id", "createdAt", "updatedAt")}
    assert kept["createdAt"].endswith("Z")
    assert list(said.items()) == [
        ("deletedAt", None),
        ("version", 1),
        ("projectId", str(PROJECT)),
        ("incomingCallLogId", str(LOG)),
        ("incomingCallPolicyEscalationRuleId", None),
        ("userId", None),
        ("userPhoneNumber", None),
        ("status", "Example status"),
        ("statusMessage", None),
        ("dialDurationInSeconds", 0),
        ("callCostInUSDCents", 100),
        ("startedAt", None),
        ("endedAt", None),
        ("isAnswered", False),
    ]


def test_a_deployed_answer_echoes_the_forms(house: House) -> None:
    log, user = {"_type": "ObjectID", "value": str(LOG)}, {"_id": str(JOE)}
    sent = {
        "incomingCallLogId": log,
        "user": user,
        "status": "Ringing",
        "userPhoneNumber": {"_type": "Phone", "value": "+15550122222"},
        "startedAt": "2026-03-01T10:00:00Z",
        "endedAt": {"_type": "DateTime", "value": "2026-03-01T11:00:00+01:00"},
        "unknown": 1,
        "deletedAt": "2026-01-01",
        "version": 9,
        "projectId": str(ABSENT),
    }
    said = create(house, sent, "deployed")[1]
    assert said["incomingCallLogId"] == log
    assert said["user"] == user
    assert said["userId"] == str(JOE)
    assert said["userPhoneNumber"] == sent["userPhoneNumber"]
    assert said["startedAt"] == "2026-03-01T10:00:00.000Z"
    assert said["endedAt"] == {"_type": "DateTime", "value": "2026-03-01T10:00:00.000Z"}
    assert said["projectId"] == {"_type": "ObjectID", "value": str(PROJECT)}
    assert said["createdAt"]["_type"] == "DateTime"
    assert (said["version"], said["deletedAt"]) == (1, None)


BACKWARDS = {"startedAt": "2026-03-02", "endedAt": "2026-03-01"}
REFUSED: list[tuple[Any, str]] = [
    ({}, "incomingCallLogId is required"),
    ({"incomingCallLogId": ""}, "incomingCallLogId is required"),
    ({"incomingCallLogId": str(LOG)}, "status is required"),
    (NEW | {"status": None}, "status is required"),
    (NEW | {"status": " "}, "status is required"),
    (NEW | {"status": "x" * 101}, "status length cannot be more than 100 characters"),
    (NEW | {"statusMessage": "x" * 501}, "statusMessage length cannot be more than 500 characters"),
    (NEW | {"userPhoneNumber": "call me"}, "Phone is not in valid format: call me"),
    (NEW | {"statusMessage": "\x00"}, "statusMessage cannot contain a NUL character"),
    (NEW | {"incomingCallLog": "x"}, "incomingCallLog is not in valid format"),
    (NEW | {"dialDurationInSeconds": "abc"}, "dialDurationInSeconds is not in valid format: abc"),
    (NEW | {"isAnswered": "perhaps"}, "isAnswered is not in valid format: perhaps"),
    (
        NEW | {"startedAt": "2026-03-02", "endedAt": "2026-03-01"},
        "endedAt cannot be before startedAt",
    ),
    (NEW | {"_id": "x"}, "_id is not in valid format: x"),
]


def test_creates_that_are_refused(house: House) -> None:
    for data, text in REFUSED:
        assert create(house, data) == (400, {"error": text}), data
    bodies: list[Any] = [None, "", [], {"status": "x"}, {"data": "x"}]
    for body in bodies:
        said = house.said("POST", ITEMS, body)
        assert said == (400, {"error": "incomingCallLogId is required"})
    form = "Invalid request body. The create payload should be an object of the form"
    said = house.said("POST", ITEMS, {"data": []})
    assert said == (400, {"error": f'{form} {{ "data": {{ ...fields... }} }}.'})
    assert EscalationItem.objects.count() == 6


def test_what_is_elsewhere_is_absent(house: House) -> None:
    for name, foreign, title in (
        ("incomingCallLogId", FOREIGN_LOG, "Incoming Call Log"),
        (
            "incomingCallPolicyEscalationRuleId",
            FOREIGN_RULE,
            "Incoming Call Policy Escalation Rule",
        ),
        ("userId", FOREIGN_USER, "User"),
    ):
        text = f"This request references {title} that does not exist. Please check the request and"
        for pk in (ABSENT, foreign):
            said = create(house, NEW | {name: str(pk)})
            assert said == (400, {"error": f"{text} try again."})


def test_an_id_is_never_taken_over(house: House) -> None:
    text = "Incoming Call Log Item with this _id already exists."
    for pk in (RANG, FOREIGN_ITEM):
        before = EscalationItem.objects.filter(pk=pk).values().get()
        assert create(house, NEW | {"_id": str(pk)}) == (400, {"error": text})
        assert EscalationItem.objects.filter(pk=pk).values().get() == before
    status, said = create(house, NEW | {"_id": str(GONE)})
    assert (status, said["_id"] == str(GONE)) == (200, False)
    own = "550e8400-e29b-41d4-a716-446655440000"
    said = create(house, NEW | {"id": own, "createdAt": "2020-01-01"})[1]
    assert (said["_id"], said["createdAt"]) == (own, "2020-01-01T00:00:00.000Z")


def test_updates(house: House) -> None:
    path, body = f"{ITEMS}/{RANG}", {"data": {"status": "Busy", "statusMessage": 7}}
    for method, where in (
        ("PUT", path),
        ("PUT", f"{path}/"),
        ("POST", f"{path}/update-item"),
        ("GET", f"{path}/Update-Item"),
    ):
        answer = house.ask("owner", method, where, body)
        assert (answer.status_code, answer.content) == (200, b"{}")
        assert "no-store" in answer.headers["Cache-Control"]
    row = EscalationItem.objects.get(pk=RANG)
    assert (row.status, row.status_message, row.version, row.dial_seconds) == ("Busy", "7", 5, 30)
    data = {"dialDurationInSeconds": None, "version": 3, "_id": str(TOOK), "createdAt": "x"}
    assert house.said("PUT", path, {"data": data}) == (200, {})
    row.refresh_from_db()
    assert (row.dial_seconds, row.version) == (None, 6)


ITEM = "Incoming Call Log Item"
FORM = (
    "Invalid request body. The update payload should be an object of the form { \"data\": {"
    " ...fields to update... } }."
)  # fmt: skip
NOTHING = (
    'No fields to update. Please include at least one field to update in the "data" object of the'
    " request body."
)


def test_updates_that_are_refused(house: House) -> None:
    path = f"{ITEMS}/{RANG}"
    bodies: list[Any] = [None, {}, {"status": "x"}, {"data": []}, {"data": "x"}]
    for body in bodies:
        assert house.said("PUT", path, body) == (400, {"error": FORM})
    for data, text in (
        ({}, NOTHING),
        ({"_id": "x", "createdAt": 1, "updatedAt": 2}, NOTHING),
        ({"nope": 1}, "TableColumnMetadata not found for nope column"),
        ({"status": None}, "status cannot be null"),
        ({"isAnswered": None}, "isAnswered cannot be null"),
        ({"status": "x" * 101}, "status length cannot be more than 100 characters"),
        *(
            ({name: None}, f"User is not allowed to update on {name} column of {ITEM}")
            for name in ("projectId", "deletedAt", "userId", "user", "incomingCallLogId")
        ),
    ):  # fmt: skip
        assert house.said("PUT", path, {"data": data}) == (400, {"error": text}), data
    text = "Unable to update this incoming call log item. It either does not exist, has been"
    for pk in (ABSENT, FOREIGN_ITEM, GONE):
        said = house.said("PUT", f"{ITEMS}/{pk}", {"data": {"status": "x"}})
        tail = " deleted, or you do not have permission to update it."
        assert said == (422, {"error": text + tail})
    assert EscalationItem.objects.get(pk=RANG).version == 1


def test_deletes_withdraw(house: House) -> None:
    path = f"{ITEMS}/{RANG}"
    assert house.said("DELETE", path) == (200, {}) == house.said("DELETE", path)
    assert house.said("GET", f"{path}/get-item") == (200, {})
    assert str(RANG) not in house.ids()
    row = EscalationItem.objects.get(pk=RANG)
    assert row.withdrawn_at is not None
    assert house.said("POST", f"{ITEMS}/{TOOK}/delete-item") == (200, {})
    assert house.said("GET", f"{ITEMS}/{FOREIGN_ITEM}/delete-item") == (200, {})
    assert EscalationItem.objects.get(pk=FOREIGN_ITEM).withdrawn_at is None
    again = create(house, NEW | {"_id": str(RANG)})[1]
    assert again["_id"] != str(RANG)


def test_get_writes_only_with_the_key_and_the_setting(house: House, settings: Settings) -> None:
    client = house.ask(None, "GET", f"{ITEMS}/{RANG}/delete-item", cookie="sessionid=x")
    assert client.status_code == 401
    settings.ONEUPTIME_GET_WRITES = False
    for form in ("update-item", "delete-item"):
        path = f"{ITEMS}/{RANG}/{form}"
        said = house.said("GET", path, {"data": {"status": "x"}})
        assert said == (404, {"message": f"Page not found - {path}"})
        assert house.said("GET", path, None, "none")[0] == 404
    assert house.said("POST", f"{ITEMS}/{RANG}/update-item", {"data": {"status": "x"}})[0] == 200
    assert EscalationItem.objects.get(pk=RANG).withdrawn_at is None


def test_a_repetition_has_one_effect(house: House) -> None:
    first = create(house, NEW, idempotency_key="a")
    assert create(house, NEW, idempotency_key="a") == first
    assert EscalationItem.objects.count() == 7
    said = create(house, NEW | {"status": "other"}, idempotency_key="a")
    reused = "Idempotency-Key was already used with another request."
    assert said == (409, {"error": reused})
    for key in ("", "a b", "k" * 256, "\u00e9"):
        said = create(house, NEW, idempotency_key=key)
        assert said == (400, {"error": "Invalid Idempotency-Key"})
    path, body = f"{ITEMS}/{RANG}", {"data": {"status": "x"}}
    for _ in range(2):
        assert house.said("PUT", path, body, idempotency_key="b") == (200, {})
    assert EscalationItem.objects.get(pk=RANG).version == 2


def test_a_create_as_csv_and_as_a_form(house: House) -> None:
    answer = house.ask("owner", "POST", f"{ITEMS}?output-type=csv", {"data": NEW})
    head, row, _ = answer.content.decode().split("\r\n")
    assert head.startswith("_id,createdAt,updatedAt,deletedAt,version,projectId")
    assert f",{LOG},,,,Example status,,0,0,,,false" in row
    form = f"data[incomingCallLog][_id]={LOG}&data[status]=x&data[startedAt]=&data[isAnswered]=on"
    kind = "application/x-www-form-urlencoded"
    said = house.said("POST", ITEMS, form, content_type=kind)[1]
    assert (said["incomingCallLogId"], said["startedAt"], said["isAnswered"]) == (
        str(LOG),
        None,
        True,
    )
    assert said["incomingCallPolicyEscalationRuleId"] is None
    data = NEW | {"incomingCallPolicyEscalationRule": {"_id": str(FIRST)}}
    assert create(house, data)[1]["incomingCallPolicyEscalationRuleId"] == str(FIRST)
