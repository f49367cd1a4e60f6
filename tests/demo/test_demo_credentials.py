"""The demo's keys for other systems: they open, and a lost file does not leave old ones open."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from callcenter.accounts.models import ApiCredential
from callcenter.embedded.__main__ import keys_table
from callcenter.properties.credentials import find_caller

pytestmark = pytest.mark.usefixtures("demo")
ROLES = ["owner", "admin", "member"]


def renew(path: Path) -> list[dict[str, str]]:
    call_command("demo_data", "--accounts", str(path), stdout=StringIO())
    known: dict[str, Any] = json.loads(path.read_text())
    credentials: list[dict[str, str]] = known["credentials"]
    return credentials


def opening(credentials: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Role and form of answers of those that open."""
    found = [find_caller(each["secret"], request_id="r") for each in credentials]
    return [(caller.principal.role.value, caller.wire.value) for caller in found if caller]


def test_owner_admin_and_member_have_one_in_each_form(demo: dict[str, Any]) -> None:
    keys = demo["credentials"]
    assert set(keys[0]) == {"name", "role", "wire", "client_id", "secret"}
    wanted = [(role, wire) for role in ROLES for wire in ("documented", "deployed")]
    assert [(each["role"], each["wire"]) for each in keys] == wanted
    assert opening(keys) == wanted
    for each in keys:
        row = ApiCredential.objects.get(client_id=each["client_id"])
        assert (row.name, row.last_four) == (each["name"], each["secret"][-4:])


def test_a_lost_file_brings_new_ones_and_ends_the_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    first = renew(path)
    assert len(opening(first)) == 6
    path.unlink()

    second = renew(path)

    assert len(opening(second)) == 6
    assert opening(first) == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert renew(path) == second


def test_a_demo_of_before_gets_them_and_keeps_its_passwords(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    users = [{"email": "owner@example.com", "password": "known", "role": "owner"}]
    path.write_text(json.dumps({"url": "http://localhost:8000", "users": users, "credentials": []}))

    assert len(opening(renew(path))) == 6

    assert json.loads(path.read_text())["users"] == users


def test_they_are_printed_in_columns_with_a_line_to_try(demo: dict[str, Any]) -> None:
    keys = demo["credentials"]
    lines = keys_table(keys, "http://localhost:8000")
    rows = [line.split() for line in lines if line.startswith(tuple(f"  {role}" for role in ROLES))]
    assert rows == [[k["role"], k["wire"], k["client_id"], k["secret"]] for k in keys]
    newest = "http://localhost:8000/api/calllogs?page=1&pageSize=3"
    assert lines[-1].endswith(f'Bearer {keys[0]["secret"]}" "{newest}"')
    assert keys_table([], "http://localhost:8000") == []
