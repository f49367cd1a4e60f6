"""The record of exports, as owners and admins read it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.calls.models import ExportRecord
from tests.worlds import World

LIST = "admin:calls_exportrecord_changelist"


@pytest.fixture
def records(world: World) -> None:
    """One that is whole, one with calls that changed, one that broke off, by different people."""
    for name, query, ended in (
        ("Ana Whole", "state=open&property=Maple+Court", (7, 7)),
        ("Ben Other", "", (6, 7)),
        ("Cid Broken", "q=zebra", None),
    ):
        mine = {"organization": world.organization, "user_name": name}
        picked = 3 if name == "Cid Broken" else None
        began = ExportRecord.objects.create(**mine, query=query, columns="id", picked=picked)
        if ended is not None:
            rows, counted = ended
            ExportRecord.objects.create(**mine, began=began, rows=rows, counted=counted)


def rows(client: Client, **query: str) -> dict[str, tuple[str, str]]:
    """What is said of whose export: the calls and the end."""
    page = client.get(reverse(LIST), query).text
    cells = re.findall(r'field-(user_name|asked|ended)">([^<]*)<', page)
    texts = iter(text for _name, text in cells)
    return {name: (asked, ended) for name, asked, ended in zip(texts, texts, texts, strict=True)}


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_each_export_is_one_line_that_says_what_left_the_house(
    role: str, records: None, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(role)
    said = rows(client)
    assert said["Ana Whole"] == ("state: open, property: Maple Court", "7 rows")
    assert said["Ben Other"] == ("All calls", "6 rows, of 7 that were there at its end")
    assert said["Cid Broken"] == ("3 picked rows", "Broken off")


def test_it_is_filtered_and_searched(records: None, owner: Client) -> None:
    assert set(rows(owner, end="whole")) == {"Ana Whole"}
    assert set(rows(owner, end="other")) == {"Ben Other"}
    assert {"Cid Broken"} <= set(rows(owner, end="broken")) <= set(rows(owner)) - {"Ana Whole"}
    assert set(rows(owner, q="zebra")) == {"Cid Broken"}
    assert set(rows(owner, q="ben")) == {"Ben Other"}


def test_nothing_of_it_can_be_changed(records: None, owner: Client) -> None:
    record = ExportRecord.objects.get(user_name="Ana Whole", began=None)
    change = reverse("admin:calls_exportrecord_change", args=[record.pk])
    assert 'name="_save"' not in owner.get(change).text
    assert owner.post(change, {"user_name": "Nobody"}).status_code == 403
    assert owner.post(reverse("admin:calls_exportrecord_add")).status_code == 403
    gone = reverse("admin:calls_exportrecord_delete", args=[record.pk])
    assert owner.post(gone, {"post": "yes"}).status_code == 403
    record.refresh_from_db()
    assert record.user_name == "Ana Whole"
