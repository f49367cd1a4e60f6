"""Wallboards: a token elsewhere, revoked twice, with odd names, and never in a log."""

from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from structlog.stdlib import ProcessorFormatter

from callcenter.accounts.models import Membership, Organization, Role, Wallboard
from callcenter.core.logs import SHARED, logging_config
from callcenter.desk import wallboard_views
from callcenter.properties.wallboards import MOST, create_wallboard, revoke_wallboard
from tests.calls.conftest import signed_in
from tests.factories import make_membership, make_organization, principal_again


@pytest.fixture
def owner(organization: Organization) -> Membership:
    return make_membership(organization, Role.OWNER, name="Dana Ruiz")


@pytest.fixture
def hung(owner: Membership) -> tuple[Wallboard, str]:
    return create_wallboard(name="Wall", actor=principal_again(owner))


def test_a_token_opens_its_screen_and_nothing_else(hung: tuple[Wallboard, str]) -> None:
    token = hung[1]
    nobody = Client(raise_request_exception=False)
    bearer: dict[str, Any] = {"headers": {"authorization": f"Bearer {token}"}}
    for url, status in (
        (reverse("desk:tv", args=[token]), 200),
        (f"/link/{token}/", 404),
        (f"/invitation/{token}/", 404),
        (f"/events/voipnow/{token}/dial-in?CallID=1", 404),
        ("/uapi/phoneCalls", 401),
        ("/uapi/cdr/@organization", 401),
        (f"/live/?board={token}", 302),
        (f"/pop/?board={token}", 302),
        (f"/phone/?board={token}&token={token}", 302),
        (f"/files/{token}/", 302),
        (f"/live/wallboards/{token}/revoke/", 404),
    ):
        assert nobody.get(url, **bearer).status_code == status, url
        assert settings.SESSION_COOKIE_NAME not in nobody.cookies  # nobody is signed in by it
    bad = nobody.get("/connect/calls", headers={"authorization": token, "api-key": token})
    assert bad.status_code in (401, 404)


@pytest.mark.parametrize(
    "odd",
    ["%00", "%ED%A0%80", "%E2%80%AE", "0" * 64, "x" * 100_000, "..%2f..%2f", "%0a", "{}%00"],
    ids=range(8),
)
def test_odd_tokens_are_not_found(hung: tuple[Wallboard, str], odd: str) -> None:
    odd = odd.replace("{}", hung[1])
    assert Client().get(f"/tv/{odd}/").status_code == 404


def test_a_second_revoking_changes_nothing(
    owner: Membership, organization: Organization, hung: tuple[Wallboard, str]
) -> None:
    url = reverse("desk:wallboard_revoke", args=[hung[0].pk])
    first, second = signed_in(owner), signed_in(make_membership(organization, Role.ADMIN))
    assert first.post(url).status_code == 302
    before = Wallboard.objects.values().get()
    assert second.post(url).status_code == 302
    assert Wallboard.objects.values().get() == before
    assert before["revoked_by_id"] == owner.user_id


def test_b03_members_and_others_neither_see_nor_end_screens(
    organization: Organization, owner: Membership, hung: tuple[Wallboard, str]
) -> None:
    admin = make_membership(organization, Role.ADMIN)
    was_admin = signed_in(admin)
    assert was_admin.get(reverse("desk:wallboards")).status_code == 200
    Membership.objects.filter(pk=admin.pk).update(role=Role.MEMBER)
    stranger = signed_in(make_membership(make_organization(), Role.OWNER))
    url = reverse("desk:wallboard_revoke", args=[hung[0].pk])
    assert was_admin.post(url).status_code in (403, 404)
    assert was_admin.post(reverse("desk:wallboard_create"), {"name": "x"}).status_code == 403
    assert stranger.post(url).status_code == 404
    assert "Wall</" not in stranger.get(reverse("desk:wallboards")).text
    assert Wallboard.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "name", ["", " ", "\x00", "x\x00", "x" * 101, "x" * 1_000_000, "\u200b", "\u202e \u2066"]
)
def test_names_that_say_nothing_are_refused(owner: Membership, name: str) -> None:
    answer = signed_in(owner).post(reverse("desk:wallboard_create"), {"name": name})
    assert answer.status_code == 422
    assert not Wallboard.objects.exists()


def test_there_are_so_many_screens_and_no_more(owner: Membership) -> None:
    client, actor = signed_in(owner), principal_again(owner)
    boards = [create_wallboard(name=f"Wall {n}", actor=actor)[0] for n in range(MOST)]
    url = reverse("desk:wallboard_create")
    refused = client.post(url, {"name": "One more"})
    assert refused.status_code == 422
    assert "Revoke one first" in refused.text
    assert "One more" in refused.text
    revoke_wallboard(wallboard_id=boards[0].pk, actor=actor)
    assert client.post(url, {"name": "One more"}).status_code == 200


def test_b40_no_line_of_a_log_holds_the_token(
    hung: tuple[Wallboard, str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = hung[1]
    client = Client(raise_request_exception=False)
    paths = (f"/tv/{token}/", f"/tv/{token}", f"/TV/{token}/", f"/tv//{token}/", f"/tv/{token}/x")
    for path in paths:
        client.get(path)
        client.post(path)

    def broken(*_: Any, **__: Any) -> Any:
        raise DatabaseError(f"no such thing: /tv/{token}/")

    monkeypatch.setattr(wallboard_views, "screen_of", broken)
    assert client.get(paths[0]).status_code in (500, 503)
    shown = logging_config(readable=False, level="INFO")["formatters"]["line"]
    line = ProcessorFormatter(processors=shown["processors"], foreign_pre_chain=SHARED)
    said = "".join(line.format(record) for record in caplog.records)
    assert "GET /tv/..." in said
    assert token not in said
