"""Which reasons the log form offers where; what is offered nowhere is still found and taken."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from callcenter.accounts.models import Organization, Role
from callcenter.calls.models import CallLog, Direction, ReasonSet
from callcenter.calls.offering import offered_at
from callcenter.properties.models import Property
from tests.factories import (
    make_organization,
    make_principal,
    make_property,
    reason_named,
    status_named,
)

pytestmark = pytest.mark.django_db


def make_set(organization: Organization, mnemonics: str, **fields: Any) -> ReasonSet:
    properties = fields.pop("properties", [])
    made = ReasonSet.objects.create(organization=organization, name=mnemonics, **fields)
    made.reasons.set([reason_named(organization, one) for one in mnemonics.split()])
    made.properties.set(properties)
    return made


def names(organization: Organization, ids: set[int] | None) -> str | None:
    """The mnemonics of these ids, None for all."""
    if ids is None:
        return None
    every = {reason_named(organization, one).pk: one for one in ("el", "cn", "ov", "qa", "al")}
    return " ".join(sorted(every[pk] for pk in ids))


def test_sets_of_place_and_direction_are_added_and_none_means_all(
    organization: Organization, maple: Property
) -> None:
    owner = make_principal(organization, Role.OWNER)
    assert offered_at(maple.pk, owner) == dict.fromkeys(Direction.values)
    make_set(organization, "el al", properties=[maple])
    make_set(organization, "cn", direction="inbound")
    make_set(organization, "qa", is_enabled=False)
    make_set(organization, "ov", properties=[make_property(organization)])
    make_set(make_organization(), "qa")
    here, nowhere = offered_at(maple.pk, owner), offered_at(None, owner)
    assert names(organization, here["inbound"]) == "al cn el"
    assert names(organization, here["outbound"]) == "al el"
    assert names(organization, nowhere["inbound"]) == "cn"
    assert nowhere["outbound"] is None


def chips(text: str) -> dict[str, str]:
    """The directions that each chip of the form is offered for, in the order of the page."""
    found = re.findall(r'data-mnemonic="(\w+)"[^>]*data-offered="([^"]*)"', text)
    return dict(found)


def test_the_form_shows_what_is_offered_first_and_all_the_others_below(
    client: Client, organization: Organization, maple: Property
) -> None:
    make_set(organization, "ov cn", properties=[maple])
    text = client.get("/new/", {"property": maple.pk}).text
    shown = chips(text)
    assert list(shown)[:2] == ["cn", "ov"]
    assert (shown["cn"], shown["el"]) == ("inbound outbound", "")
    likely, below = text.split("data-all", 1)
    assert 'data-mnemonic="el"' not in likely
    assert 'data-mnemonic="el"' in below
    assert below.index('data-family="a"') < below.index('data-family="m"')
    everywhere = chips(client.get("/new/").text)
    assert set(everywhere.values()) == {"inbound outbound"}


def test_the_cards_tell_what_another_place_offers(
    client: Client, organization: Organization, maple: Property
) -> None:
    make_set(organization, "cn", properties=[maple], direction="outbound")
    said = client.post("/calls/cards/", {"property": maple.pk}, headers={"hx-request": "true"}).text
    assert 'data-offer="inbound" data-ids="all"' in said
    noise = reason_named(organization, "cn").pk
    assert f'data-offer="outbound" data-ids="{noise}"' in said


def test_a_reason_that_is_not_offered_is_taken_all_the_same(
    client: Client, organization: Organization, maple: Property
) -> None:
    make_set(organization, "cn", properties=[maple])
    form = {
        "key": str(uuid.uuid4()),
        "property": maple.pk,
        "call_from": "Ana",
        "status": status_named(organization).pk,
        "direction": "inbound",
        "reasons": reason_named(organization, "el").pk,
    }
    assert client.post("/new/", form).status_code == 302
    assert CallLog.objects.get().reason_links.count() == 1
