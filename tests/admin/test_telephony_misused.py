"""The admin of telephone systems and extensions: foreign rows, odd values, lost rights."""

from typing import Any

import pytest
from django.test import Client

from callcenter.accounts.models import Membership, Role
from callcenter.telephony.models import Extension, PhoneCall, Upstream
from tests.admin.pages import page
from tests.admin.test_telephony import SYSTEM
from tests.factories import (
    make_extension,
    make_membership,
    make_organization,
    make_phone_call,
    make_property,
    make_upstream,
)
from tests.worlds import World

pytestmark = pytest.mark.django_db
ODD = ("\x00", "a\x00b", "\u202e\u2066", "\u200b", "9" * 5_000, "x" * 1_000_000)
ACTS = ("renew", "close")


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("field", ["name", "time_zone", "allowed_addresses", "lost_after_seconds"])
def test_b20_odd_values_of_a_system_are_refused_beside_their_field(
    world: World, owner: Client, field: str, odd: str
) -> None:
    before = Upstream.objects.count()
    answer = owner.post(page(Upstream, "add"), SYSTEM | {field: odd})
    assert answer.status_code in (200, 422)  # the admin's forms come back with 200
    assert Upstream.objects.count() == before


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("field", ["number", "own_line", "user", "property"])
def test_b20_odd_values_of_an_extension_are_refused(
    world: World, admin: Client, field: str, odd: str
) -> None:
    before = Extension.objects.count()
    answer = admin.post(page(Extension, "add"), {"number": "0003*779"} | {field: odd})
    assert answer.status_code in (200, 422)
    assert Extension.objects.count() == before


def test_b03_rows_of_others_are_neither_chosen_nor_changed(world: World, owner: Client) -> None:
    elsewhere = make_organization()
    board = make_upstream(elsewhere)
    theirs = make_extension(elsewhere, user=make_membership(elsewhere).user)
    call = make_phone_call(elsewhere)
    before = Upstream.objects.values().get(pk=board.pk)
    for act in ACTS:
        form = {"action": act, "_selected_action": str(board.pk), "confirmed": "1"}
        assert owner.post(page(Upstream, "changelist"), form).status_code in (200, 302)
    for row in (board, theirs, call):
        for verb in ("change", "history"):
            assert owner.get(page(type(row), verb, row.pk)).status_code in (302, 404)
        assert owner.post(page(type(row), "change", row.pk), SYSTEM).status_code in (302, 404)
    for field, foreign in (("user", theirs.user_id), ("property", make_property(elsewhere).pk)):
        form = {"number": "0003*779", field: str(foreign)}
        assert owner.post(page(Extension, "add"), form).status_code in (200, 422)
    assert Upstream.objects.values().get(pk=board.pk) == before
    assert not Extension.objects.filter(number="0003*779").exists()


def test_b06_an_admin_who_is_none_any_more_renews_and_closes_nothing(
    world: World, admin: Client
) -> None:
    board = Upstream.objects.get(organization=world.organization)
    before = Upstream.objects.values().get(pk=board.pk)
    assert admin.get(page(Upstream, "changelist")).status_code == 200
    Membership.objects.filter(pk=world.admin.pk).update(role=Role.MEMBER)
    for act in ACTS:
        form: dict[str, Any] = {"action": act, "_selected_action": board.pk, "confirmed": "1"}
        assert admin.post(page(Upstream, "changelist"), form).status_code in (302, 403)
    assert admin.post(page(Upstream, "add"), SYSTEM).status_code in (302, 403)
    assert Upstream.objects.values().get(pk=board.pk) == before
    assert Upstream.objects.filter(organization=world.organization).count() == 1


@pytest.mark.parametrize("model", [Upstream, Extension, PhoneCall])
@pytest.mark.parametrize("query", [{"q": odd} for odd in ODD[:5]], ids=range(5))
def test_b20_odd_searches_find_nothing(
    world: World, owner: Client, model: Any, query: dict[str, str]
) -> None:
    assert owner.get(page(model, "changelist"), query).status_code in (200, 302, 400)
