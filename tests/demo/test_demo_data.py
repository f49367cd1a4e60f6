"""The demo organisation: realistic in its shares, right in its invariants (domain.md 1-8)."""

import json
import re
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from callcenter.accounts.models import Membership, Organization, User
from callcenter.calls.models import Callback, CallLog, CallLogReason, Comment
from callcenter.core.phones import parse_phone
from callcenter.core.text import fold, number_key
from callcenter.desk.search import find
from callcenter.properties.access import principal_for
from callcenter.properties.models import Property, PropertyLink, Resident, ResidentPhone, Unit
from tests.demo.conftest import NOW, SIZE

pytestmark = pytest.mark.usefixtures("demo")


def share(part: int, whole: int) -> float:
    return 100 * part / whole


def test_there_is_as_much_as_was_asked_for() -> None:
    assert Property.objects.count() == 12
    assert Unit.objects.count() == SIZE.units
    assert Resident.objects.count() == round(1.8 * SIZE.units)
    assert CallLog.objects.count() == SIZE.logs


def test_properties_lie_in_every_zone_of_the_domain_page() -> None:
    zones = set(Property.objects.values_list("time_zone", flat=True))
    assert zones == {
        *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
        *("America/Phoenix", "America/St_Johns", "Europe/London"),
    }


def test_a_call_has_the_clock_of_its_property() -> None:
    assert not CallLog.objects.exclude(
        Q(property=None) | Q(contacted_zone=F("property__time_zone"))
    ).exists()


def test_no_call_or_comment_is_from_the_future() -> None:
    later = {"created_at__gt": NOW}
    assert not CallLog.objects.filter(Q(contacted_at__gt=NOW) | Q(updated_at__gt=NOW)).exists()
    assert not CallLog.objects.filter(**later).exists()
    assert not Comment.objects.filter(**later).exists()
    oldest = CallLog.objects.earliest("contacted_at").contacted_at
    assert oldest > NOW - timedelta(days=SIZE.days + 1)


def test_reasons_come_in_the_shares_of_the_domain_page() -> None:
    main = CallLogReason.objects.filter(position=0)
    families = Counter(m[0] for m in main.values_list("reason__mnemonic", flat=True))
    expected = {"m": 31, "e": 8, "a": 6, "p": 18, "l": 9, "q": 12, "c": 14, "o": 2}
    for family, weight in expected.items():
        assert share(families[family], SIZE.logs) == pytest.approx(weight, abs=2.5), family


def test_emergencies_are_a_matter_of_the_night() -> None:
    def emergencies(hours: list[int]) -> float:
        main = CallLogReason.objects.filter(position=0, call_log__contacted_hour__in=hours)
        return share(main.filter(reason__is_emergency=True).count(), main.count())

    assert emergencies([22, 23, 0, 1, 2, 3, 4, 5]) > 3 * emergencies(list(range(9, 17)))


def test_every_call_but_those_to_finish_has_a_main_reason_and_an_eighth_more() -> None:
    counts = Counter(CallLog.objects.annotate(n=Count("reason_links")).values_list("n", flat=True))
    assert set(counts) == {0, 1, 2, 3}
    assert 1 <= counts[0] <= 5
    assert share(counts[2], SIZE.logs) == pytest.approx(12, abs=2)
    assert share(counts[3], SIZE.logs) == pytest.approx(1, abs=0.6)


def test_statuses_come_in_the_shares_of_the_domain_page() -> None:
    names = Counter(CallLog.objects.values_list("status__name", flat=True))
    expected = (
        {"New": 2, "In progress": 3.5, "Escalated": 0.5, "Waiting for resident": 1}
        | {"Waiting for vendor": 1, "Callback due": 3, "Resolved": 60, "Closed": 26}
        | {"Duplicate": 2, "Cancelled": 1}
    )
    for name, weight in expected.items():
        assert share(names[name], SIZE.logs) == pytest.approx(weight, abs=0.6 + weight / 20), name


def test_comments_come_in_the_shares_of_the_domain_page() -> None:
    written = Count("comments", filter=~Q(comments__kind="chain"))
    per_log = CallLog.objects.annotate(n=written).values_list("n", flat=True)
    counts = Counter(min(n, 4) for n in per_log)
    assert share(counts[0], SIZE.logs) == pytest.approx(35, abs=2.5)
    assert share(counts[1], SIZE.logs) == pytest.approx(36, abs=2.5)
    assert share(counts[2] + counts[3], SIZE.logs) == pytest.approx(22, abs=2.5)
    assert share(counts[4], SIZE.logs) == pytest.approx(8, abs=2)


