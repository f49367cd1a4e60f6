"""Every text field of every model, in every page, fragment and print: nothing acts (B-11).

Each round writes another payload into each field of each row of one organisation, as no form would
let it in, and walks every address that shows an owner anything: pages and the admin as they are,
on paper, and as fragments that htmx swaps into a page.
"""

import itertools
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import Error, models, transaction
from django.test import Client
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, SignIn, Watch
from tests.browser.payloads import PAYLOADS, UNRULY
from tests.browser.test_xss import ACTING, Eye, clean
from tests.factories import make_comment
from tests.test_urls import client_of
from tests.url_policy import POLICY, WHO, address
from tests.worlds import World, free_texts, make_world, only_grows, scoped_models

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROUNDS = int(os.environ.get("XSS_ROUNDS", "8"))
OWNER = WHO.index("owner")
LONGEST = 2_000
SWAP = """(url) => new Promise((done) => {
  document.body.addEventListener('htmx:afterSettle', () => setTimeout(done, 30), {once: true});
  document.body.addEventListener('htmx:responseError', done, {once: true});
  htmx.ajax('GET', url, {target: '#main', swap: 'innerHTML'});
})"""
# What htmx says of a fragment that belongs into another page than the one it was swapped into.
OF_ANOTHER_PAGE = ("htmx:oobErrorNoTarget", "htmx:responseError", "Failed to load resource")
# Texts that a constraint ties to something else than the words themselves.
TIED = {f"{name}.withdrawn_reason" for name in ("calllog", "escalation", "escalationitem")}


def write(world: World, texts: Iterator[str]) -> int:
    """Put the next texts into every free text of the organisation; how many fields took one."""
    written = 0
    for model in scoped_models():
        if only_grows(model):
            continue
        fields = [field for field in free_texts(model) if label(model, field) not in TIED]
        json_fields = [f for f in model._meta.concrete_fields if isinstance(f, models.JSONField)]
        rows: Any = model._default_manager.filter(organization=world.organization)
        for row in rows:
            for field in fields:
                written += put(row, field, text_for(field, row, next(texts)))
            for column in json_fields:
                put(row, column, with_words(getattr(row, str(column.name)), texts))
    for row in [*get_user_model().objects.all(), world.organization]:
        written += put(row, row._meta.get_field("name"), next(texts)[:120])
    log = world.rows["CallLog"]
    for _ in range(5):
        make_comment(log, text=next(texts), author_name=next(texts)[:120])
    return written


def with_words(value: Any, texts: Iterator[str]) -> Any:
    """The same JSON with other texts; of a list that is a name and its value, the name stays."""
    match value:
        case str():
            return next(texts)
        case dict():
            return {name: with_words(one, texts) for name, one in value.items()}
        case [str() as name, str()]:
            return [name, next(texts)]
        case list():
            return [with_words(one, texts) for one in value]
    return value


def label(model: type[models.Model], field: Any) -> str:
    return f"{model._meta.model_name}.{field.name}"


def text_for(field: Any, row: models.Model, text: str) -> str:
    """The text at the length of the field, made the row's own by its key."""
    limit = min(field.max_length or LONGEST, LONGEST)
    own = str(row.pk)
    return text[: max(limit - len(own), 1)] + own


def put(row: models.Model, field: Any, value: Any) -> bool:
    """Whether the database took the value; what it refuses cannot be shown."""
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**{field.name: value})
    except Error:
        return False
    return True


def shown(client: Client, world: World) -> Iterator[tuple[str, bool]]:
    """Every address that answers an owner with a page, and whether it is the admin's."""
    for pattern, row in POLICY.items():
        if row.statuses[OWNER] != 200 or "logout" in pattern:
            continue
        url = address(pattern, world)
        answer = client.get(url)
        if answer.status_code == 200 and "text/html" in answer.headers.get("Content-Type", ""):
            yield url, pattern.startswith("admin/")


def look_at_pages(eye: Eye, site: str, urls: list[tuple[str, bool]], watch: Watch) -> Iterator[Any]:
    """What is wrong with pages, on the screen and on paper, by address."""
    for url, is_admin in urls:
        found = eye.look(site + url, watch)
        if is_admin:  # Django's own look, and its own words for scripts
            found.pop("sideways", None)
            if found.get("asked") == [f"{site}/admin/jsi18n/"]:
                del found["asked"]
        eye.page.emulate_media(media="print")
        if acting := eye.page.evaluate(ACTING):
            found["print"] = acting
        eye.page.emulate_media(media="screen")
        if found:
            yield url, found


def look_at_fragments(page: Page, urls: list[tuple[str, bool]], watch: Watch) -> Iterator[Any]:
    """What is wrong with the fragments of pages when htmx swaps them in, by address."""
    for url, is_admin in urls:
        if is_admin or "/accounts/" in url:
            continue
        page.evaluate(SWAP, url)
        faults = [fault for fault in watch.taken() if not fault.startswith(OF_ANOTHER_PAGE)]
        if found := page.evaluate(ACTING) + faults:
            yield f"fragment {url}", found


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_b11_no_field_acts_anywhere(
    turn: int, site: str, page: Page, watch: Watch, sign_in: SignIn
) -> None:
    chance = random.Random(turn)  # noqa: S311 (a deck of cards, no secret)
    deck = [clean(text) for text in [*PAYLOADS, *UNRULY]]
    chance.shuffle(deck)
    world = make_world(f"campaign{turn}")
    assert write(world, itertools.cycle(deck)) > 100
    urls = list(shown(client_of(world.owner), world))
    assert len(urls) > 40
    sign_in(page, world.owner)
    page.set_viewport_size(DESKTOP)
    wrong = dict(look_at_pages(Eye(page), site, urls, watch))
    page.goto(f"{site}/calls/", wait_until="networkidle")
    wrong |= dict(look_at_fragments(page, urls, watch))
    assert wrong == {}, json.dumps(wrong, indent=1)[:4000]
