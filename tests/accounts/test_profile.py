"""One's own profile: name, zone, looks and keys."""

import uuid
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from callcenter.accounts.models import User
from tests.factories import make_membership, make_organization

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Kim Osei",
    "time_zone": "America/Chicago",
    "theme": "dark",
    "density": "compact",
}


@pytest.fixture
def user(client: Client) -> User:
    user = make_membership(make_organization()).user
    client.force_login(user)
    return user


def save(client: Client, **fields: Any) -> Any:
    return client.post("/profile/", {"key": str(uuid.uuid4())} | FIELDS | fields)


def test_what_is_saved_shapes_the_next_page(client: Client, user: User) -> None:
    assert save(client).status_code == 302

    user.refresh_from_db()
    assert (user.name, user.time_zone, user.theme) == ("Kim Osei", "America/Chicago", "dark")
    assert not user.single_key_shortcuts
    page = client.get("/profile/").content.decode()
    assert 'data-bs-theme="dark"' in page
    assert 'data-density="compact"' in page
    assert 'data-single-keys="off"' in page


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"time_zone": "Mars/Olympus"}, {"theme": "neon"}, {"name": "x" * 121}]
)
def test_what_cannot_be_is_refused_beside_the_field(
    client: Client, user: User, wrong: dict[str, str]
) -> None:
    answer = save(client, **wrong)

    assert answer.status_code == 422
    field = next(iter(wrong))
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert 'aria-invalid="true"' in page
    user.refresh_from_db()
    assert user.name != "Kim Osei"


@pytest.mark.parametrize("name", ["email", "is_active", "is_staff", "password", "id", "role"])
def test_nothing_else_can_be_changed_here(client: Client, user: User, name: str) -> None:
    kept = ("id", "email", "is_active", "password")
    before = User.objects.values_list(*kept).get(pk=user.pk)

    save(client, **{name: "evil@example.com" if name == "email" else "1"})

    assert User.objects.values_list(*kept).get(pk=user.pk) == before


def test_the_audit_says_who_changed_the_name(client: Client, user: User) -> None:
    save(client)

    events = apps.get_model("accounts", "UserAuditEvent").objects
    event = events.filter(pgh_obj_id=user.pk).order_by("pgh_id").last()
    assert event.name == "Kim Osei"
    assert event.pgh_context["user"] == user.pk