def test_one_call_in_twelve_has_no_unit() -> None:
    unplaced = CallLog.objects.filter(unit=None)
    assert share(unplaced.count(), SIZE.logs) == pytest.approx(8, abs=1.5)
    assert unplaced.filter(property=None).exists()
    assert not unplaced.filter(call_from="").exists()


def test_few_residents_make_most_of_the_calls() -> None:
    calls = CallLog.objects.exclude(resident=None).values("resident").annotate(n=Count("pk"))
    counts = sorted(calls.values_list("n", flat=True), reverse=True)
    heavy = counts[: round(0.15 * Resident.objects.count())]
    assert share(sum(heavy), sum(counts)) > 55


def test_outages_come_as_clusters() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT max(n) FROM (
                SELECT count(*) OVER (
                    PARTITION BY l.property_id, r.reason_id ORDER BY l.contacted_at
                    RANGE BETWEEN '1 hour' PRECEDING AND CURRENT ROW
                ) n FROM calls_calllog l
                JOIN calls_calllogreason r ON r.call_log_id = l.id AND r.position = 0
            ) counted"""
        )
        assert cursor.fetchone()[0] >= 5


def test_each_due_callback_has_its_row_and_a_fifth_is_overdue() -> None:
    due = CallLog.objects.filter(status__name="Callback due")
    pending = Callback.objects.filter(state="pending")
    assert set(pending.values_list("call_log_id", flat=True)) == set(
        due.values_list("pk", flat=True)
    )
    overdue = pending.filter(due_at__lt=NOW).count()
    assert share(overdue, pending.count()) == pytest.approx(20, abs=9)
    assert pending.filter(assignee=None).exists()
    assert pending.exclude(assignee=None).exists()


def test_a_duplicate_points_to_its_head_call_and_nothing_else_does() -> None:
    duplicate = Q(status__name="Duplicate")
    assert not CallLog.objects.filter(duplicate, folded_into=None).exists()
    assert not CallLog.objects.exclude(duplicate).exclude(folded_into=None).exists()
    assert not CallLog.objects.filter(folded_into__status__name="Duplicate").exists()


def test_a_history_ends_where_its_call_stands() -> None:
    last = Comment.objects.filter(call_log=OuterRef("pk")).order_by("-seq")
    off = CallLog.objects.filter(Exists(last), ~Q(status_id=last.values("status_id")[:1]))
    assert not off.exists()


def test_version_and_times_follow_the_history() -> None:
    logs = CallLog.objects.annotate(n=Count("comments"))
    assert not logs.exclude(version=F("n") + 1).exists()
    last = Comment.objects.filter(call_log=OuterRef("pk")).order_by("-seq")
    wrong = CallLog.objects.filter(Exists(last), ~Q(updated_at=last.values("created_at")[:1]))
    assert not wrong.exists()


def test_every_move_is_one_that_the_workflow_allows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (
                SELECT status_id, call_log_id, kind, text,
                    lag(status_id) OVER (PARTITION BY call_log_id ORDER BY seq) before
                FROM calls_comment
            ) c WHERE before <> status_id AND NOT EXISTS (
                SELECT 1 FROM calls_status_allowed_next a
                WHERE a.from_status_id = c.before AND a.to_status_id = c.status_id)"""
        )
        assert cursor.fetchone() == (0,)


