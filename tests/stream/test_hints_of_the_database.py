"""The database tells that something changed: one hint for each statement and organisation."""

import os
from collections.abc import Iterator
from functools import partial

import psycopg
import pytest
from django.db import transaction

from callcenter.accounts.availability import say_availability
from callcenter.accounts.models import Availability, Membership, Organization, Role
from callcenter.telephony.extensions import assign_extension
from callcenter.telephony.models import PhoneCall, PhoneCallParty
from tests.conftest import of_database
from tests.factories import (
    make_call_log,
    make_extension,
    make_membership,
    make_organization,
    make_party,
    make_phone_call,
    principal_again,
)


@pytest.fixture
def ear(committed_db: str) -> Iterator[psycopg.Connection]:
    """Somebody who listens."""
    url = of_database(os.environ["DATABASE_URL"], committed_db)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("LISTEN live")
        yield connection


def heard(ear: psycopg.Connection) -> list[str]:
    """What was told since the last time, in order."""
    return [hint.payload for hint in ear.notifies(timeout=0.3)]


def forget(ear: psycopg.Connection, *organizations: Organization) -> list[str]:
    """Topics as they are told of these organisations, after what the set-up told is heard."""
    heard(ear)
    return [str(one.pk) for one in organizations]


def test_many_rows_of_a_statement_are_one_hint_for_each_organization(
    ear: psycopg.Connection,
) -> None:
    ours, theirs = make_organization(), make_organization()
    for organization in (ours, ours, theirs):
        make_phone_call(organization)
    us, them = forget(ear, ours, theirs)
    PhoneCall.objects.update(caller_name="Ana")
    assert sorted(heard(ear)) == sorted([f"{us}:phone_calls", f"{them}:phone_calls"])
    PhoneCall.objects.filter(organization=ours).update(caller_name="Ben")
    assert heard(ear) == [f"{us}:phone_calls"]


def test_a_transaction_hints_once_however_many_statements_it_has(ear: psycopg.Connection) -> None:
    ours = make_organization()
    (us,) = forget(ear, ours)
    with transaction.atomic():
        call = make_phone_call(ours)
        make_party(call, extension=make_extension(ours))
        PhoneCall.objects.filter(pk=call.pk).update(caller_name="Ana")
        make_call_log(ours)
    assert sorted(heard(ear)) == [f"{us}:call_logs", f"{us}:phone_calls"]


def test_a_call_is_hinted_to_those_at_whose_extensions_it_is(ear: psycopg.Connection) -> None:
    ours = make_organization()
    kim, lee = make_membership(ours), make_membership(ours)
    phones = [make_extension(ours, user=one.user) for one in (kim, lee)]
    call, other = make_phone_call(ours), make_phone_call(ours)
    (us,) = forget(ear, ours)
    party = make_party(call, extension=phones[0])
    assert sorted(heard(ear)) == [f"{us}:my_calls:{kim.user_id}", f"{us}:phone_calls"]
    make_party(other, extension=make_extension(ours))  # nobody's
    assert heard(ear) == [f"{us}:phone_calls"]
    PhoneCallParty.objects.filter(pk=party.pk).update(status=5)
    assert f"{us}:my_calls:{kim.user_id}" in heard(ear)
    PhoneCall.objects.update(caller_name="Ana")
    assert f"{us}:my_calls:{kim.user_id}" in heard(ear)
    make_call_log(ours, taken_by=lee.user, phone_call=call)
    assert sorted(heard(ear)) == [f"{us}:call_logs", f"{us}:my_calls:{lee.user_id}"]
    make_call_log(ours, taken_by=lee.user)
    assert heard(ear) == [f"{us}:call_logs"]


def test_an_extension_that_is_given_away_is_hinted_to_both(ear: psycopg.Connection) -> None:
    ours = make_organization()
    kim, lee = make_membership(ours), make_membership(ours)
    extension = make_extension(ours, user=kim.user)
    actor = principal_again(make_membership(ours, role=Role.OWNER))
    (us,) = forget(ear, ours)
    give = partial(assign_extension, extension_id=extension.pk, actor=actor)
    give(fields={"user_id": lee.user_id})
    assert sorted(heard(ear)) == sorted(f"{us}:my_calls:{one.user_id}" for one in (kim, lee))
    give(fields={"user_id": lee.user_id, "own_line": ""})
    assert heard(ear) == []  # it is the same person's
    give(fields={"user_id": None})
    assert heard(ear) == [f"{us}:my_calls:{lee.user_id}"]


def test_what_changes_no_row_or_is_rolled_back_is_not_told(ear: psycopg.Connection) -> None:
    ours = make_organization()
    make_phone_call(ours)
    forget(ear, ours)
    PhoneCall.objects.filter(caller_name="nobody").update(caller_name="Ana")
    with transaction.atomic():
        make_phone_call(ours)
        transaction.set_rollback(True)
    assert heard(ear) == []


def test_what_an_agent_says_of_being_ready_is_told(ear: psycopg.Connection) -> None:
    ours = make_organization()
    mine = make_membership(ours)
    (us,) = forget(ear, ours)
    actor = principal_again(mine)
    say_availability(membership=mine, availability=Availability.AWAY, actor=actor)
    assert heard(ear) == [f"{us}:agents"]
    say_availability(membership=mine, availability=Availability.AWAY, actor=actor)
    assert Membership.objects.get(pk=mine.pk).availability == Availability.AWAY
    assert heard(ear) == []
