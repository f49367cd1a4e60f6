"""Taking and handing on calls, and the clocks that run until they are answered and done."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.actions import append_comment, change_status, log_call
from callcenter.calls.assigning import assign_call, take_call, undo_assign
from callcenter.calls.models import CallLog, Reason, Status
from callcenter.calls.undoing import standing_before_move, undo_move
from callcenter.calls.values import ContactTime, NewCall
from callcenter.core.errors import NotFoundError, RuleError, StaleError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.calls.conftest import post, signed_in
from tests.factories import (
    make_call_log,
    make_membership,
    make_property,
    reason_named,
    status_named,
)

type People = dict[str, Membership]


def test_the_first_who_takes_it_has_it_and_the_second_is_told(
    log: CallLog, admin: Principal, member: Principal
) -> None:
    assert take_call(call_log_id=log.pk, actor=member) is not None
    assert take_call(call_log_id=log.pk, actor=member) is None
    with pytest.raises(StaleError, match="Priya Nair took this call first"):
        take_call(call_log_id=log.pk, actor=admin)
    log.refresh_from_db()
    assert (log.assignee_id, log.version) == (member.user_id, 2)
    assert [row.text for row in log.comments.all()] == ["Taken."]


def test_a_call_goes_only_to_somebody_who_sees_it_and_back_to_nobody(
    organization: Organization, log: CallLog, admin: Principal, member: Principal
) -> None:
    outsider = make_membership(organization, Role.MEMBER)
    with pytest.raises(RuleError, match="does not see"):
        assign_call(call_log_id=log.pk, assignee_id=outsider.user_id, actor=admin)
    assert assign_call(call_log_id=log.pk, assignee_id=member.user_id, actor=admin)
    assert assign_call(call_log_id=log.pk, assignee_id=None, actor=admin)
    assert assign_call(call_log_id=log.pk, assignee_id=None, actor=admin) is None
    assert [row.text for row in log.comments.order_by("seq")] == [
        "Assigned to Priya Nair.",
        "Given back: nobody holds the call now.",
    ]
    elsewhere = make_call_log(organization, property=make_property(organization))
    with pytest.raises(NotFoundError):
        take_call(call_log_id=elsewhere.pk, actor=member)


def test_undo_gives_it_back_unless_somebody_changed_it(
    log: CallLog, admin: Principal, member: Principal
) -> None:
    before = take_call(call_log_id=log.pk, actor=member)
    assert before is not None
    undo_assign(before=before, actor=member)
    log.refresh_from_db()
    assert log.assignee_id is None
    again = take_call(call_log_id=log.pk, actor=member)
    assert again is not None
    append_comment(call_log_id=log.pk, text="x", actor=admin)
    with pytest.raises(StaleError):
        undo_assign(before=again, actor=member)


def test_the_page_takes_hands_on_and_keeps_a_name_that_nobody_has(
    people: People, log: CallLog
) -> None:
    htmx = signed_in(people["member"], htmx=True)
    taken = post(htmx, "calls:take", log.pk)
    assert "The call is yours." in taken.text
    assert 'name="token"' in taken.text
    refused = post(htmx, "calls:assign", log.pk, who="Nobody Known")
    assert refused.status_code == 422
    assert 'value="Nobody Known"' in refused.text
    post(htmx, "calls:assign", log.pk, who="Kim Osei")
    second = post(htmx, "calls:take", log.pk)
    assert second.status_code == 409
    assert "Kim Osei took this call first" in second.text
    plain = post(signed_in(people["member"]), "calls:assign", log.pk, who="nobody")
    assert plain.headers["Location"] == reverse("calls:detail", args=[log.pk])


# Clocks ---------------------------------------------------------------------

START = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # 17:30 in New York


@pytest.fixture
def leak(organization: Organization, maple: Property) -> Reason:
    Property.objects.filter(pk=maple.pk).update(hours="mon-fri 08:00-18:00")
    leak = reason_named(organization, "el")
    Reason.objects.filter(pk=leak.pk).update(first_answer_minutes=60, resolution_minutes=240)
    return leak


@pytest.fixture
def ticking(maple: Property, leak: Reason, member: Principal) -> CallLog:
    call = NewCall(
        property_id=maple.pk,
        call_from="Ana",
        reason_ids=[leak.pk],
        contacted=ContactTime(at=START, zone="America/New_York"),
    )
    log = log_call(call=call, actor=member)
    log.refresh_from_db()
    return log


def move(log: CallLog, name: str, actor: Principal, comment: str = "") -> None:
    status = status_named(log.organization, name)
    change_status(
        call_log_id=log.pk, status_id=status.pk, seen_version=None, actor=actor, comment=comment
    )
    log.refresh_from_db()


def test_the_clocks_of_a_new_call_run_in_the_hours_of_its_place(ticking: CallLog) -> None:
    assert ticking.first_answer_due_at == datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
    assert ticking.resolve_due_at == datetime(2026, 11, 25, 16, 30, tzinfo=UTC)


def test_the_shortest_of_several_reasons_counts_and_one_without_minutes_sets_none(
    organization: Organization, maple: Property, leak: Reason, member: Principal
) -> None:
    quick, none = reason_named(organization, "eg"), reason_named(organization, "pb")
    Reason.objects.filter(pk=quick.pk).update(resolution_minutes=30)
    contacted = ContactTime(at=START, zone="America/New_York")

    def resolve(*reasons: Reason) -> datetime | None:
        ids = [one.pk for one in reasons]
        call = NewCall(property_id=maple.pk, call_from="A", reason_ids=ids, contacted=contacted)
        return log_call(call=call, actor=member).resolve_due_at

    assert resolve(none) is None
    assert resolve(none, leak, quick) == START + timedelta(minutes=30)


def test_the_first_answer_ends_its_clock(ticking: CallLog, member: Principal) -> None:
    append_comment(call_log_id=ticking.pk, text="On our way", actor=member)
    ticking.refresh_from_db()
    assert ticking.first_answer_due_at is None
    assert ticking.resolve_due_at is not None


def test_the_clock_stands_still_while_the_resident_is_waited_for(
    ticking: CallLog, member: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(moment: datetime) -> None:
        monkeypatch.setattr("callcenter.calls.clocks.timezone.now", lambda: moment)

    at(START + timedelta(minutes=10))  # 17:40
    move(ticking, "In progress", member)
    move(ticking, "Waiting for resident", member)
    assert ticking.clock_paused_at == START + timedelta(minutes=10)
    at(datetime(2026, 11, 27, 14, 0, tzinfo=UTC))  # Friday 09:00
    move(ticking, "In progress", member)
    # of four hours ten minutes had passed
    assert ticking.resolve_due_at == datetime(2026, 11, 27, 17, 50, tzinfo=UTC)
    assert ticking.clock_paused_at is None


def test_undoing_a_move_lets_the_clock_run_again(ticking: CallLog, member: Principal) -> None:
    move(ticking, "In progress", member)
    before = standing_before_move(ticking.pk, member)
    move(ticking, "Waiting for resident", member)
    assert ticking.clock_paused_at is not None
    undo_move(before=before, actor=member)
    ticking.refresh_from_db()
    assert ticking.clock_paused_at is None


def test_only_waiting_statuses_pause(organization: Organization) -> None:
    pausing = Status.objects.filter(organization=organization, pauses_clock=True)
    assert [status.name for status in pausing] == ["Waiting for resident"]


# Worklists ------------------------------------------------------------------


@pytest.fixture
def htmx(people: People) -> Client:
    return signed_in(people["member"], htmx=True)


def listed(client: Client, name: str, **query: str) -> list[int]:
    """The ids of the calls in a worklist, in order."""
    response = client.get(reverse(f"calls:{name}"), query)
    assert response.status_code == 200
    return [row["pk"] for row in response.context["work"].page.rows]


def test_the_list_of_what_is_due_has_the_earliest_clock_first(
    organization: Organization, maple: Property, people: People, htmx: Client
) -> None:
    now = timezone.now()

    def due(first: int | None, resolve: int | None, **fields: object) -> int:
        moments = {
            "first_answer_due_at": first and now + timedelta(minutes=first),
            "resolve_due_at": resolve and now + timedelta(minutes=resolve),
        }
        return make_call_log(organization, property=maple, **moments, **fields).pk

    late, soon = due(None, -12), due(9, 300)
    far, theirs = due(None, 600), due(5, 5, assignee=people["admin"].user)
    due(None, None)
    due(1, 1, clock_paused_at=now)
    due(1, 1, status=status_named(organization, "Resolved"))
    assert listed(htmx, "due") == [late, soon, far]
    assert listed(htmx, "due", who="all") == [late, theirs, soon, far]
    page = htmx.get(reverse("calls:due")).text
    assert "12 min late" in page
    assert 'class="clock late"' in page
    assert 'class="clock soon"' in page


def test_what_i_have_to_finish_lacks_a_reason_or_an_open_one_its_place(
    organization: Organization, maple: Property, people: People, htmx: Client
) -> None:
    me = people["member"].user
    done = status_named(organization, "Resolved")
    without_reason = make_call_log(organization, property=maple, taken_by=me)
    no_place = make_call_log(organization, taken_by=me)
    closed = make_call_log(organization, taken_by=me, status=done)
    complete = make_call_log(organization, property=maple, taken_by=me)
    make_call_log(organization, property=maple, taken_by=people["admin"].user)
    for log in (no_place, closed, complete):
        log.reason_links.create(
            organization=organization, reason=reason_named(organization, "os"), position=0
        )
    assert listed(htmx, "finish") == [no_place.pk, without_reason.pk]


def test_what_nobody_handles_is_taken_from_the_list(
    organization: Organization, maple: Property, people: People, htmx: Client
) -> None:
    admin = people["admin"].user
    nobodys = make_call_log(organization, property=maple)
    make_call_log(organization, property=maple, taken_by=admin)
    make_call_log(organization, property=maple, assignee=admin)
    make_call_log(organization, property=make_property(organization))
    assert listed(htmx, "unhandled") == [nobodys.pk]
    everything = signed_in(people["admin"], htmx=True)
    unplaced = make_call_log(organization, taken_by=admin)
    assert unplaced.pk in listed(everything, "unhandled")
    answer = post(htmx, "calls:take", nobodys.pk, back="unhandled")
    assert 'id="rows"' in answer.text
    assert listed(htmx, "unhandled") == []


@pytest.mark.parametrize("name", ["due", "finish", "unhandled"])
def test_a_worklist_costs_at_most_eight_statements(
    organization: Organization,
    maple: Property,
    people: People,
    name: str,
    django_assert_max_num_queries: object,
) -> None:
    client = signed_in(people["member"])
    for _n in range(30):
        make_call_log(organization, property=maple, resolve_due_at=timezone.now(), taken_by=None)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert client.get(reverse(f"calls:{name}")).status_code == 200
