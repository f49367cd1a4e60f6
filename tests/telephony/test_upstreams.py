"""Telephone systems: entered, changed, polled, closed."""

from dataclasses import replace
from typing import Any

import pytest

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.sealing import UnsealableError
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Upstream, UpstreamPoll
from callcenter.telephony.upstreams import (
    UpstreamWish,
    change_upstream,
    close_upstream,
    create_upstream,
    find_upstream,
    secret_of,
    start_polling,
    stop_polling,
)

from .conftest import Desk, make_desk

WISH = UpstreamWish(name="Main board", time_zone="America/New_York")
BASE = {"base_url": "https://pbx.example", "client_id": "app"}


def test_a_secret_is_shown_once_and_found_by(desk: Desk) -> None:
    upstream, secret = create_upstream(wish=WISH, actor=desk.owner)
    assert find_upstream(secret) == find_upstream(secret.upper()) == upstream
    assert (upstream.last_four, find_upstream("")) == (secret[-4:], None)


def test_members_have_no_telephone_systems(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        create_upstream(wish=WISH, actor=desk.priya)
    assert not Upstream.objects.visible_to(desk.priya).exists()


def test_b07_a_foreign_system_is_absent(desk: Desk) -> None:
    stranger = make_desk().owner
    for act in (
        lambda actor: change_upstream(upstream_id=desk.upstream.pk, wish=WISH, actor=actor),
        lambda actor: close_upstream(upstream_id=desk.upstream.pk, actor=actor),
    ):
        with pytest.raises(NotFoundError):
            act(stranger)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", " "),
        ("name", "x" * 101),
        ("time_zone", "Mars/Olympus"),
        ("lost_after_seconds", 1),
        ("allowed_addresses", ["everywhere"]),
        ("allowed_addresses", [f"10.0.0.{n}" for n in range(60)]),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(desk: Desk, field: str, wrong: Any) -> None:
    with pytest.raises(RuleError) as refused:
        create_upstream(wish=replace(WISH, **{field: wrong}), actor=desk.owner)
    assert refused.value.field == field


def test_two_systems_in_use_have_two_names(desk: Desk) -> None:
    upstream, _ = create_upstream(wish=WISH, actor=desk.owner)
    with pytest.raises(RuleError):
        create_upstream(wish=WISH, actor=desk.owner)
    changed = change_upstream(
        upstream_id=upstream.pk,
        wish=replace(WISH, allowed_addresses=["10.0.0.7", "10.0.0.0/24", "10.0.0.7/32"]),
        actor=desk.owner,
    )
    assert changed.allowed_addresses == ["10.0.0.0/24", "10.0.0.7/32"]
    close_upstream(upstream_id=upstream.pk, actor=desk.owner)
    create_upstream(wish=WISH, actor=desk.owner)


def poll(desk: Desk, actor: Principal, **more: Any) -> Upstream:
    wish = BASE | {"secret": "hunter2"} | more
    return start_polling(upstream_id=desk.upstream.pk, actor=actor, **wish)


def test_the_secret_of_polling_is_sealed_and_can_be_read_again(desk: Desk) -> None:
    upstream = poll(desk, desk.owner)
    upstream.refresh_from_db()
    assert b"hunter2" not in bytes(upstream.sealed_secret or b"")
    assert secret_of(upstream) == "hunter2"
    history: Any = Upstream.pgh_event_model.objects  # type: ignore[attr-defined]
    assert "sealed_secret" not in history.values().first()
    assert UpstreamPoll.objects.get().upstream == upstream


@pytest.mark.parametrize("url", ["https://pbx.example.co", "https://pbx.example2"])
def test_b14_c29_a_new_host_needs_the_secret_again(desk: Desk, url: str) -> None:
    poll(desk, desk.owner)
    with pytest.raises(RuleError) as refused:
        poll(desk, desk.owner, base_url=url, secret="")
    assert refused.value.field == "secret"
    same = poll(desk, desk.owner, base_url="https://pbx.example/voip", secret="")
    assert secret_of(same) == "hunter2"
    Upstream.objects.filter(pk=same.pk).update(base_url=url)  # past the actions
    same.refresh_from_db()
    with pytest.raises(UnsealableError):
        secret_of(same)


def test_polling_ends_without_its_secret(desk: Desk) -> None:
    poll(desk, desk.owner)
    upstream = stop_polling(upstream_id=desk.upstream.pk, actor=desk.owner)
    assert (upstream.polls, upstream.sealed_secret) == (False, None)
    with pytest.raises(RuleError):
        poll(desk, desk.owner, secret="")
