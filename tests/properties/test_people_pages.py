"""The pages about people: invite, change, let out, switch the organisation."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from callcenter.accounts.models import Membership, OneTimeLink, Organization, Role, User
from callcenter.properties.models import Property
from tests.factories import (
    PASSWORD,
    make_membership,
    make_organization,
    make_property,
    make_user,
)

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://localhost:\d+(/(?:invitation|link)/[\w-]{43}/)")
NEW = "a longer and better horse"


@pytest.fixture
def organization() -> Organization:
    return make_organization(name="Northgate Residential")


@pytest.fixture
def place(organization: Organization) -> Property:
    return make_property(organization, name="Harbor Point")


def as_role(organization: Organization, role: Role = Role.OWNER, **fields: Any) -> Client:
    client = Client()
    client.force_login(make_membership(organization, role, **fields).user)
    return client


def keyed(**fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4())} | fields


def invited(owner: Client, **fields: Any) -> str:
    answer = owner.post("/members/invite/", keyed(role="member", **fields))
    assert answer.status_code == 200, answer.content
    found = LINK.search(answer.content.decode())
    assert found is not None
    return found[1]


def joining(**fields: str) -> dict[str, str]:
    return {"name": "Kim Osei", "password": NEW, "password_again": NEW} | fields


def test_a_new_person_joins_by_the_link_once(organization: Organization, place: Property) -> None:
    owner = as_role(organization)
    path = invited(owner, email="kim@example.com", properties=[place.pk])
    guest = Client()

    assert "Northgate Residential" in guest.get(path).content.decode()
    assert guest.post(path, joining()).headers["Location"] == "/accounts/login/"

    joined = Membership.objects.get(user__email="kim@example.com")
    assert (joined.role, joined.organization, joined.user.name) == (
        "member",
        organization,
        "Kim Osei",
    )
    assert list(joined.property_links.values_list("property_id", flat=True)) == [place.pk]
    login = {"login": "kim@example.com", "password": NEW}
    assert guest.post("/accounts/login/", login).headers["Location"] == "/"
    assert Client().get(path).status_code == 404
    assert Client().post(path, joining()).status_code == 404
    assert "kim@example.com" in owner.get("/members/").content.decode()


def test_inviting_an_address_with_an_account_looks_like_inviting_a_new_one(
    organization: Organization,
) -> None:
    user = make_user(email="known@example.com", name="Known Person")
    owner = as_role(organization)
    seen = []
    for email in ("known@example.com", "other@example.com"):
        answer = owner.post("/members/invite/", keyed(role="member", email=email))
        path = LINK.search(answer.content.decode())
        assert path is not None
        page = Client().get(path[1]).content.decode()
        people = owner.get("/members/").content.decode()
        texts = [answer.content.decode(), page, people]
        chance = re.compile(
            r'(?:value|nonce|csrftoken|data-left)"?[=:] ?"[^"]*"|/invitation/[\w-]+/'
        )
        seen.append([chance.sub("", text).replace(email, "") for text in texts[:2]])
        assert user.name not in people
    assert seen[0] == seen[1]


def test_somebody_with_an_account_joins_by_its_password_or_by_a_click(
    organization: Organization,
) -> None:
    user = make_user(email="known@example.com", name="Known Person")
    path = invited(as_role(organization), email="Known@example.com")

    wrong = Client().post(path, joining())
    assert wrong.status_code == 422
    assert not Membership.objects.filter(user=user).exists()
    right = Client().post(path, joining(password=PASSWORD, password_again=PASSWORD))
    assert right.status_code == 302
    user.refresh_from_db()
    assert user.name == "Known Person"
    assert user.check_password(PASSWORD)
    assert Membership.objects.get(user=user).organization == organization

    second = make_organization()
    path = invited(as_role(second), email=user.email)
    me = Client()
    me.force_login(user)
    assert me.post(path).status_code == 302
    assert Membership.objects.filter(user=user).count() == 2


def test_a_link_cannot_be_taken_by_another_person_who_is_signed_in(
    organization: Organization,
) -> None:
    path = invited(as_role(organization), email="kim@example.com")
    other = as_role(make_organization())

    answer = other.post(path)

    assert answer.status_code == 422
    assert not Membership.objects.filter(user__email="kim@example.com").exists()
    assert OneTimeLink.objects.get().used_at is None


@pytest.mark.parametrize("weak", ["short", "password", "1234567890", "kim@example.com"])
def test_a_weak_password_makes_no_account(organization: Organization, weak: str) -> None:
    path = invited(as_role(organization), email="kim@example.com")

    answer = Client().post(path, joining(password=weak, password_again=weak))

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not User.objects.filter(email="kim@example.com").exists()


@pytest.mark.parametrize(
    "token", ["x", "a" * 43, "%20" * 43, "a" * 42 + ".", "None", "ä" * 43, "a" * 500]
)
@pytest.mark.parametrize("where", ["invitation", "link"])
def test_a_malformed_or_unknown_link_is_404(where: str, token: str) -> None:
    make_membership(make_organization())
    assert Client().get(f"/{where}/{token}/").status_code == 404
    assert Client().post(f"/{where}/{token}/", joining()).status_code == 404


def test_a_link_that_is_taken_back_is_404(organization: Organization) -> None:
    owner = as_role(organization)
    path = invited(owner, email="kim@example.com")

    owner.post(f"/members/invitations/{OneTimeLink.objects.get().pk}/revoke/")

    assert Client().get(path).status_code == 404


def test_a_link_counts_only_while_who_made_it_could_make_it_again(
    organization: Organization,
) -> None:
    as_role(organization)
    admin = make_membership(organization, Role.ADMIN)
    client = Client()
    client.force_login(admin.user)
    path = invited(client, email="kim@example.com")
    assert Client().get(path).status_code == 200

    Membership.objects.filter(pk=admin.pk).update(role=Role.MEMBER)

    assert Client().get(path).status_code == 404


def test_sending_the_form_twice_invites_once_and_keeps_no_token(
    organization: Organization,
) -> None:
    owner, form = as_role(organization), keyed(role="member", email="kim@example.com")

    first, second = (owner.post("/members/invite/", form) for _ in range(2))

    assert LINK.search(first.content.decode())
    assert not LINK.search(second.content.decode())
    assert OneTimeLink.objects.count() == 1


def test_members_are_kept_out_and_strangers_find_nobody(organization: Organization) -> None:
    target = make_membership(organization)
    member = as_role(organization, Role.MEMBER)
    stranger = as_role(make_organization())
    posts = ["", "deactivate/", "reactivate/", "reset/"]

    assert member.get("/members/").status_code == 403
    assert member.get(f"/members/{target.pk}/").status_code == 403
    for verb in posts:
        assert member.post(f"/members/{target.pk}/{verb}", keyed()).status_code == 403
        assert stranger.post(f"/members/{target.pk}/{verb}", keyed()).status_code == 404
    assert stranger.get(f"/members/{target.pk}/").status_code == 404
    target.refresh_from_db()
    assert target.is_active


def test_a_change_counts_from_the_next_request_on(
    organization: Organization, place: Property
) -> None:
    owner = as_role(organization)
    target = make_membership(organization, Role.ADMIN)
    theirs = Client()
    theirs.force_login(target.user)
    assert theirs.get("/members/").status_code == 200

    answer = owner.post(f"/members/{target.pk}/", keyed(role="member", properties=[place.pk]))
    assert answer.status_code == 302
    assert theirs.get("/members/").status_code == 403

    owner.post(f"/members/{target.pk}/deactivate/")
    assert theirs.get("/profile/").status_code == 403
    assert "no organisation" in theirs.get("/").content.decode()

    owner.post(f"/members/{target.pk}/reactivate/")
    assert theirs.get("/profile/").status_code == 200


def test_the_last_owner_reads_why_not(organization: Organization) -> None:
    me = make_membership(organization, Role.OWNER)
    client = Client()
    client.force_login(me.user)

    refused = client.post(f"/members/{me.pk}/", keyed(role="member"))
    assert refused.status_code == 422
    assert "needs an active owner" in refused.content.decode()
    page = client.post(f"/members/{me.pk}/deactivate/", follow=True)
    assert "needs an active owner" in page.content.decode()


def test_an_owners_link_sets_a_new_password_once(organization: Organization) -> None:
    owner, target = as_role(organization), make_membership(organization)
    answer = owner.post(f"/members/{target.pk}/reset/", keyed())
    found = LINK.search(answer.content.decode())
    assert found is not None
    signed_in = Client()
    signed_in.force_login(target.user)

    form = {"password": NEW, "password_again": NEW}
    assert Client().post(found[1], form | {"password_again": "else"}).status_code == 422
    assert Client().post(found[1], form).status_code == 302

    target.user.refresh_from_db()
    assert target.user.check_password(NEW)
    assert signed_in.get("/profile/").status_code == 302
    assert Client().post(found[1], form).status_code == 404


def test_an_owners_link_dies_when_the_person_joins_elsewhere(
    organization: Organization,
) -> None:
    owner, target = as_role(organization), make_membership(organization)
    answer = owner.post(f"/members/{target.pk}/reset/", keyed())
    found = LINK.search(answer.content.decode())
    assert found is not None

    make_membership(make_organization(), user=target.user)

    assert Client().get(found[1]).status_code == 404


def test_with_mail_the_invitation_goes_to_the_address_and_is_not_shown(
    organization: Organization, settings: Settings, mailoutbox: list[Any]
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    owner = as_role(organization)

    answer = owner.post("/members/invite/", keyed(role="member", email="kim@example.com"))

    assert answer.status_code == 302
    assert not LINK.search(owner.get("/members/").content.decode())
    assert mailoutbox[0].to == ["kim@example.com"]
    found = LINK.search(mailoutbox[0].body)
    assert found is not None
    assert Client().get(found[1]).status_code == 200


def test_a_person_of_two_organizations_works_in_one_at_a_time() -> None:
    first, second = make_organization(name="First"), make_organization(name="Second")
    membership = make_membership(first, Role.MEMBER)
    make_membership(second, Role.OWNER, user=membership.user)
    foreign = make_organization()
    client = Client()
    client.force_login(membership.user)
    assert client.get("/members/").status_code == 403

    assert client.post("/organizations/", {"organization": second.pk}).status_code == 302
    assert client.get("/members/").status_code == 200
    assert client.post("/organizations/", {"organization": foreign.pk}).status_code == 404
    assert client.post("/organizations/", {"organization": "x"}).status_code == 404
    assert client.get("/organizations/?organization=" + str(first.pk)).status_code == 200
    assert client.get("/members/").status_code == 200


def test_the_list_of_people_costs_the_same_for_one_and_for_many(
    organization: Organization, place: Property, django_assert_max_num_queries: Any
) -> None:
    owner = as_role(organization)
    for _ in range(12):
        make_membership(organization, links=[place])
    with django_assert_max_num_queries(8):
        owner.get("/members/")
