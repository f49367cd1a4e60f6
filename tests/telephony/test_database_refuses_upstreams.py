"""What PostgreSQL refuses of extensions, upstreams and what these sent."""

from typing import Any

import pytest
from django.utils import timezone

from callcenter.telephony.models import (
    Extension,
    PhoneCallEvent,
    UnreadRow,
    Upstream,
    UpstreamPoll,
)
from tests.factories import (
    make_extension,
    make_membership,
    make_organization,
    make_property,
    make_upstream,
    make_user,
)
from tests.refusals import refused, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def upstream() -> Upstream:
    return make_upstream(make_organization())


def changed(row: Upstream | Extension, **fields: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def make_event(upstream: Upstream, **fields: Any) -> PhoneCallEvent:
    blank = {"call_id": "abc1", "kind": "dial-in", "extension": "0003*210", "raw": {}}
    return PhoneCallEvent.objects.create(
        organization=upstream.organization, upstream=upstream, **(blank | fields)
    )


def test_an_event_is_stored_once(upstream: Upstream) -> None:
    make_event(upstream)
    with refused(by="phonecallevent_once"):
        make_event(upstream, raw={"CallStatus": "CALLING"})
    make_event(upstream, extension="0003*211")
    make_event(upstream, extension="")
    make_event(upstream, kind="answer")
    make_event(make_upstream(upstream.organization))


def test_an_event_says_what_and_of_which_call(upstream: Upstream) -> None:
    with refused(by="phonecallevent_kind_known"):
        make_event(upstream, kind="transfer")
    with refused(by="phonecallevent_names_a_call"):
        make_event(upstream, call_id="")


@pytest.mark.parametrize("change", ["raw = '{}'", "received_at = now()", "call_id = 'x'"])
def test_an_event_is_never_changed(upstream: Upstream, change: str) -> None:
    make_event(upstream)
    with refused(by="permission denied|rows here are kept"):
        sql(f"UPDATE telephony_phonecallevent SET {change}")  # noqa: S608 (ours)


def test_b07_what_was_sent_stays_within_the_organisation(upstream: Upstream) -> None:
    other = make_organization()
    sent: dict[str, Any] = {"organization": other, "upstream": upstream}
    with refused(by="telephony_phonecallevent_upstream_id_within_organization_id"):
        PhoneCallEvent.objects.create(**sent, call_id="abc1", kind="answer", raw={})
    with refused(by="telephony_unreadrow_upstream_id_within_organization_id"):
        UnreadRow.objects.create(**sent, digest=bytes(32), reason="No id.")
    with refused(by="telephony_upstreampoll_upstream_id_within_organization_id"):
        UpstreamPoll.objects.create(**sent)


def test_a_row_that_cannot_be_read_is_kept_once_with_a_reason(upstream: Upstream) -> None:
    of: dict[str, Any] = {"organization": upstream.organization, "upstream": upstream}
    UnreadRow.objects.create(**of, digest=bytes(32), reason="No id.")
    with refused(by="unreadrow_once"):
        UnreadRow.objects.create(**of, digest=bytes(32), reason="No id.")
    with refused(by="unreadrow_has_reason"):
        UnreadRow.objects.create(**of, digest=b"1" * 32, reason="")


def test_an_upstream_has_a_name_of_its_own_while_in_use(upstream: Upstream) -> None:
    with refused(by="upstream_has_name"):
        changed(upstream, name="")
    with refused(by="upstream_name_once"):
        make_upstream(upstream.organization, name=upstream.name)
    changed(upstream, closed_at=timezone.now())
    make_upstream(upstream.organization, name=upstream.name)


def test_b39_a_secret_is_of_one_upstream(upstream: Upstream) -> None:
    secret = {"pepper_id": "0123abcd", "secret_hmac": bytes(32)}
    changed(upstream, **secret)
    with refused(by="upstream_secret_once"):
        make_upstream(make_organization(), **secret)


def test_an_upstream_is_of_a_known_kind_and_patient(upstream: Upstream) -> None:
    with refused(by="upstream_kind_known"):
        changed(upstream, kind="asterisk")
    for wrong in (59, 7 * 86_400 + 1):
        with refused(by="upstream_lost_after_a_while"):
            changed(upstream, lost_after_seconds=wrong)


def test_only_an_upstream_with_a_key_is_polled(upstream: Upstream) -> None:
    whole = {"base_url": "https://pbx.example", "client_id": "app", "sealed_secret": b"sealed"}
    for name, empty in (("base_url", ""), ("client_id", ""), ("sealed_secret", None)):
        with refused(by="upstream_polls_with_a_key"):
            changed(upstream, polls=True, **(whole | {name: empty}))
    changed(upstream, polls=True, **whole)


def test_a_token_has_an_end(upstream: Upstream) -> None:
    of: dict[str, Any] = {"organization": upstream.organization, "upstream": upstream}
    with refused(by="upstreampoll_token_has_an_end"):
        UpstreamPoll.objects.create(**of, sealed_token=b"sealed")
    UpstreamPoll.objects.create(**of)


def test_an_extension_is_entered_once_in_its_form(upstream: Upstream) -> None:
    extension = make_extension(upstream.organization, "0003*210")
    assert extension.short_number == "210"
    with refused(by="extension_number_once"):
        make_extension(upstream.organization, "0003*210")
    for wrong in ("", "*210", "0003*", "0003*210*1", "+13055550142", "210 "):
        with refused(by="extension_number_form"):
            changed(extension, number=wrong)
    with refused(by="extension_own_line_form"):
        changed(extension, own_line="2125550177")
    changed(extension, number="210", own_line="+12125550177")


def test_b07_an_extension_is_somebodys_of_the_organisation(upstream: Upstream) -> None:
    extension = make_extension(upstream.organization)
    with refused(by="telephony_extension_user_id_within_organization_id"):
        changed(extension, user=make_user())
    with refused(by="telephony_extension_property_id_within_organization_id"):
        changed(extension, property=make_property(make_organization()))
    changed(
        extension,
        user=make_membership(upstream.organization).user,
        property=make_property(upstream.organization),
    )
