"""The list as a file: exactly its rows, harmless to spreadsheets, read back as it was (B-17)."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.accounts.models import Membership, Organization
from callcenter.calls import exporting
from callcenter.calls.exporting import BOM, StoppedError, csv_of
from callcenter.calls.models import CallLog, ExportRecord
from callcenter.core.neutral import restored
from callcenter.imports.readers.csv_reader import Row, read_rows
from callcenter.properties.models import Property, PropertyLink
from tests.calls.conftest import signed_in
from tests.calls.test_list_page import ids
from tests.factories import make_call_log, make_comment, make_organization, make_property

FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u00a0=1", "'=1", "''", "\ufeff=1"]
FORMULAS += [f"{sign}1" for sign in "\uff1d\uff0b\uff0d\uff20"]  # full-width = + - @


def read(body: bytes) -> list[list[str]]:
    """The rows of a file, header first, as our own importer reads them."""
    header, rows = read_rows(BytesIO(body), {})
    found = [header, *rows]
    assert all(isinstance(row, Row) for row in found)
    return [[restored(cell) for cell in row.cells] for row in found if isinstance(row, Row)]


def post(client: Client, query: str = "", **fields: Any) -> Any:
    return client.post(f"{reverse('calls:export')}?{query}", fields)


def export(client: Client, query: str = "", **fields: Any) -> list[list[str]]:
    answer = post(client, query, **fields)
    assert answer.status_code == 200
    return read(b"".join(answer.streaming_content))


@pytest.fixture
def admin(people: dict[str, Membership]) -> Client:
    return signed_in(people["admin"])


def words() -> st.SearchStrategy[str]:
    """What the database keeps, with the one kind of line end that a form sends."""
    signs = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")
    return st.one_of(st.text(signs, max_size=20), st.sampled_from(FORMULAS))


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw makes a table of signs
@given(st.lists(st.lists(words(), min_size=3, max_size=3), max_size=4))
def test_b17_c32_what_goes_out_comes_in_as_it_was(texts: list[list[str]]) -> None:
    rows = [[str(n), *row] for n, row in enumerate(texts)]
    assert read(BOM + csv_of([["Call", "A", "B", "C"], *rows]))[1:] == rows


@pytest.mark.parametrize("cell", FORMULAS)
def test_b17_no_cell_begins_like_a_formula(cell: str) -> None:
    assert csv_of([[cell]]).decode().strip('"').startswith("'")


def test_the_file_says_what_the_page_says_with_both_clocks(
    admin: Client, log: CallLog, organization: Organization
) -> None:
    at = datetime(2026, 3, 8, 4, 30, 7, tzinfo=UTC)  # still the 7th in New York
    CallLog.objects.filter(pk=log.pk).update(contacted_at=at, call_from="=Ana", duration_seconds=90)
    make_comment(log)
    keys = "when,place,from,reason,status,talk,comments,subject,assignee,direction,by,phone"
    header, row = export(admin, f"view=all&columns={keys}")
    said = dict(zip(header, row, strict=True))
    assert said["Call"] == str(log.pk)
    assert said["When (UTC)"] == "2026-03-08 04:30:07"
    assert said["When (property time)"] == "2026-03-07 23:30:07"
    assert said["Time zone"] == "America/New_York"
    assert (said["Place"], said["Call from"]) == ("12B, Maple Court", "=Ana")
    assert (said["Talk time"], said["Comments"]) == ("1:30", "1")
    assert (said["Reason"], said["Status"]) == ("Active leak or burst", "New")


def test_inv15_a_file_of_many_pages_holds_each_call_once_in_the_order_of_the_list(
    admin: Client, organization: Organization, maple: Property, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 7)
    now = timezone.now()
    for n in range(30):
        notes = "zebra" if n % 2 else ""
        log = make_call_log(
            organization, property=maple, notes=notes, contacted_at=now - timedelta(minutes=n)
        )
        if not n % 3:
            make_comment(log, text="zebra")
    for query in ("state=open", "q=zebra", "order=oldest", "q=nothing"):
        page = admin.get(f"{reverse('calls:list')}?{query}")
        listed = [str(pk) for pk in ids(page)]
        assert [row[0] for row in export(admin, query)[1:]] == listed
        shown = re.search(r'class="count" role="status">(\d+) call', page.text)
        assert shown
        assert int(shown[1]) == len(listed)
        ended = ExportRecord.objects.filter(began__query=query).get()
        assert (ended.rows, ended.counted) == (len(listed), len(listed))


def test_what_comes_after_it_began_is_not_in_it(
    admin: Client, organization: Organization, log: CallLog
) -> None:
    answer = post(admin)
    make_call_log(organization)
    assert [row[0] for row in read(b"".join(answer.streaming_content))[1:]] == [str(log.pk)]


def test_picked_rows_alone_go_out_and_none_that_one_may_not_see(
    people: dict[str, Membership], organization: Organization, maple: Property, log: CallLog
) -> None:
    other = make_call_log(organization, property=maple)
    hidden = make_call_log(organization, property=make_property(organization))
    foreign = make_call_log(make_organization())
    picked = [f"{one.pk}.1" for one in (log, hidden, foreign)]
    member = signed_in(people["member"])
    assert [row[0] for row in export(member, call=picked)[1:]] == [str(log.pk)]
    everything = [row[0] for row in export(member)[1:]]
    assert everything == [str(other.pk), str(log.pk)]


def test_who_exported_what_is_on_record_before_the_first_line_leaves(
    people: dict[str, Membership], admin: Client, log: CallLog
) -> None:
    answer = post(admin, "state=open&cursor=x", call=[f"{log.pk}.1"])
    record = ExportRecord.objects.get()
    assert (record.user_name, record.query, record.picked) == ("Kim Osei", "state=open", 1)
    assert record.columns.startswith("id,when,place")
    b"".join(answer.streaming_content)
    assert ExportRecord.objects.filter(began=record, rows=1).exists()


def test_b06_it_breaks_off_when_the_rights_change(
    people: dict[str, Membership],
    organization: Organization,
    maple: Property,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 1)
    for _ in range(3):
        make_call_log(organization, property=maple)
    stream = iter(post(signed_in(people["member"])).streaming_content)
    next(stream), next(stream)
    PropertyLink.objects.filter(membership=people["member"]).delete()
    with pytest.raises(StoppedError):
        list(stream)
    assert not ExportRecord.objects.filter(began__isnull=False).exists()


def test_filters_that_make_no_sense_export_nothing(admin: Client) -> None:
    assert admin.post(f"{reverse('calls:export')}?since=never").status_code == 422
    assert not ExportRecord.objects.exists()
