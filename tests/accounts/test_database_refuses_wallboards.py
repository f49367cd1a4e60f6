"""What PostgreSQL refuses about screens on a wall."""

from typing import Any

import pytest
from django.db import connection

from callcenter.accounts.models import Role, Wallboard
from tests.factories import make_membership, make_organization
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def make_wallboard(**fields: Any) -> Wallboard:
    """A screen that is written past the actions."""
    owner = make_membership(make_organization(), Role.OWNER)
    blank = {"name": "Wall", "pepper_id": "p", "secret_hmac": b"x" * 32}
    board: dict[str, Any] = blank | {"organization": owner.organization, "created_by": owner.user}
    return Wallboard.objects.create(**(board | fields))


def test_a_token_opens_one_screen_which_has_a_name() -> None:
    make_wallboard()
    with refused(by="wallboard_secret_once"):
        make_wallboard()
    with refused(by="wallboard_has_name"):
        make_wallboard(name="", pepper_id="q")


@pytest.mark.parametrize("table", ["accounts_wallboard", "accounts_wallboardauditevent"])
def test_screens_and_what_was_done_with_them_are_kept(table: str) -> None:
    make_wallboard()
    with refused(by="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (ours)
