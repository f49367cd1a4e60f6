"""Every list and every refusal of one, byte for byte, in both forms of the wire."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.db.models import F

from callcenter.accounts.models import AccessToken, ApiCredential, ApiUse
from callcenter.api.voipnow import reads
from callcenter.api.voipnow.params import ALL as OPERATORS
from tests.api.connect.transcripts import Transcript

from .house import AT, CDR, LIVE, MAX, NOVEMBER, PRIYA, RINGS, TALKS, House

FOLDER = Path(__file__).with_name("golden")
# what each run has another of: tokens, seconds until the minute is over
CHANGING = r'(?<="access_token":")[A-Za-z0-9_-]{43}'
FORMS = {"documented": ("owner", "priya"), "deployed": ("deployed", "deployed priya")}
EMPTY_OR_WRONG = {
    "fields": ("", "id,duration"),
    "count": ("", "5000"),
    "filterBy": ("", "duration"),
    "filterOp": ("", "matches"),
    "filterValue": ("", None, "yesterday"),  # None: it is not there
    "sortOrder": ("", "random"),
    "startIndex": ("", "-1"),
}
OF_HISTORY = {
    "source": ("", "Ana"),
    "destination": ("", "Ana"),
    "startDate": ("", "yesterday"),
    "endDate": ("", "2026-11-31T00:00:00"),
    "saveStartDate": ("", "1"),
    "saveEndDate": ("", "1"),
    "disposition": ("", "6"),
    "flow": ("", "3"),
}
CDR_BY = ("source", "destination", "published", "answered")


def transcript(name: str, form: str, house: House) -> Transcript:
    return Transcript(f"{name}_{form}", house, folder=FOLDER, changing=CHANGING)


def wrong(parameters: dict[str, Any], by: str) -> list[str]:
    """Queries with one parameter of these that is empty, then wrong."""
    queries = []
    for name, values in parameters.items():
        for value in values:
            good = {"filterBy": by} if name in ("filterOp", "filterValue") else {}
            good |= {"filterOp": "equals"} if value == "yesterday" else {}
            said = good | ({} if value is None else {name: value})
            queries.append(urlencode(said))
    return queries


@pytest.mark.parametrize("form", FORMS)
def test_live_calls(form: str, house: House) -> None:
    owner, priya = FORMS[form]
    told = transcript("live", form, house)
    for path in ("", "/", f"/{PRIYA}", "/@me/210", f"//0003*210/{RINGS}"):
        for prefix in ("/uapi", "/unifiedapi"):
            told.ask("own calls", "GET", f"{prefix}/phoneCalls{path}", None, priya)
    told.ask("without a body", "HEAD", LIVE, None, priya)
    told.ask("every call", "GET", f"{LIVE}/@organization/@self/", None, owner)
    told.ask("of somebody", "GET", f"{LIVE}/{MAX}/0003*220", None, owner)
    told.ask("nothing to list", "GET", LIVE, None, owner)
    told.ask("a call that is gone", "GET", f"{LIVE}/@me/@self/{'0' * 20}", None, priya)
    for query in (
        "fields=id&count=2",
        "fields=id&count=2&startIndex=2",
        "fields=id&count=2&startIndex=4&sortOrder=ascending",
        "startIndex=4999&count=4999",
        "fields=answered%2C+nonce&format=json",
    ):
        told.ask("a part", "GET", f"{LIVE}/@organization?{query}", None, owner)
    values = {"id": TALKS, "published": "2026-11-20T14:05:11Z"}
    for by, value in values.items():
        for operator in OPERATORS:
            said = {"fields": "id", "filterBy": by, "filterOp": operator, "filterValue": value}
            path = f"{LIVE}/@organization?{urlencode(said)}"
            told.ask("an operator", "GET", path, None, owner)
    told.check()


@pytest.mark.parametrize("form", FORMS)
def test_the_history(form: str, house: House) -> None:
    owner, priya = FORMS[form]
    told = transcript("history", form, house)
    for path in ("", "/@me/", f"/{PRIYA}"):
        for prefix in ("/uapi", "/unifiedapi"):
            told.ask("own calls", "GET", f"{prefix}/cdr{path}?{NOVEMBER}", None, priya)
    every = f"{CDR}/@organization?{NOVEMBER}"
    told.ask("every call", "GET", every, None, owner)
    told.ask("nothing to list", "GET", f"{every}&flow=8&disposition=5", None, owner)
    told.ask("without a body", "HEAD", every, None, owner)
    for query in (
        "count=2&startIndex=2",
        "source=%2B13055550142",
        "destination=0003*220",
        "disposition=4",
        "flow=2",
        "saveStartDate=2026-11-20T08:23:11&saveEndDate=2026-11-20T14:23:11+01:00",
    ):
        told.ask("narrowed", "GET", f"{every}&fields=id&{query}", None, owner)
    for by, value in (("source", "+13055550143"), ("answered", "2026-11-20T13:03:19Z")):
        for operator in OPERATORS:
            said = {"fields": "id", "filterBy": by, "filterOp": operator, "filterValue": value}
            told.ask("an operator", "GET", f"{every}&{urlencode(said)}", None, owner)
    told.check()


@pytest.mark.parametrize("form", FORMS)
def test_every_refusal(
    form: str, house: House, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, priya = FORMS[form]
    told = transcript("refusals", form, house)
    for path in ("/uapi", "/UAPI/phoneCalls", "/uapi/phoneCalls/a/b/c/d", "/unifiedapi/cdr/a/b"):
        told.ask("no such address", "GET", path, None, owner)
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        told.ask("no such method", method, f"{LIVE}/@me/@self/{RINGS}", None, owner)
    told.ask("no token", "GET", LIVE, None, None)
    told.ask("a wrong token", "GET", CDR, None, None, authorization=f"Bearer {'A' * 43}")
    ApiCredential.objects.filter(client_id=house.keys["stranger"].client_id).update(revoked_at=AT)
    told.ask("a credential that is revoked", "GET", LIVE, None, "stranger")
    told.ask("no right", "GET", LIVE, None, "item")
    told.ask("somebody else", "GET", f"{LIVE}/{MAX}", None, priya)
    told.ask("all of them", "GET", f"{CDR}/@organization", None, priya)
    told.ask("nobody", "GET", f"{LIVE}/999", None, owner)
    told.ask("an extension of nobody", "GET", f"{LIVE}/@me/999", None, priya)
    for query in wrong(EMPTY_OR_WRONG, "published"):
        told.ask("a parameter", "GET", f"{LIVE}?{query}", None, owner)
    for query in wrong(EMPTY_OR_WRONG | OF_HISTORY, "answered"):
        told.ask("a parameter", "GET", f"{CDR}?{query}", None, owner)
    for by in CDR_BY:
        said = urlencode({"filterBy": by, "filterOp": "equals", "filterValue": "x"})
        told.ask("a value that does not fit", "GET", f"{CDR}?{said}", None, owner)
    order = "startDate=2026-11-02T00:00:00&endDate=2026-11-01T00:00:00"
    told.ask("an end before its start", "GET", f"{CDR}?{order}", None, owner)
    told.ask("a foreign host", "GET", LIVE, None, owner, host="evil.example")
    monkeypatch.setattr(reads, "context_of", failing(OperationalError("away")))
    told.ask("the database is away", "GET", LIVE, None, owner)
    monkeypatch.setattr(reads, "context_of", failing(ZeroDivisionError()))
    told.ask("nobody foresaw it", "GET", LIVE, None, owner)
    settings.API_REQUESTS_PER_MINUTE = 0
    ApiUse.objects.all().delete()  # a whole minute is left
    told.ask("too often", "GET", LIVE, None, owner)
    hour = timedelta(hours=1)
    AccessToken.objects.update(created_at=F("created_at") - hour, expires_at=F("expires_at") - hour)
    told.ask("an hour later", "GET", LIVE, None, owner)
    settings.API_KEY_TRIES_PER_ADDRESS = 0
    told.ask("too many tries", "GET", LIVE, None, None, authorization=f"Bearer {'A' * 43}")
    told.check()


def test_who_takes_every_2xx_for_json_can_live_with_deployed(house: House) -> None:
    for path in (
        *(LIVE, f"{LIVE}/", "/unifiedapi/phoneCalls/@me/@self", f"{LIVE}/@me/@self/{'0' * 20}"),
        *(f"{LIVE}?startIndex=4999", f"{LIVE}/@organization?filterBy=id&filterValue=zz"),
        *(f"{LIVE}/@organization?count=1", f"{LIVE}/{MAX}/0003*220", f"{LIVE}/@me/@self/x"),
        *(CDR, f"{CDR}/", f"/unifiedapi/cdr/@me/?{NOVEMBER}", f"{CDR}/{MAX}?{NOVEMBER}"),
        *(f"{CDR}/@organization?{NOVEMBER}&flow=8&disposition=5", f"{CDR}?startIndex=4999"),
    ):
        answer = house.ask("deployed", "GET", path)
        assert answer.status_code == 200, path
        body = json.loads(answer.content)
        assert isinstance(body["entry"], list)
        assert {"startIndex", "totalResults", "itemsPerPage", "paging"} <= set(body)


def failing(error: Exception) -> Any:
    """A function that only raises this."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail
