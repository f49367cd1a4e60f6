"""The list of credentials and the log of what each asked."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callcenter.accounts.models import Membership, Role
from callcenter.properties.models import Property
from tests.factories import (
    make_api_request,
    make_credential,
    make_membership,
    make_organization,
    make_property,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Membership:
    return make_membership(make_organization(), Role.OWNER)


@pytest.fixture
def place(owner: Membership) -> Property:
    return make_property(owner.organization, name="Harbor Point")


@pytest.fixture
def member(owner: Membership, place: Property) -> Membership:
    return make_membership(owner.organization, links=[place])


def browser(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user)
    return client


def test_a_list_says_what_holds_now(owner: Membership, member: Membership) -> None:
    over = timezone.now() - timedelta(days=1)
    demoted = make_membership(owner.organization, Role.MEMBER)
    make_credential(member, name="First")
    make_credential(demoted, Role.ADMIN, name="Second")
    make_credential(owner, name="Third", expires_at=over)
    make_credential(owner, name="Fourth", revoked_at=over)
    gone = make_membership(owner.organization)
    make_credential(gone, name="Fifth")
    Membership.objects.filter(pk=gone.pk).update(is_active=False)

    page = browser(owner).get("/credentials/").text

    rows = {name: text for text in page.split("<tr>") for name in re.findall(r"<bdi>(\w+)<", text)}
    assert "In force" in rows["First"]
    assert "never used" in rows["First"]
    assert "acts as Member now" in rows["Second"]
    assert "Expired" in rows["Third"]
    assert "Revoked" in rows["Fourth"]
    assert "Person is out" in rows["Fifth"]
    assert page.index("<bdi>First") < page.index("Ended") < page.index("<bdi>Fourth")


def test_a_member_reads_no_name_of_a_property_that_is_not_linked(
    member: Membership, place: Property
) -> None:
    hidden = make_property(member.organization, name="Cedar Flats")
    row, _ = make_credential(member, properties=[place, hidden])
    for url in ("/credentials/", f"/credentials/{row.pk}/"):
        page = browser(member).get(url).text
        assert "Harbor Point, 1 other" in re.sub(r"\s+", " ", page)
        assert "Cedar Flats" not in page


def test_nothing_yet_explains_what_a_credential_is_for(member: Membership) -> None:
    assert "A credential is the key of another system" in browser(member).get("/credentials/").text


def test_requests_of_seven_days_are_told_newest_first_in_pages(owner: Membership) -> None:
    row, _ = make_credential(owner)
    now = timezone.now()
    for n in range(60):
        make_api_request(row, at=now - timedelta(hours=n), path=f"/api/calllogs/{n}")
    make_api_request(row, at=now - timedelta(days=7, minutes=1), path="/api/forgotten")
    make_api_request(make_credential(owner)[0], path="/api/of-another")
    client = browser(owner)

    first = client.get(f"/credentials/{row.pk}/").text
    further = re.search(r'href="(/credentials/\d+/\?cursor=[\w-]+)"', first)
    assert further is not None
    second = client.get(further[1], headers={"hx-request": "true"}).text

    assert second.strip().startswith('<section class="panel" id="requests"')
    found = [re.findall(r"/api/calllogs/(\d+)<", text) for text in (first, second)]
    assert found[0] + found[1] == [str(n) for n in range(60)]
    assert "/api/forgotten" not in first + second
    assert "/api/of-another" not in first + second
    assert client.get(f"/credentials/{row.pk}/?cursor=nonsense").text.count("/api/calllogs/") == 50


def test_inv30_the_list_costs_the_same_for_one_and_for_many(
    owner: Membership, place: Property
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/credentials/")
        return len(seen)

    client = browser(owner)
    make_credential(owner, properties=[place])
    make_credential(owner, properties=[place], revoked_at=timezone.now())
    before = queries()
    for _ in range(8):
        other = make_membership(owner.organization)
        make_credential(other, properties=[place, make_property(owner.organization)])
        make_credential(other, properties=[place], revoked_at=timezone.now())
    assert queries() == before
    assert before <= 12


def test_many_credentials_come_in_pages(owner: Membership) -> None:
    for n in range(60):
        make_credential(owner, name=f"Number {n}")
    client = browser(owner)
    first = client.get("/credentials/").text
    further = re.search(r'href="(/credentials/\?cursor=[\w-]+)"', first)
    assert further is not None
    second = client.get(further[1]).text
    names = [re.findall(r"<b><bdi>(Number \d+)<", text) for text in (first, second)]
    assert [len(found) for found in names] == [50, 10]
    assert len({*names[0], *names[1]}) == 60
