"""Who may what of chains, by role and by key (wire/oneuptime.md, Permissions; design.md 6)."""

import pytest

from callcenter.accounts.models import Role, SinglePermission
from callcenter.properties.access import PERMISSIONS, credential_words

PLANS = ("responder", "responderline", "schedule", "policy", "rule")
EVIDENCE = ("escalation", "escalationitem")
VIEWS = {f"escalations.view_{name}" for name in (*PLANS, *EVIDENCE)}
WRITES = {f"escalations.{verb}_{name}" for name in PLANS for verb in ("add", "change", "withdraw")}
RINGS = {f"escalations.{verb}_escalationitem" for verb in ("add", "change", "withdraw")}
DESK = {"escalations.add_escalation", "escalations.change_escalation"}


def of_chains(words: frozenset[str]) -> set[str]:
    return {word for word in words if word.startswith("escalations.")}


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_who_manages_writes_plans_and_rings(role: Role) -> None:
    everything = VIEWS | WRITES | RINGS | DESK | {"escalations.withdraw_escalation"}
    everything |= {"escalations.view_finding", "escalations.change_finding"}
    assert of_chains(PERMISSIONS[role]) == everything
    by_key = credential_words(role, has_role=True, permissions=(), can_write=False)
    assert of_chains(by_key) == everything


def test_a_member_sees_all_and_rings_at_the_desk() -> None:
    assert of_chains(PERMISSIONS[Role.MEMBER]) == VIEWS | DESK
    for can_write in (True, False):
        words = credential_words(Role.MEMBER, has_role=True, permissions=(), can_write=can_write)
        assert of_chains(words) & (WRITES | RINGS) == set()
        assert of_chains(words) >= VIEWS


@pytest.mark.parametrize("role", list(Role))
def test_a_key_with_single_permissions_only_reads(role: Role) -> None:
    def words(*permissions: str) -> set[str]:
        granted = credential_words(role, has_role=False, permissions=permissions, can_write=True)
        return of_chains(granted)

    assert words() == set()
    item = SinglePermission.READ_CALL_LOG_ITEM
    assert words(item) == {"escalations.view_escalationitem"}
    assert words(SinglePermission.READ_ALL) == VIEWS
    assert words(item, SinglePermission.READ_ALL) == VIEWS
