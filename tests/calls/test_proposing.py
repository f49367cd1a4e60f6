"""The names that fields of the list propose while somebody types."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from callcenter.accounts.models import Membership, Organization
from callcenter.calls.choices import NAMES
from callcenter.properties.models import Property
from tests.calls.conftest import signed_in
from tests.factories import make_membership, make_organization, make_property

PROPERTIES, PEOPLE = "calls:property-names", "calls:people-names"


def proposed(client: Client, name: str, **query: Any) -> list[str]:
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    return re.findall(r'<option value="([^"]*)"', answer.text)


@pytest.fixture
def cast(
    people: dict[str, Membership], organization: Organization, maple: Property
) -> dict[str, Client]:
    """The people of Maple Court, and of a property that the member does not see."""
    make_property(organization, name="Hidden House")
    make_property(organization, name="Maple Annex", is_active=False)
    stranger = make_organization()
    make_property(stranger, name="Maple Canary")
    make_membership(stranger, name="Kim Canary")
    gone = make_membership(organization, name="Kim Gone")
    Membership.objects.filter(pk=gone.pk).update(is_active=False)
    return {role: signed_in(one, htmx=True) for role, one in people.items()}


def test_b02_properties_that_one_sees_are_proposed_by_what_is_typed(
    cast: dict[str, Client],
) -> None:
    assert proposed(cast["admin"], PROPERTIES) == ["Hidden House", "Maple Court"]
    assert proposed(cast["admin"], PROPERTIES, property="MÁPLE") == ["Maple Court"]
    assert proposed(cast["member"], PROPERTIES) == ["Maple Court"]
    assert proposed(cast["member"], PROPERTIES, property="Hidden") == []


def test_b02_people_of_the_organisation_are_proposed_and_oneself(cast: dict[str, Client]) -> None:
    everybody = ["me", "Dana Ruiz", "Kim Osei", "Priya Nair"]
    assert proposed(cast["member"], PEOPLE) == everybody
    for field in ("taken_by", "who", "ringer"):
        assert proposed(cast["member"], PEOPLE, **{field: "kim"}) == ["me", "Kim Osei"]
        assert proposed(cast["member"], PEOPLE, **{field: "me"}) == everybody
    assert proposed(cast["admin"], PEOPLE, ringer="anyone") == everybody


@pytest.mark.parametrize("odd", ["\x00", "x" * 300, "%", "_", "\\", "' OR 1=1 --", "\u202e"])
def test_b18_what_no_name_holds_proposes_none(cast: dict[str, Client], odd: str) -> None:
    assert proposed(cast["admin"], PROPERTIES, property=odd) == []
    assert proposed(cast["admin"], PEOPLE, taken_by=odd) == ["me"]


def test_names_are_escaped(cast: dict[str, Client], organization: Organization) -> None:
    make_property(organization, name='"><script>1</script>')
    answer = cast["admin"].get(reverse(PROPERTIES), {"property": "script"})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_no_more_than_so_many_are_proposed_and_the_typed_word_reaches_the_rest(
    cast: dict[str, Client], organization: Organization
) -> None:
    for n in range(NAMES):
        make_property(organization, name=f"Block {n:03}")
    assert len(proposed(cast["admin"], PROPERTIES)) == NAMES
    assert proposed(cast["admin"], PROPERTIES, property="court") == ["Maple Court"]


def test_the_page_itself_names_none(cast: dict[str, Client], people: dict[str, Membership]) -> None:
    page = signed_in(people["admin"]).get(reverse("calls:list") + "?view=all").text
    assert "Hidden House" not in page
    assert signed_in(people["admin"]).get(reverse(PEOPLE)).status_code == 302
