"""The demo's chains: realistic in their shares, right in what they say (domain.md 5)."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import Count, F, Max, Min, Q
from pytest_django.plugin import DjangoDbBlocker

from callcenter.accounts.models import Organization
from callcenter.calls.chain import verify
from callcenter.calls.models import CallLogReason, Comment, CommentKind
from callcenter.demo.loading import Size
from callcenter.escalations.models import (
    Escalation,
    EscalationItem,
    Policy,
    ResponderLine,
    Rule,
    ScheduleOverride,
)
from callcenter.escalations.telling import sentence
from callcenter.properties.models import Property
from tests.demo.conftest import NOW, demo_database

SIZE = Size(units=400, logs=2_500)
pytestmark = pytest.mark.usefixtures("small_demo")


@pytest.fixture(scope="module")
def small_demo(
    django_db_setup: None, template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database of this module with a small demo in it."""
    with demo_database(template, django_db_blocker, SIZE, seed=7):
        yield


def share(part: int, whole: int) -> float:
    return 100 * part / whole


def test_every_property_has_a_chain_of_four_steps() -> None:
    assert Policy.objects.count() == Property.objects.count()
    orders = Rule.objects.order_by("policy", "order").values_list("order", flat=True)
    assert list(orders) == [1, 2, 3, 4] * Policy.objects.count()
    assert ResponderLine.objects.filter(verified_at=None).exists()
    fiction = r"^(\+1\d{3}55501\d\d|\+442079460\d{3}|\+447700900\d{3}|\+441632960\d{3})$"
    assert not ResponderLine.objects.exclude(e164__regex=fiction).exists()


def test_some_of_the_next_nights_have_nobody_on_call() -> None:
    soon = (NOW.date(), NOW.date() + timedelta(days=14))
    assert ScheduleOverride.objects.filter(responder=None, starts_on__range=soon).count() >= 3


def test_one_call_in_sixteen_starts_a_chain_and_most_are_urgent() -> None:
    chains = Escalation.objects.count()
    assert share(chains, SIZE.logs) == pytest.approx(6, abs=1.3)
    urgent = CallLogReason.objects.filter(position=0, reason__is_emergency=True)
    assert (
        share(Escalation.objects.filter(call_log__in=urgent.values("call_log")).count(), chains)
        > 70
    )
    assert not Escalation.objects.exclude(property=F("call_log__property")).exists()


def test_chains_are_as_long_and_as_lucky_as_the_domain_page_says() -> None:
    chains = Escalation.objects.annotate(n=Count("items"))
    lengths = Counter(chains.values_list("n", flat=True))
    whole = sum(lengths.values())
    assert share(lengths[1], whole) == pytest.approx(57, abs=10)
    assert share(lengths[2], whole) == pytest.approx(25, abs=9)
    endings = Counter(chains.values_list("status", flat=True))
    assert share(endings["Completed"], whole) == pytest.approx(94, abs=5)
    assert set(endings) <= {"Completed", "NoAnswer", "CallerHungUp"}
    rings = EscalationItem.objects
    assert rings.filter(cost_cents=None).exists()
    assert rings.exclude(cost_cents=None).aggregate(a=Min("cost_cents"), b=Max("cost_cents")) == {
        "a": 1,
        "b": 5,
    }
    assert rings.filter(looks_like_voicemail=True).exists()
    assert rings.filter(outcome="voicemail", accepted_by_human=False).exists()


def test_who_accepted_is_the_last_who_was_rung() -> None:
    accepted = EscalationItem.objects.filter(accepted_by_human=True)
    completed = Escalation.objects.filter(status="Completed")
    assert accepted.count() == completed.count()
    assert not accepted.exclude(escalation__answered_by=F("responder")).exists()
    assert not Escalation.objects.filter(Q(ended_at=None) | Q(ended_at__gt=NOW)).exists()
    late = EscalationItem.objects.filter(
        Q(started_at__lt=F("escalation__started_at")) | Q(ended_at__gt=F("escalation__ended_at"))
    )
    assert not late.exists()


def test_each_chain_is_told_in_the_history_of_its_call() -> None:
    rows = Comment.objects.filter(kind=CommentKind.CHAIN)
    assert rows.count() == 2 * Escalation.objects.count()
    for chain in Escalation.objects.order_by("created_at")[:20]:
        said = sentence(chain, list(chain.items.as_rung()))
        last = rows.filter(call_log=chain.call_log_id).latest("seq")
        assert last.text is not None
        assert said in last.text
        assert last.created_at == chain.ended_at
    assert verify(Organization.objects.get()).broken == 0
