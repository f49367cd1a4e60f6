"""Every address of the project: who gets what, and what no answer ever holds (safety.md 3)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.test import Client

from callcenter.accounts.models import Membership
from tests import worlds
from tests.url_policy import POLICY, WHO, address, patterns
from tests.worlds import World, free_texts, make_world, only_grows, scoped_models

OURS, CANARY = "ours5b1c", "canary7f3a9c"
HERE = [pattern for pattern in dict.fromkeys(patterns()) if pattern in POLICY]
ABSENT = 10**9
# What differs between two answers to the same question.
TOKENS = re.compile(r"\b[A-Za-z0-9]{64}\b|nonce=\S+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    return re.sub(r"/\d+/", "/ID/", where)


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
