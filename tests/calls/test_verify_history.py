"""What the owner of the database changes behind the triggers is found (B-43)."""

import os
import threading
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from pytest_django.plugin import DjangoDbBlocker

from callcenter.accounts.models import Organization
from callcenter.calls.models import CallLog, Comment, HistoryAnchor
from tests.conftest import as_owner, of_database, use_database
from tests.factories import (
    make_call_log,
    make_comment,
    make_organization,
    make_user,
)


@pytest.fixture
def organization(committed_db: str) -> Organization:
    """Our organisation's histories, in a database of this test."""
    return make_histories()


def make_histories() -> Organization:
    """Two calls with three comments each, besides those of another organisation."""
    organization = make_organization(slug="ours")
    author = make_user()
    for company in (make_organization(slug="theirs"), organization):
        for _ in range(2):
            call_log = make_call_log(company)
            for text in ("Rang the plumber", "Plumber comes at four", "Done"):
                make_comment(call_log, text=text, author=author)
    return organization


def tamper(committed_db: str, *statements: str, **parameters: Any) -> None:
    """What the owner of the tables can do, and the triggers do not see."""
    url = of_database(os.environ["MIGRATE_DATABASE_URL"], committed_db)
    with psycopg.connect(url) as owner:
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        owner.execute("ALTER TABLE calls_comment DISABLE TRIGGER USER")
        for statement in statements:
            owner.execute(statement, parameters)
        owner.execute("ALTER TABLE calls_comment ENABLE TRIGGER USER")


def verify(*arguments: str) -> str:
    """What `verify_history` says; CommandError when it finds something."""
    said = StringIO()
    try:
        call_command("verify_history", *arguments, stdout=said)
    except CommandError as error:
        raise CommandError(said.getvalue(), returncode=error.returncode) from error
    return said.getvalue()


def second_row(organization: Organization) -> Comment:
    """A row in the middle of a history."""
    return Comment.objects.filter(organization=organization, seq=2).earliest("pk")


def test_a_history_that_nobody_touched_passes(organization: Organization) -> None:
    said = verify()
    assert "ours: 6 comments, 0 broken" in said
    assert "theirs: 6 comments, 0 broken" in said


def test_only_the_named_organization_is_checked(organization: Organization) -> None:
    assert "theirs" not in verify("--organization", "ours")
    with pytest.raises(CommandError, match="no organization nobody"):
        call_command("verify_history", "--organization", "nobody")


CHANGES: dict[str, str] = {
    "organization_id": "(SELECT min(id) FROM accounts_organization WHERE slug = 'theirs')",
    "call_log_id": "(SELECT max(id) FROM calls_calllog)",
    "seq": "9",
    "author_id": "NULL",
    "kind": "'status'",
    "status_id": "(SELECT max(id) FROM calls_status)",
    "status_name": "'Closed'",
    "created_at": "created_at - interval '1 microsecond'",
    "text_digest": "sha256('something else')",
    "previous_hash": "sha256('something else')",
    "hash": "sha256('something else')",
    "text": "'Nobody rang'",
    "salt": "sha256('something else')",
}


