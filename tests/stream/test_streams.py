"""The stream process: who may read, what is said, and when it ends (B-06, B-42, F30)."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from callcenter.accounts.clock import SEEN_AT, SIGNED_IN_AT
from callcenter.accounts.models import Membership, Role
from callcenter.properties.middleware import ORGANIZATION_KEY
from callcenter.properties.wallboards import create_wallboard, revoke_wallboard
from callcenter.stream import database
from tests.factories import (
    make_call_log,
    make_membership,
    make_organization,
    make_phone_call,
    make_user,
    principal_again,
)

from .conftest import Listener, StreamProcess, cookie_of, stream_process

ENDS_WITHIN = 5.0  # seconds after a login was revoked (B-06)


def listening(stream: StreamProcess, cookie: str) -> Listener:
    """A browser that has heard that all is well."""
    listener = Listener(stream, cookie)
    assert listener.status == 200
    while listener.word()[0] == "stale":
        pass
    return listener


def end_of(listener: Listener) -> float:
    """Seconds until the stream has ended by itself, with the word to come again."""
    began = time.monotonic()
    listener.until("again")
    assert listener.word()[0] == "end"
    return time.monotonic() - began


def test_a_change_is_told_to_the_organization_and_to_nobody_else(stream: StreamProcess) -> None:
    ours, theirs = make_organization(), make_organization()
    mine = listening(stream, cookie_of(make_membership(ours).user))
    other = listening(stream, cookie_of(make_membership(theirs).user))
    began = time.monotonic()
    make_phone_call(ours)
    assert mine.until("hint") == "phone_calls"
    assert time.monotonic() - began < 1
    make_call_log(theirs)
    assert "call_logs" in other.until("hint")
    with pytest.raises(TimeoutError):
        mine.word(0.5)


def test_headers_keep_proxies_and_caches_out_of_the_way(stream: StreamProcess) -> None:
    cookie = cookie_of(make_membership(make_organization()).user)
    listener = Listener(stream, cookie)
    assert listener.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert listener.headers["x-accel-buffering"] == "no"
    assert "no-store" in listener.headers["cache-control"]
    assert "access-control-allow-origin" not in listener.headers


def test_refused_without_a_login_an_organization_or_a_page_of_ones_own(
    stream: StreamProcess,
) -> None:
    mine = make_membership(make_organization())
    cookie = cookie_of(mine.user)
    old = int(time.time()) - int(settings.SESSION_IDLE.total_seconds()) - 5
    tired = int(time.time()) - int(settings.SESSION_ABSOLUTE.total_seconds()) - 5
    assert Listener(stream).status == 401
    assert Listener(stream, f"{settings.SESSION_COOKIE_NAME}=nonsense").status == 401
    assert Listener(stream, cookie_of(mine.user, **{SEEN_AT: old})).status == 401
    assert Listener(stream, cookie_of(mine.user, **{SIGNED_IN_AT: tired})).status == 401
    assert Listener(stream, cookie_of(make_user())).status == 403
    assert Listener(stream, cookie, "?of=1.999999").status == 409
    assert Listener(stream, cookie, f"?of={mine.user_id}.{mine.organization_id}").status == 200


def test_other_sites_and_hosts_learn_nothing(stream: StreamProcess) -> None:
    cookie = cookie_of(make_membership(make_organization()).user)
    assert Listener(stream, cookie, Origin="https://evil.example").status == 403
    assert Listener(stream, cookie, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert Listener(stream, cookie, Host="evil.example").status == 400
    own = Listener(stream, cookie, Origin="http://localhost")
    assert own.status == 200
    assert own.headers["access-control-allow-origin"] == "http://localhost"


def test_an_admin_without_the_second_factor_that_is_needed_is_refused(
    committed_db: str, tmp_path: Path
) -> None:
    process = stream_process(committed_db, tmp_path, REQUIRE_MFA="1")
    process.start()
    try:
        organization = make_organization()
        admin = make_membership(organization, Role.ADMIN)
        assert Listener(process, cookie_of(admin.user)).status == 403
        assert Listener(process, cookie_of(make_membership(organization).user)).status == 200
    finally:
        process.stop()


def revoke_membership(member: Membership, client: Client) -> None:
    Membership.objects.filter(pk=member.pk).update(is_active=False)


def deactivate_person(member: Membership, client: Client) -> None:
    type(member.user).objects.filter(pk=member.user_id).update(is_active=False)


def change_password(member: Membership, client: Client) -> None:
    member.user.set_password("another password altogether")
    member.user.save()


def sign_out(member: Membership, client: Client) -> None:
    client.post(reverse("account_logout"))


def go_to_another_organization(member: Membership, client: Client) -> None:
    session = client.session
    session[ORGANIZATION_KEY] = 4711
    session.save()


def fall_idle(member: Membership, client: Client) -> None:
    session = client.session
    session[SEEN_AT] = int(time.time() - settings.SESSION_IDLE.total_seconds())
    session.save()


WAYS = (
    *(revoke_membership, deactivate_person, change_password),
    *(sign_out, go_to_another_organization, fall_idle),
)


def test_b06_a_stream_ends_within_five_seconds_of_its_login(stream: StreamProcess) -> None:
    organization = make_organization()
    make_membership(organization, Role.OWNER)
    members = [make_membership(organization) for _ in WAYS]
    clients = [Client() for _ in WAYS]
    for member, client in zip(members, clients, strict=True):
        client.force_login(member.user)
    keys = [client.cookies[settings.SESSION_COOKIE_NAME].value for client in clients]
    name = settings.SESSION_COOKIE_NAME
    streams = [listening(stream, f"{name}={key}") for key in keys]
    other = listening(stream, cookie_of(make_membership(organization).user))
    began = time.monotonic()
    for revoke, member, client in zip(WAYS, members, clients, strict=True):
        revoke(member, client)
    for one in streams:
        end_of(one)
    assert time.monotonic() - began < ENDS_WITHIN
    make_phone_call(organization)
    while "phone_calls" not in other.until("hint"):
        pass


def test_b42_a_stream_renews_no_login(committed_db: str, tmp_path: Path) -> None:
    process = stream_process(committed_db, tmp_path, SESSION_IDLE_MINUTES="1")
    process.start()
    try:
        member = make_membership(make_organization())
        nearly = int(time.time()) - 53
        cookie = cookie_of(member.user, **{SEEN_AT: nearly})
        before = Session.objects.get().session_data
        mine = listening(process, cookie)
        assert end_of(mine) < 60 - 53 + ENDS_WITHIN
        assert Session.objects.get().session_data == before
    finally:
        process.stop()


def test_a_person_has_so_many_streams_and_no_more(committed_db: str, tmp_path: Path) -> None:
    limits = {"STREAMS_PER_PERSON": "2", "STREAMS_AT_MOST": "3"}
    process = stream_process(committed_db, tmp_path, **limits)
    process.start()
    try:
        organization = make_organization()
        one, two = (cookie_of(make_membership(organization).user) for _ in range(2))
        mine = [listening(process, one) for _ in range(2)]
        assert Listener(process, one).status == 429
        listening(process, two)
        assert Listener(process, two).status == 503
        mine[0].close()
        until = time.monotonic() + 10
        while Listener(process, two).status != 200:
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        process.stop()


def test_when_the_database_is_lost_streams_say_stale_and_then_that_all_is_to_be_read_again(
    stream: StreamProcess,
) -> None:
    organization = make_organization()
    mine = listening(stream, cookie_of(make_membership(organization).user))
    cut_off_the_stream()
    mine.until("stale", 10)
    mine.until("reload", 20)
    make_phone_call(organization)
    assert "phone_calls" in mine.until("hint", 5)


def cut_off_the_stream() -> None:
    """End the connections of the stream process, as a restart of the server does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [database.NAMED["application_name"]],
        )


def test_expired_sessions_of_the_table_open_nothing(stream: StreamProcess) -> None:
    member = make_membership(make_organization())
    cookie = cookie_of(member.user)
    mine = listening(stream, cookie)
    Session.objects.update(expire_date=Session.objects.get().expire_date - timedelta(days=2))
    assert end_of(mine) < ENDS_WITHIN
    assert Listener(stream, cookie).status == 401


def test_a_screen_on_the_wall_reads_by_its_token_until_it_is_revoked(
    stream: StreamProcess,
) -> None:
    organization = make_organization()
    owner = principal_again(make_membership(organization, Role.OWNER))
    board, token = create_wallboard(name="Wall", actor=owner)
    assert Listener(stream, query="?board=nonsense").status == 401
    mine = Listener(stream, query=f"?board={token}")
    assert mine.status == 200
    make_phone_call(organization)
    while "phone_calls" not in mine.until("hint"):
        pass
    revoke_wallboard(wallboard_id=board.pk, actor=owner)
    assert end_of(mine) < ENDS_WITHIN
    assert Listener(stream, query=f"?board={token}").status == 401
