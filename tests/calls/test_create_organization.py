"""The command with which every organisation begins."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from callcenter.accounts.models import Membership, OneTimeLink, Organization, Role
from callcenter.calls.models import Reason, Status

pytestmark = pytest.mark.django_db
WORDS = {"name": "Northgate Residential", "email": "kim@example.com", "owner_name": "Kim Osei"}
PASSWORD = "a longer and better horse"


def test_the_first_owner_joins_by_the_printed_link_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_organization", **WORDS, time_zone="America/Chicago", region="CA")

    organization = Organization.objects.get()
    assert (organization.slug, organization.time_zone, organization.region) == (
        "northgate-residential",
        "America/Chicago",
        "CA",
    )
    assert Status.objects.filter(organization=organization, is_initial=True).count() == 1
    assert Reason.objects.filter(organization=organization, mnemonic="el").exists()
    found = re.search(r"http://localhost:\d+(/invitation/[\w-]{43}/)", capsys.readouterr().out)
    assert found is not None
    assert 'value="Kim Osei"' in Client().get(found[1]).content.decode()
    form = {"name": "Kim Osei", "password": PASSWORD, "password_again": PASSWORD}
    assert Client().post(found[1], form).status_code == 302
    owner = Membership.objects.get()
    assert (owner.role, owner.user.email) == (Role.OWNER, "kim@example.com")
    assert Client().get(found[1]).status_code == 404


def test_two_companies_of_one_name_get_two_slugs() -> None:
    for _ in range(3):
        call_command("create_organization", **WORDS)

    slugs = Organization.objects.order_by("pk").values_list("slug", flat=True)
    base = "northgate-residential"
    assert list(slugs) == [base, f"{base}-2", f"{base}-3"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nobody"},
        {"time_zone": "Mars/Olympus"},
        {"region": "us"},
        {"region": "USA"},
        {"name": " "},
    ],
)
def test_what_cannot_be_makes_nothing(wrong: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("create_organization", **(WORDS | wrong))
    assert not Organization.objects.exists()
    assert not OneTimeLink.objects.exists()
