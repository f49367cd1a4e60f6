"""Every address of the project: who gets what, and what no answer ever holds (safety.md 3)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.test import Client

from callcenter.accounts.models import Membership
from tests import worlds
from tests.factories import PASSWORD
from tests.url_policy import POLICY, WHO, address, patterns
from tests.worlds import World, free_texts, make_world, only_grows, scoped_models

OURS, CANARY = "ours5b1c", "canary7f3a9c"
HERE = [pattern for pattern in dict.fromkeys(patterns()) if pattern in POLICY]
ABSENT = 10**9
# What differs between two answers to the same question.
TOKENS = re.compile(
    r'\b[A-Za-z0-9]{64}\b|nonce=\S+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|data-left="\d+"'
)


@pytest.fixture
def world(committed_db: str) -> World:
    """The organisation whose pages are walked."""
    return make_world(OURS)


@pytest.fixture
def other(committed_db: str) -> World:
    """The other one, whose word must never show."""
    return make_world(CANARY)


def client_of(membership: Membership | None, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    if membership is not None:
        client.force_login(membership.user, "callcenter.properties.backends.DeskBackend")
    return client


def clients(world: World, other: World) -> dict[str, Client]:
    """One for each of WHO."""
    people = (None, world.member, world.admin, world.owner, other.owner)
    return dict(zip(WHO, map(client_of, people), strict=True))


def text_of(answer: Any) -> str:
    """The body and what the headers say, in lower case."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers}\n{body.decode(errors='replace')}".lower()


def different_lines(one: tuple[Any, ...], other: tuple[Any, ...]) -> list[object]:
    """What to look at when two answers should be one: status, address and some lines."""
    pairs = zip(one[2].splitlines(), other[2].splitlines(), strict=False)
    return [one[:2], other[:2], [pair for pair in pairs if pair[0] != pair[1]][:2]]


def number_free(where: str) -> str:
    """Where a redirect leads, without the number that was asked for."""
    return re.sub(r"/(\d+|[0-9a-f-]{36})/", "/ID/", where)


def differing(found: Iterator[tuple[str, object, object]]) -> dict[str, tuple[object, object]]:
    """What is not as it should be, by address."""
    return {where: (said, wanted) for where, said, wanted in found if said != wanted}


def test_b01_every_pattern_is_declared_and_every_row_has_its_pattern() -> None:
    assert set(patterns()) - set(POLICY) == set()
    assert set(POLICY) - set(patterns()) == set()


def test_the_worlds_hold_their_word_in_every_text_of_every_model(
    world: World, other: World
) -> None:
    for model in scoped_models():
        rows: Any = model._default_manager.filter(organization=other.organization)
        assert rows.exists(), f"tests/worlds.py makes no row of {model.__name__}"
        texts: list[models.Field] = free_texts(model)
        if not only_grows(model):
            for field in texts:
                holding = rows.filter(**{f"{field.name}__contains": CANARY})
                assert holding.exists() or field.name == "withdrawn_reason", (model, field.name)
    assert worlds.SECRET_NUMBER


@pytest.mark.parametrize("who", WHO)
def test_b01_b05_each_address_answers_each_role_as_declared(
    who: str, world: World, other: World
) -> None:
    client = clients(world, other)[who]
    place = WHO.index(who)
    forbidden = OURS if who == "stranger" else CANARY
    leaks, statuses = [], []
    for pattern in HERE:
        answer = client.get(address(pattern, world))
        statuses.append((pattern, answer.status_code, POLICY[pattern].statuses[place]))
        text = text_of(answer)
        if forbidden in text or (who == "anonymous" and OURS in text):
            leaks.append(pattern)
    assert differing(iter(statuses)) == {}
    assert leaks == []


@pytest.mark.parametrize("who", ["member", "owner"])
def test_b07_a_foreign_row_answers_like_an_absent_one(who: str, world: World, other: World) -> None:
    client = clients(world, other)[who]
    unlike = []
    for pattern in HERE:
        if not POLICY[pattern].of_rows():
            continue
        said = []
        for url in (address(pattern, other), address(pattern, world, absent=ABSENT)):
            client.cookies.pop("messages", None)  # what an earlier answer left to be shown
            answer = client.get(url)
            text = answer.content.decode(errors="replace").replace(url, "URL")
            where = answer.headers.get("Location", "").replace(url, "URL")
            said.append((answer.status_code, number_free(where), TOKENS.sub("", text)))
        if said[0] != said[1]:
            unlike.append((pattern, *different_lines(said[0], said[1])))
    assert unlike == []