@pytest.fixture(scope="module")
def shared(
    django_db_setup: None, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A database with histories for all columns' tests, and without what hinders tampering."""
    mine = settings.DATABASES["default"]["NAME"]
    name = f"{mine}_tampered"
    as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    with django_db_blocker.unblock():
        use_database(name)
        try:
            make_histories()
            tamper(
                name,
                "ALTER TABLE calls_comment DROP CONSTRAINT comment_seq_once,"
                " DROP CONSTRAINT calls_comment_call_log_id_within_organization_id,"
                " DROP CONSTRAINT calls_comment_status_id_within_organization_id",
                "CREATE TABLE written AS SELECT * FROM calls_comment",
            )
            yield name
        finally:
            use_database(mine)
            as_owner("DROP DATABASE {} WITH (FORCE)", name)


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("seq", [1, 3])
def test_b43_a_change_of_a_hashed_column_is_found(shared: str, column: str, seq: int) -> None:
    row = Comment.objects.filter(organization__slug="ours", seq=seq).earliest("pk")
    change = f"UPDATE calls_comment SET {column} = {CHANGES[column]}"  # noqa: S608 (constants)
    tamper(shared, f"{change} WHERE id = %(id)s", id=row.pk)
    try:
        with pytest.raises(CommandError, match="ours: first broken: call") as caught:
            verify("--organization", "ours")
    finally:
        back = "INSERT INTO calls_comment SELECT * FROM written"
        tamper(shared, "DELETE FROM calls_comment", back)
    assert caught.value.returncode == 1
    assert "0 broken" in verify("--organization", "ours")


def test_b43_the_first_broken_row_is_named(committed_db: str, organization: Organization) -> None:
    rows = Comment.objects.filter(organization=organization, seq=2).order_by("call_log_id")
    tamper(committed_db, "UPDATE calls_comment SET text = 'No' WHERE seq = 2")
    with pytest.raises(CommandError) as caught:
        verify("--organization", "ours")
    first = rows[0]
    where = f"call {first.call_log_id}, row 2 (comment {first.pk}): its text is not the one"
    assert where in str(caught.value)
    assert "6 comments, 2 broken" in str(caught.value)


def test_b43_a_row_that_is_gone_from_the_middle_is_found(
    committed_db: str, organization: Organization
) -> None:
    row = second_row(organization)
    tamper(committed_db, "DELETE FROM calls_comment WHERE id = %(id)s", id=row.pk)
    with pytest.raises(CommandError, match=rf"call {row.call_log_id}, row 3 .* is missing"):
        verify()


def test_b43_rows_that_changed_places_are_found(
    committed_db: str, organization: Organization
) -> None:
    row = second_row(organization)
    tamper(
        committed_db,
        "ALTER TABLE calls_comment DROP CONSTRAINT comment_seq_once",
        "UPDATE calls_comment SET seq = 5 - seq WHERE call_log_id = %(log)s AND seq IN (2, 3)",
        log=row.call_log_id,
    )
    with pytest.raises(CommandError, match=f"first broken: call {row.call_log_id}, row 2"):
        verify()


def test_b43_a_digest_that_fits_a_changed_text_does_not_help(
    committed_db: str, organization: Organization
) -> None:
    row = second_row(organization)
    tamper(
        committed_db,
        "UPDATE calls_comment SET text = 'No', text_digest = calls_comment_digest(salt, 'No')"
        " WHERE id = %(id)s",
        id=row.pk,
    )
    with pytest.raises(CommandError, match="its call, number, author"):
        verify()


REWRITE = """
    UPDATE calls_comment SET author_id = NULL, hash = calls_comment_hash(
        previous_hash, organization_id, call_log_id, seq, NULL, kind, status_id, status_name,
        created_at, text_digest)
    WHERE id = %(id)s
"""


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM calls_comment WHERE id = %(id)s", REWRITE],
    ids=["cut tail", "rewritten tail"],
)
def test_b43_a_tail_that_was_cut_or_rewritten_shows_against_the_anchor(
    committed_db: str, organization: Organization, statement: str
) -> None:
    call_command("anchor_history", stdout=StringIO())
    assert "ours: 1 anchors fit" in verify()
    last = Comment.objects.filter(organization=organization).latest("pk")
    tamper(committed_db, statement, id=last.pk)
    with pytest.raises(CommandError, match="are not those anchored: 6 then") as caught:
        verify("--organization", "ours")
    assert "0 broken" in str(caught.value)