def test_comments_of_a_call_stand_in_the_order_of_their_times() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (
                SELECT created_at < lag(created_at) OVER (PARTITION BY call_log_id ORDER BY seq) b
                FROM calls_comment
            ) c WHERE b"""
        )
        assert cursor.fetchone() == (0,)


def test_search_copies_are_what_a_save_would_have_written() -> None:
    for resident in Resident.objects.iterator():
        names = (resident.first_name, resident.middle_name, resident.last_name)
        assert resident.search_name == fold(" ".join(names))
    for unit in Unit.objects.iterator():
        assert unit.number_key == number_key(unit.number)
    assert not Property.objects.filter(search_name="").exists()


def test_numbers_are_stored_as_the_parser_reads_them() -> None:
    phones = list(ResidentPhone.objects.all())
    assert len(phones) > SIZE.units
    for phone in phones:
        read = parse_phone(phone.raw, region="US")
        assert len(read) == 1, phone.raw
        assert (read[0].e164, read[0].extension) == (phone.e164, phone.extension), phone.raw
        assert read[0].digits[::-1] == phone.digits_reversed, phone.raw


@pytest.mark.parametrize("model", [ResidentPhone, CallLog])
def test_every_number_is_from_a_range_that_rings_nobody(model: Any) -> None:
    column = "e164" if model is ResidentPhone else "phone_e164"
    fiction = r"^(\+1\d{3}55501\d\d|\+442079460\d{3}|\+447700900\d{3}|\+441632960\d{3})$"
    wrong = model.objects.exclude(**{column: ""}).exclude(**{f"{column}__regex": fiction})
    assert not wrong.exists()


def test_people_are_as_untidy_as_in_life() -> None:
    today = NOW.date()
    assert Resident.objects.filter(move_out=today - timedelta(days=1)).exists()
    assert Resident.objects.filter(move_in__gt=today).exists()
    assert Resident.objects.exclude(person_key=None).exists()
    assert Unit.objects.filter(residents=None).exists()
    assert Unit.objects.filter(number="").exists()
    assert Unit.objects.filter(number_key="0101").exists()
    assert Unit.objects.filter(number__startswith="#").exists()


def test_an_owner_sees_all_and_a_member_sees_the_linked_properties(demo: dict[str, Any]) -> None:
    seen = []
    for login in demo["users"]:
        user = User.objects.get(email=login["email"])
        principal = principal_for(
            user_id=user.pk, organization_id=Organization.objects.get().pk, request_id="t"
        )
        assert principal is not None
        logs = CallLog.objects.visible_to(principal)
        seen.append(logs.count())
        places = set(logs.exclude(property=None).values_list("property_id", flat=True))
        linked = set(
            PropertyLink.objects.filter(membership__user=user).values_list("property_id", flat=True)
        )
        if linked:
            assert places == linked
        else:
            assert len(places) == 12
    assert seen[:2] == [SIZE.logs, SIZE.logs]
    assert max(seen[2:]) < SIZE.logs
    assert seen[2] != seen[3]


def test_a_call_is_taken_and_held_by_somebody_who_may_see_it() -> None:
    for who in ("taken_by", "assignee"):
        assert not _out_of_sight(who).exists()


def _out_of_sight(who: str) -> Any:
    """Calls with a place that the one who took or holds them is not linked to."""
    members = Membership.objects.filter(role="member", user=OuterRef(who))
    links = PropertyLink.objects.filter(
        membership__user=OuterRef(who), property=OuterRef("property")
    )
    return CallLog.objects.filter(Exists(members), ~Exists(links)).exclude(property=None)


def test_the_log_ins_work(demo: dict[str, Any]) -> None:
    assert [u["role"] for u in demo["users"]] == ["owner", "admin", "member", "member"]
    for login in demo["users"]:
        assert User.objects.get(email=login["email"]).check_password(login["password"])


def test_a_second_run_says_so_and_changes_nothing(demo: dict[str, Any], tmp_path: Path) -> None:
    kept = tmp_path / "demo.json"
    text = json.dumps({"users": [], "credentials": [{"name": "kept"}]})
    kept.write_text(text)
    said = StringIO()
    call_command("demo_data", "--seed", "8", "--accounts", str(kept), stdout=said)
    assert "already" in said.getvalue()
    assert CallLog.objects.count() == SIZE.logs
    assert kept.read_text() == text
    assert User.objects.get(email="owner@example.com").check_password(demo["users"][0]["password"])


def test_a_lost_file_of_log_ins_is_written_again_with_new_passwords(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    call_command("demo_data", "--accounts", str(path), stdout=StringIO())
    known = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert [user["role"] for user in known["users"]] == ["owner", "admin", "member", "member"]
    for login in known["users"]:
        assert User.objects.get(email=login["email"]).check_password(login["password"])


def test_the_audit_names_the_load() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(pgh_context ->> 'request'), max(pgh_context ->> 'request')"
            " FROM calls_calllogauditevent"
        )
        assert cursor.fetchone() == (SIZE.logs, "demo_data", "demo_data")


def test_the_history_passes_its_check() -> None:
    said = StringIO()
    call_command("verify_history", "--organization", "demo", stdout=said)
    assert f"{Comment.objects.count()} comments, 0 broken" in said.getvalue()


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("12b maple", "12"),
        ("cruz maple", "Ana de la Cruz"),
        ("marcheti", "Paolo Marchetti"),
        ("0143", "0143"),
    ],
)
def test_what_the_desk_and_readme_teach_is_found_by_the_first_member(query: str, best: str) -> None:
    membership = Membership.objects.get(user__email="kim@example.com")
    kim = principal_for(
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        request_id="",
        kind="session",
    )
    assert kim is not None
    hits = find(query, kim)
    assert hits
    assert best in re.sub("<[^>]+>", "", f"{hits[0].title} {hits[0].detail}")
