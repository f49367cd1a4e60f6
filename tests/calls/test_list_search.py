"""Words in the list: in the call and in its comments, phrases, exclusions, marked and scoped."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.models import CallLog, CommentKind, CommentWithdrawal
from callcenter.calls.rows import PAGE_SIZE
from callcenter.properties.models import Property
from tests.calls.conftest import signed_in
from tests.calls.test_list_page import LIST, follow, ids, listed
from tests.factories import make_call_log, make_comment, make_organization, make_property


@pytest.fixture
def admin(people: dict[str, Membership]) -> Client:
    return signed_in(people["admin"])


@pytest.fixture
def leak(log: CallLog) -> CallLog:
    """Ana's call, with a subject, notes and two comments."""
    CallLog.objects.filter(pk=log.pk).update(
        subject="Wet ceiling", notes="Water through the kitchen ceiling since noon"
    )
    make_comment(log, text="Plumber rung, he is on the way to D'Angelo first")
    make_comment(log, text="Valve closed; key is with the guard")
    return log


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("plumber", True),
        ("PLUMB", True),
        ("plumber rung", True),
        ("plumber closed", False),  # not in one text
        ("kitchen ceiling", True),
        ('"kitchen ceiling"', True),
        ('"ceiling kitchen"', False),
        ('"plumber rung"', True),
        ('"rung plumber"', False),
        ("d'angelo", True),
        ('"on the way"', True),
        ('"on the way', True),
        ("ceiling -zebra", True),
        ("ceiling -plumber", False),  # a comment says it
        ("plumber -kitchen", False),  # the notes say it
        ('ceiling -"valve closed"', False),
        ('ceiling -"closed valve"', True),
        ("-plumber", False),
        ("-zebra", True),
        ("-", False),
        ('""', False),
        ("Zebra", False),
        ("a:* | b & !c <-> \\ ' %", False),
    ],
)
def test_words_are_found_in_the_call_and_in_its_comments(
    admin: Client, leak: CallLog, words: str, *, is_found: bool
) -> None:
    assert listed(admin, q=words) == ([leak.pk] if is_found else [])


def found_lines(text: str) -> list[str]:
    return re.findall(r'<tr class="found"><td[^>]*>(.*?)</td>', text)


def test_the_place_is_shown_below_the_row_and_marked(admin: Client, leak: CallLog) -> None:
    own, said = (
        found_lines(admin.get(reverse(LIST), {"q": q}).text) for q in ("kitch", '"plumber rung"')
    )
    marked = "<bdi>ceiling Water through the <mark>kitchen</mark> ceiling since noon</bdi>"
    assert own == [f'<span class="muted">Notes</span> {marked}']
    assert "<mark>Plumber</mark> <mark>rung</mark>, he is on the way" in said[0]
    assert found_lines(admin.get(reverse(LIST), {"q": "ana"}).text) == []  # the row says it


def test_b11_found_text_is_escaped_before_it_is_marked(admin: Client, log: CallLog) -> None:
    nasty = "zebra <3 & </mark><script>1</script> \ue000<b>\ue001 \ue001\ue000 <img src=x hx-get=/x"
    make_comment(log, text=nasty)
    line = found_lines(admin.get(reverse(LIST), {"q": "zebra"}).text)[0]
    assert "<mark>zebra</mark> &lt;3 &amp; " in line
    assert line.count("<mark>") == line.count("</mark>")
    assert not re.search(r"<(?!/?(mark|bdi|span)\b)", line)


def test_b02_words_of_others_find_nothing(
    people: dict[str, Membership], organization: Organization, log: CallLog
) -> None:
    hidden = make_call_log(organization, property=make_property(organization))
    for other in (hidden, make_call_log(make_organization())):
        make_comment(other, text="zebra")
    edited = make_comment(log, text="zebra")
    CommentWithdrawal.objects.create(comment=edited, reason="wrong call")
    make_comment(log, text="zebra", kind=CommentKind.EDIT)
    assert listed(signed_in(people["member"]), q="zebra") == []
    assert listed(signed_in(people["owner"]), q="zebra") == [hidden.pk]


def test_inv15_a_search_is_walked_page_by_page_and_each_call_met_once(
    admin: Client, organization: Organization, maple: Property
) -> None:
    now = timezone.now()
    for n in range(PAGE_SIZE + 20):
        notes = "zebra" if n % 3 else ""
        log = make_call_log(
            organization, property=maple, notes=notes, contacted_at=now - timedelta(minutes=n)
        )
        if not n % 2:
            make_comment(log, text="zebra again")
    wanted = [
        pk
        for n, pk in enumerate(
            CallLog.objects.order_by("-contacted_at").values_list("pk", flat=True)
        )
        if n % 3 or not n % 2
    ]
    page: Any = admin.get(reverse(LIST), {"q": "zebra"})
    assert f"{len(wanted)} calls" in page.text
    seen = ids(page)
    address = follow(page, "next")
    assert address
    assert seen + ids(admin.get(reverse(LIST) + address)) == wanted


def test_inv30_a_search_costs_the_same_statements_however_much_is_found(
    admin: Client, organization: Organization, leak: CallLog
) -> None:
    counts = []
    listed(admin, q="plumber")  # the filters are remembered once
    for many in (0, 30):
        for _ in range(many):
            make_comment(make_call_log(organization), text="plumber")
        with CaptureQueriesContext(connection) as asked:
            admin.get(reverse(LIST), {"q": "plumber"})
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
