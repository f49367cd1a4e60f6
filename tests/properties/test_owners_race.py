"""Two owners cannot end an organisation between them (B-09)."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from callcenter.accounts.models import Membership, Role
from callcenter.core.errors import RuleError
from callcenter.properties.actions import set_active
from tests.factories import make_membership, make_organization, principal_again


def test_two_owners_who_remove_each_other_at_once_leave_one(committed_db: str) -> None:
    organization = make_organization()
    pair = [make_membership(organization, Role.OWNER) for _ in range(2)]
    principals = [principal_again(each) for each in pair]
    together = threading.Barrier(2)

    def remove(n: int) -> str:
        together.wait(30)
        try:
            set_active(membership_id=pair[1 - n].pk, is_active=False, principal=principals[n])
        except RuleError:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(remove, range(2)))

    assert sorted(outcomes) == ["done", "refused"]
    assert Membership.objects.filter(organization=organization, is_active=True).count() == 1