def test_b43_an_anchor_that_was_kept_elsewhere_outlives_the_one_in_the_database(
    committed_db: str, organization: Organization, tmp_path: Path
) -> None:
    said = StringIO()
    call_command("anchor_history", "--organization", "ours", stdout=said)
    kept = tmp_path / "anchors"
    kept.write_text(said.getvalue())
    assert "2 anchors fit" in verify("--anchors", str(kept))
    last = Comment.objects.filter(organization=organization).latest("pk")
    tamper(
        committed_db,
        "ALTER TABLE calls_historyanchor DISABLE TRIGGER USER",
        "DELETE FROM calls_historyanchor",
        "DELETE FROM calls_comment WHERE id = %(id)s",
        id=last.pk,
    )
    assert "0 broken" in verify()
    with pytest.raises(CommandError, match="6 then, 5 now"):
        verify("--anchors", str(kept))


def test_a_file_without_anchors_is_refused(organization: Organization, tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.write_text("hello\n")
    with pytest.raises(CommandError, match="does not hold what anchor_history prints"):
        call_command("verify_history", "--anchors", str(odd))


def test_anchors_follow_one_another_and_none_is_written_without_a_comment(
    organization: Organization,
) -> None:
    for _ in range(2):
        call_command("anchor_history", stdout=StringIO())
    assert HistoryAnchor.objects.filter(organization=organization).count() == 1
    make_comment(CallLog.objects.filter(organization=organization).latest("pk"))
    said = StringIO()
    call_command("anchor_history", stdout=said)
    first, second = HistoryAnchor.objects.filter(organization=organization).order_by("pk")
    assert second.first_comment_id == first.last_comment_id + 1
    assert said.getvalue().split()[:4] == [
        str(organization.pk),
        str(second.first_comment_id),
        str(second.last_comment_id),
        "1",
    ]
    assert "2 anchors fit" in verify()


def test_an_anchor_holds_so_many_comments_and_no_more(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.calls.chain.ANCHOR_SIZE", 4)
    call_command("anchor_history", "--organization", "ours", stdout=StringIO())
    kept = HistoryAnchor.objects.order_by("pk").values_list("comments", flat=True)
    assert list(kept) == [4, 2]
    assert "2 anchors fit" in verify("--organization", "ours")


def test_an_anchor_waits_for_a_comment_that_is_being_written(organization: Organization) -> None:
    call_log = CallLog.objects.filter(organization=organization).latest("pk")
    begun = threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            make_comment(call_log, text="slow")
            begun.set()
            time.sleep(0.5)
        connections.close_all()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    begun.wait(10)
    other = CallLog.objects.filter(organization=organization).earliest("pk")
    make_comment(other, text="quick, with the greater id")
    call_command("anchor_history", "--organization", "ours", stdout=StringIO())
    thread.join()
    assert HistoryAnchor.objects.get().comments == 8
    assert "1 anchors fit" in verify("--organization", "ours")


def test_b43_erased_rows_pass_and_are_counted(organization: Organization) -> None:
    call_command("anchor_history", stdout=StringIO())
    row = second_row(organization)
    with connection.cursor() as cursor:
        cursor.execute("SELECT calls_erase_comments(%s, %s)", [organization.pk, [row.pk]])
    said = verify("--organization", "ours")
    assert "6 comments, 1 of them erased, 0 broken" in said
    assert "1 anchors fit" in said


def test_b43_the_digest_of_an_erased_row_still_counts(
    committed_db: str, organization: Organization
) -> None:
    row = second_row(organization)
    with connection.cursor() as cursor:
        cursor.execute("SELECT calls_erase_comments(%s, %s)", [organization.pk, [row.pk]])
    tamper(
        committed_db,
        "UPDATE calls_comment SET text_digest = sha256('other') WHERE id = %(id)s",
        id=row.pk,
    )
    with pytest.raises(CommandError, match=f"first broken: call {row.call_log_id}, row 2"):
        verify()


def test_an_empty_organization_has_nothing_broken(committed_db: str) -> None:
    make_organization(slug="empty")
    call_command("anchor_history", stdout=StringIO())
    assert "empty: 0 comments, 0 broken" in verify()