HOSTILE = [
    f"{stem}{form}"
    for stem in (
        *("is-multi-tenant-query", "tenant", "tenant-id", "tenantid", "project", "projectid"),
        *("project-id", "organization", "organization-id", "organization_id", "org", "org-id"),
        *("account", "account-id", "user", "user-id", "user_id", "principal", "role", "roles"),
        *("scope", "scopes", "is-staff", "is_superuser", "admin", "superuser", "impersonate"),
        *("x-user", "x-role", "x-org", "x-tenant", "remote-user", "x-remote-user", "x-forwarded"),
        *("x-original-url", "x-rewrite-url", "x-http-method-override", "property", "property_id"),
        *("properties", "property_ids", "all", "include", "expand", "visible", "withdrawn"),
        *("deleted", "organization__id", "_organization", "membership", "membership_id"),
    )
    for form in ("", "[]", "__in", "_id")
]


def test_b10_c13_no_header_or_parameter_widens_what_is_shown(world: World, other: World) -> None:
    assert len(HOSTILE) >= 200
    client = clients(world, other)["member"]
    named = {name: str(other.organization.pk) for name in HOSTILE}
    headers = {name: value for name, value in named.items() if re.fullmatch(r"[\w-]+", name)}
    wider = []
    for pattern in HERE:
        url = address(pattern, world)
        usual = client.get(url)
        shown = text_of(usual).count(OURS)
        for sent in (
            client.get(url, named, headers=headers),
            client.get(url, dict.fromkeys(HOSTILE, "true")),
        ):
            text = text_of(sent)
            better = sent.status_code == 200 and usual.status_code != 200
            if text.count(OURS) > shown or better or CANARY in text:
                wider.append((pattern, sent.status_code))
    assert wider == []


def test_b31_no_page_answers_under_the_name_of_a_file(world: World, other: World) -> None:
    client = clients(world, other)["owner"]
    deceived = []
    for pattern in HERE:
        url = address(pattern, world)
        for suffix in ("x.js", ";x.css"):
            answer = client.get(f"{url}{suffix}")
            if answer.status_code == 200:
                deceived.append((url, suffix))
    assert deceived == []


def test_b25_nothing_is_written_without_the_token_of_a_form(world: World, other: World) -> None:
    client = client_of(world.owner, enforce_csrf_checks=True)
    for pattern in HERE:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = client.generic(method, address(pattern, world))
            assert answer.status_code in (403, 404, 405), (pattern, method)


def wanted_headers() -> dict[str, str]:
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }


@pytest.mark.parametrize("who", ["anonymous", "owner"])
def test_b23_b29_b32_every_answer_carries_the_headers(who: str, world: World, other: World) -> None:
    client = clients(world, other)[who]
    for pattern in [*HERE, None]:
        url = address(pattern, world) if pattern is not None else "/nothing-is-here/"
        answer = client.get(url, headers={"origin": "https://evil.example"})
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "'unsafe" not in policy, url
        for rule in (
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ):
            assert rule in policy, (url, rule)
        for name, value in wanted_headers().items():
            assert answer.headers.get(name) == value, (url, name)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_b26_c35_no_cache_keeps_a_page_of_somebody_signed_in(world: World, other: World) -> None:
    client = clients(world, other)["owner"]
    kept = []
    for pattern in HERE:
        answer = client.get(address(pattern, world))
        control = answer.headers.get("Cache-Control", "")
        if answer.status_code == 200 and not ("no-store" in control and "private" in control):
            kept.append(pattern)
    assert kept == []


def test_b23_no_answer_has_a_script_or_style_inside(world: World, other: World) -> None:
    client = clients(world, other)["owner"]
    for pattern in HERE:
        text = text_of(client.get(address(pattern, world)))
        assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text), pattern
        assert not re.search(r"<style|\sstyle=|\son\w+=\"|hx-on", text), pattern


def test_b27_no_address_leads_to_another_site(world: World, other: World) -> None:
    people = clients(world, other)
    for pattern in HERE:
        for target in ("https://evil.example/", "//evil.example", "/\\evil.example"):
            who = "owner" if pattern.startswith("admin/") else "anonymous"
            answer = people[who].get(address(pattern, world), {"next": target, "url": target})
            where = answer.headers.get("Location", answer.headers.get("HX-Redirect", ""))
            assert not re.match(r"(https?:)?[/\\]{2}", where), (pattern, target)


def test_b28_cookies_are_not_for_scripts(world: World) -> None:
    client = client_of(None)
    asked = client.get("/accounts/login/")
    form = {"login": world.owner.user.email, "password": PASSWORD}
    answer = client.post("/accounts/login/", form)
    assert settings.SESSION_COOKIE_NAME in answer.cookies
    for cookie in [*asked.cookies.values(), *answer.cookies.values()]:
        assert cookie["samesite"] in ("Lax", "Strict"), cookie.key
        assert cookie["httponly"], cookie.key


def test_b30_a_foreign_host_is_refused(world: World, other: World) -> None:
    answer = client_of(None).get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
