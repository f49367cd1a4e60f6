"""Errors say what happened to the typed text, and nothing of the inside (B-59)."""

import re

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from callcenter.accounts.models import Role
from callcenter.core.error_pages import KEPT_FIELDS, kept_texts
from tests.factories import make_membership, make_organization

TYPED = "Water through the ceiling & the <b>valve</b> is stuck"


def sign_in(client: Client) -> Client:
    client.force_login(make_membership(make_organization(), Role.MEMBER).user)
    return client


@pytest.mark.django_db
def test_a_stranger_sees_the_same_page_without_the_frame(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "Not found" in response.text
    assert 'class="rail"' not in response.text


@pytest.mark.django_db
def test_a_signed_in_person_keeps_the_frame_and_reads_the_request_id(client: Client) -> None:
    response = sign_in(client).get("/no-such-page/")
    assert response.status_code == 404
    assert 'class="rail"' in response.text
    assert response.headers["X-Request-ID"] in response.text
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_htmx_gets_a_notice_that_replaces_nothing(htmx: Client) -> None:
    response = sign_in(htmx).get("/no-such-page/")
    assert response.status_code == 404
    assert "<html" not in response.text
    assert "data-refusal" in response.text
    assert "HX-Request" in response.headers["Vary"]


@pytest.mark.django_db
def test_a_form_without_its_token_gives_the_text_back_to_copy() -> None:
    client = sign_in(Client(enforce_csrf_checks=True))
    own = {"origin": "http://testserver"}
    response = client.post("/accounts/logout/", {"text": TYPED, "password": "x1"}, headers=own)
    assert response.status_code == 403
    assert "out of date" in response.text
    assert "Water through the ceiling &amp; the &lt;b&gt;valve&lt;/b&gt;" in response.text
    assert "x1" not in re.findall(r"<textarea.*?</textarea>", response.text, re.DOTALL)[0]


@pytest.mark.django_db
def test_htmx_is_given_a_token_with_which_the_same_form_works() -> None:
    client = sign_in(Client(enforce_csrf_checks=True, headers={"hx-request": "true"}))
    refused = client.post("/accounts/logout/", {})
    token = re.findall(r'data-token="(\w+)"', refused.text)[0]
    assert client.post("/accounts/logout/", {}, headers={"x-csrftoken": token}).status_code == 302
    assert "data-token" not in client.get("/no-such-page/").text


@pytest.mark.django_db
def test_a_foreign_page_cannot_put_its_words_on_ours() -> None:
    client = sign_in(Client(enforce_csrf_checks=True))
    foreign = {"origin": "https://elsewhere.example"}
    response = client.post("/accounts/logout/", {"text": TYPED}, headers=foreign)
    assert response.status_code == 403
    assert "Water" not in response.text
    assert "Nothing was saved" in response.text


@pytest.mark.parametrize("field", KEPT_FIELDS)
def test_each_text_field_is_kept(rf: RequestFactory, field: str) -> None:
    request = rf.post("/", {field: TYPED, "key": "k"}, headers={"origin": "http://testserver"})
    assert kept_texts(request) == [TYPED]


def test_an_unknown_host_is_refused_without_asking_anybody(client: Client) -> None:
    response = client.get("/no-such-page/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "Nothing was saved" in response.text
    assert "elsewhere" not in response.text


@pytest.mark.parametrize("template", ["400.html", "500.html", "503.html"])
def test_last_resort_pages_need_no_request(template: str) -> None:
    page = render_to_string(template, {"request_id": "abc-123"})
    assert "saved" in page
    assert "abc-123" in page
    assert "Request" not in render_to_string(template)


def break_down(request: HttpRequest) -> None:
    raise ZeroDivisionError("SELECT secret FROM /srv/path")


def test_a_broken_request_shows_no_internals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcenter.properties.middleware.resolve_principal", break_down)
    response = Client(raise_request_exception=False).get("/no-such-page/")
    assert response.status_code == 500
    assert "Something broke" in response.text
    assert not re.search("SELECT|srv|ZeroDivision|Traceback", response.text)
