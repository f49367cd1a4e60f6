"""Rings that other systems tell of, their likeness to a machine, and a chain in one sentence."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.escalations.items import change_item, log_item, withdraw_item
from callcenter.escalations.models import EscalationItem
from callcenter.escalations.telling import in_words, seconds_to_human, sentence
from tests.escalations.conftest import Cast
from tests.factories import make_escalation, make_organization, make_policy, make_responder
from tests.factories import make_ring as ring_of

SECOND = timedelta(seconds=1)


def test_a_ring_is_logged_as_told(cast: Cast) -> None:
    chain = make_escalation(cast.organization, property=cast.maple)
    wished, at = uuid.uuid4(), timezone.now() - timedelta(days=3)
    item = log_item(
        escalation_id=chain.pk,
        rule_id=cast.policy.rules.get(order=2).pk,
        responder_id=cast.joe.pk,
        phone="+12125550133",
        fields={"status": "Example status", "dial_seconds": -4, "cost_cents": 0},
        wished_id=wished,
        created_at=at,
        actor=cast.admin,
    )
    assert (item.pk, item.created_at, item.version) == (wished, at, 1)
    assert (item.status, item.status_message, item.outcome) == ("Example status", None, "")
    assert (item.dial_seconds, item.cost_cents, item.is_answered) == (-4, 0, False)
    assert (item.rule_order, item.responder_name, item.accepted_by_human) == (2, "Joe Tran", None)
    chain.refresh_from_db()
    assert chain.version == 1


def test_b07_a_ring_points_to_nothing_foreign(cast: Cast) -> None:
    other = make_organization()
    foreign = make_policy(other, make_responder(other))
    chain = make_escalation(cast.organization)
    good: Any = {"escalation_id": chain.pk, "fields": {"status": "Ringing"}, "actor": cast.admin}
    for field, pk in {
        "escalation": make_escalation(other).pk,
        "rule": foreign.rules.get().pk,
        "responder": make_responder(other).pk,
    }.items():
        for wrong in (pk, uuid.uuid4()):
            with pytest.raises(RuleError) as refusal:
                log_item(**good | {f"{field}_id": wrong})
            assert refusal.value.field == field
    assert not EscalationItem.objects.exists()


def test_a_ring_is_changed_and_its_version_grows(cast: Cast) -> None:
    item = ring_of(make_escalation(cast.organization), started_at=timezone.now())
    changed = change_item(
        item_id=item.pk,
        fields={"status": "Busy", "is_answered": True, "accepted_by_human": True},
        actor=cast.admin,
    )
    assert (changed.status, changed.accepted_by_human, changed.version) == ("Busy", True, 2)
    unanswered = change_item(item_id=item.pk, fields={"is_answered": False}, actor=cast.admin)
    assert (unanswered.is_answered, unanswered.accepted_by_human) == (False, False)
    assert change_item(item_id=item.pk, fields={}, actor=cast.admin).version == 4
    with pytest.raises(StaleError):
        change_item(item_id=item.pk, fields={}, actor=cast.admin, seen_version=3)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"status": ""}, "status"),
        ({"status": None}, "status"),
        ({"status": "x" * 101}, "status"),
        ({"status_message": "a\x00b"}, "status_message"),
        ({"dial_seconds": 2**31}, "dial_seconds"),
        ({"cost_cents": -(2**31) - 1}, "cost_cents"),
        ({"is_answered": None}, "is_answered"),
        ({"accepted_by_human": True}, "accepted_by_human"),
        ({"ended_at": timezone.now() - timedelta(days=9)}, "ended_at"),
        ({"started_at": timezone.now().replace(tzinfo=None)}, "started_at"),
    ],
)
def test_what_a_ring_cannot_be_is_said_beside_its_field(
    cast: Cast, fields: Any, field: str
) -> None:
    item = ring_of(make_escalation(cast.organization), started_at=timezone.now())
    with pytest.raises(RuleError) as refusal:
        change_item(item_id=item.pk, fields=fields, actor=cast.admin)
    assert refusal.value.field == field


def test_a_withdrawn_ring_is_absent_and_its_key_never_used_again(cast: Cast) -> None:
    item = ring_of(make_escalation(cast.organization))
    withdraw_item(item_id=item.pk, reason="Deleted by a client", actor=cast.admin)
    for act in (
        lambda: withdraw_item(item_id=item.pk, reason="Again", actor=cast.admin),
        lambda: change_item(item_id=item.pk, fields={"status": "Busy"}, actor=cast.admin),
    ):
        with pytest.raises(NotFoundError):
            act()
    again: Any = {"escalation_id": item.escalation_id, "fields": {"status": "Ringing"}}
    made = log_item(**again, wished_id=item.pk, actor=cast.admin)
    assert made.pk != item.pk
    with pytest.raises(RuleError, match="already exists"):
        log_item(**again, wished_id=made.pk, actor=cast.admin)


def test_a_member_reads_rings_and_writes_none(cast: Cast) -> None:
    item = ring_of(make_escalation(cast.organization, property=cast.maple))
    assert EscalationItem.objects.visible_to(cast.member).get() == item
    acts: list[Any] = [
        lambda: log_item(
            escalation_id=item.escalation_id, fields={"status": "x"}, actor=cast.member
        ),
        lambda: change_item(item_id=item.pk, fields={"status": "x"}, actor=cast.member),
        lambda: withdraw_item(item_id=item.pk, reason="x", actor=cast.member),
    ]
    for act in acts:
        with pytest.raises(NotAllowedError):
            act()


@pytest.mark.parametrize(
    ("rang", "talked", "limit", "likely"),
    [
        (30, 12, 30, True),
        (30, 19, 30, True),
        (30, 20, 30, False),
        (18, 12, 30, True),
        (10, 12, 30, False),
        (30, 0, None, True),
        (29, 0, None, False),
        (45, 5, 60, False),
        (-(2**31), 5, 30, False),
        (None, 5, 30, False),
    ],
)
def test_a_short_talk_after_a_full_ring_is_probably_a_machine(
    cast: Cast, rang: int | None, talked: int, limit: int | None, *, likely: bool
) -> None:
    told = {"dial_seconds": rang, "talk_seconds": talked, "ring_limit_seconds": limit}
    chain = make_escalation(cast.organization)
    picked_up = ring_of(chain, is_answered=True, **told)
    assert picked_up.looks_like_voicemail is likely
    assert not ring_of(chain, is_answered=False, **told).looks_like_voicemail
    judged = ring_of(chain, is_answered=True, accepted_by_human=True, **told)
    assert not judged.looks_like_voicemail


@pytest.mark.parametrize(
    ("took", "likely"), [(29, False), (30, True), (49, True), (50, False), (None, False)]
)
def test_where_the_talk_is_unknown_the_whole_time_is_judged(
    cast: Cast, took: int | None, *, likely: bool
) -> None:
    now = timezone.now()
    ended = None if took is None else now + took * SECOND
    item = ring_of(
        make_escalation(cast.organization), is_answered=True, started_at=now, ended_at=ended
    )
    assert item.looks_like_voicemail is likely


def test_a_chain_is_told_in_one_sentence(cast: Cast) -> None:
    chain = make_escalation(cast.organization)
    assert chain.started_at is not None
    at = chain.started_at
    ring_of(chain, dial_seconds=30, cost_cents=1, started_at=at, ended_at=at + 30 * SECOND)
    ring_of(
        chain,
        responder_name="Marta Lindqvist",
        status="Connected",
        is_answered=True,
        dial_seconds=18,
        talk_seconds=12,
        cost_cents=2,
        started_at=at + 32 * SECOND,
        ended_at=at + 62 * SECOND,
    )
    ring_of(chain, status="Paged <b>", started_at=at + 64 * SECOND, cost_cents=None)
    rings = list(chain.items.as_rung())
    assert seconds_to_human(chain, rings) is None
    assert sentence(chain, rings) == (
        "Rang Joe Tran 30 s, no answer; Marta Lindqvist 18 s, probably voicemail;"
        " Joe Tran, Paged <b>; 1 min 2 s, $0.03 and 1 ring of unknown cost"
    )
    ring_of(
        chain,
        responder_name="Ray Okafor",
        status="Connected",
        is_answered=True,
        accepted_by_human=True,
        dial_seconds=22,
        talk_seconds=154,
        cost_cents=101,
        started_at=at + 69 * SECOND,
        ended_at=at + 245 * SECOND,
    )
    rings = list(chain.items.as_rung())
    assert seconds_to_human(chain, rings) == 91
    assert sentence(chain, rings).endswith(
        "Ray Okafor accepted after 22 s; 1 min 31 s, $1.04 and 1 ring of unknown cost"
    )
    assert sentence(chain, []) == "Nobody was rung"


def test_lengths_are_said_as_people_say_them() -> None:
    assert [in_words(n) for n in (0, 59, 60, 91, 3600, 3900)] == [
        *("0 s", "59 s", "1 min 0 s", "1 min 31 s", "1 h 0 min", "1 h 5 min"),
    ]
