"""The lists of calls are read from their indexes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Coalesce
from django.utils import timezone

from callcenter.telephony.models import Extension, PhoneCall, PhoneCallParty

from .conftest import Desk

NOW = timezone.now()


def plan(rows: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    return str(rows.explain())


def test_each_list_has_its_index(desk: Desk) -> None:
    seen = PhoneCall.objects.visible_to(desk.owner)
    when = Coalesce("answered_at", "published_at")
    over = seen.over().alias(when=when)
    week = NOW - timedelta(days=7)
    mine = Extension.objects.filter(pk=desk.mine.pk)
    for rows, index in (
        (seen.live().for_list()[:20], "phonecall_live"),
        (seen.over().for_list()[:20], "phonecall_history"),
        (over.filter(when__gte=week).order_by(when.desc(), "-pk")[:20], "history_answered"),
        (seen.over().order_by("-stored_at", "-pk")[:20], "phonecall_history_stored"),
        (seen.filter(extension=desk.mine).order_by("-published_at", "-pk")[:9], "of_extension"),
        (PhoneCall.objects.live().filter(upstream=desk.upstream), "phonecall_live"),
        (PhoneCallParty.objects.filter(extension__in=mine, ended_at=None), "phonecallparty_live"),
    ):
        assert index in plan(rows), plan(rows)


@pytest.mark.parametrize("many", [1, 6])
def test_inv30_the_statements_of_a_list_do_not_grow(
    desk: Desk, many: int, django_assert_num_queries: Any
) -> None:
    for number in range(many):
        desk.tell("dial-in", CallID=f"call-{number}")
    with django_assert_num_queries(2):
        rows = list(PhoneCall.objects.visible_to(desk.priya).live().for_list())
        parties = list(PhoneCallParty.objects.filter(phone_call__in=rows).as_joined())
    assert (len(rows), len(parties)) == (many, many)
