"""Whose calls an address means, and to whom it answers (wire/voipnow.md 1 and 3)."""

import pytest

from .house import (
    ABSENT,
    BIRD,
    CDR,
    FAR,
    LIVE,
    LOCAL,
    MAX,
    NOVEMBER,
    OTHER,
    OVER,
    OWNER,
    PRIYA,
    RINGS,
    STRANGER,
    TALKS,
    House,
)

DENIED, NOT_FOUND = (403, "access_denied"), (404, "not_found")
EVERY = [LOCAL, OTHER, FAR, TALKS, RINGS]
PREFIXES = ("/uapi", "/unifiedapi")


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("slash", ["", "/", "?x=1", "/?x=1"])
def test_short_paths_mean_me_and_all_my_extensions(house: House, prefix: str, slash: str) -> None:
    for path in (
        *("", "/", "/@me", "/@viewer", "/@owner", f"/{PRIYA}", "/@me/@self", "//@self"),
        *("/@viewer/@self", "/@owner/@self", "/%40me/%40self", f"/{PRIYA}/@self"),
    ):
        if path.endswith("/") and slash.startswith("/"):
            continue
        assert house.ids(f"{prefix}/phoneCalls{path}{slash}", "priya") == [TALKS, RINGS], path
    for path in ("/@me/0003*210", "//0003*210", "//210", "/@me/0003%2a210", "/@owner/210"):
        assert house.ids(f"{prefix}/phoneCalls{path}{slash}", "priya") == [TALKS, RINGS], path
    assert house.ids(f"{prefix}/phoneCalls/@me/211{slash}", "priya") == [TALKS]


def test_a_member_asks_for_nobody_else_whether_or_not_there_is_one(house: House) -> None:
    for path in (
        *(f"/{MAX}", f"/{OWNER}", f"/{STRANGER}", f"/{ABSENT}", f"/{MAX}/0003*220", "/9" * 2),
        *("/@organization", "/@organization/@self", "/@organization/210", f"/{'9' * 40}"),
        *("/@owner/0003*220", "/@owner/0003*999", "/@owner/0009*210", "/@owner/x"),
    ):
        assert house.code(LIVE + path, "priya") == DENIED, path
        if path != f"/{OWNER}":  # a credential of the owner's, of lower role
            assert house.code(LIVE + path, "low") == DENIED, path
    for path in (f"/{MAX}", f"/{ABSENT}", "/@organization"):
        assert house.code(CDR + path, "priya") == DENIED, path
    for path in ("/@me/0003*220", "/@me/0003*999", f"/{PRIYA}/x", "/@all", "/x", "/-1", "/1.0"):
        assert house.code(LIVE + path, "priya") == NOT_FOUND, path


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_owners_and_admins_ask_for_everybody_of_the_organisation(house: House, who: str) -> None:
    assert house.ids(f"{LIVE}/{PRIYA}", who) == [FAR, TALKS, RINGS]
    assert house.ids(f"{LIVE}/{PRIYA}/211", who) == [TALKS]
    assert house.ids(f"{LIVE}/{MAX}/0003*220", who) == [OTHER]
    assert house.ids(f"{LIVE}/@owner/220", who) == [OTHER]
    assert house.ids(f"{LIVE}/@organization", who) == EVERY
    assert house.ids(f"{LIVE}/@organization/@self/", who) == EVERY
    assert house.ids(LIVE, who) == []  # no extension is theirs
    assert house.ids(f"{CDR}/@organization?{NOVEMBER}", who) == list(reversed(OVER))
    for path in (
        *(f"/{STRANGER}", f"/{ABSENT}", "/0", f"/{'9' * 40}", "/@organization/210", "/@nobody"),
        *(f"/{PRIYA}/0003*220", f"/{PRIYA}/999", f"/{PRIYA}/%00", "/@owner/0003*300"),
        *("/@owner/0009*210", "/@owner/1", "/@me/210", "/%00"),
    ):
        assert house.code(LIVE + path, who) == NOT_FOUND, path
    assert house.code(f"{CDR}/{STRANGER}", who) == NOT_FOUND


def test_rights_and_property_sets(house: House) -> None:
    for path in (LIVE, f"{LIVE}/@organization", CDR, f"{CDR}/x"):
        assert house.code(path, "item") == DENIED
    assert house.ids(f"{LIVE}/@organization", "all") == EVERY  # its owner's role, for rows
    assert house.ids(f"{LIVE}/@organization", "narrowed") == [LOCAL, OTHER, TALKS, RINGS]
    assert house.ids(f"{LIVE}/@me", "max") == [OTHER]
    assert house.ids(f"{LIVE}/@organization", "stranger") == [BIRD]


def test_a_call_by_its_id_or_the_empty_list(house: House) -> None:
    status, body = house.said(f"{LIVE}/@me/@self/{TALKS}", "priya")
    assert (status, body["totalResults"]) == (200, 1)
    assert house.ids(f"{LIVE}/@me/211/{TALKS}", "priya") == [TALKS]
    for pk in (RINGS.upper(), "x", OVER[0], FAR, OTHER, BIRD, "0" * 20, "%00", "%F0%9F%90%A6"):
        assert house.said(f"{LIVE}/@me/@self/{pk}", "priya") == (204, None), pk
        status, body = house.said(f"{LIVE}/@me/@self/{pk}", "deployed priya")
        assert (status, body["entry"], body["totalResults"]) == (200, [], 0)
    assert house.ids(f"{LIVE}/@me/@self//", "priya") == [TALKS, RINGS]


def test_links_say_whom_was_asked_for(house: House) -> None:
    for path, user, who in (
        ("", "@me", "priya"),
        ("/@viewer/@self", "@viewer", "priya"),
        ("/@owner", str(PRIYA), "priya"),
        (f"/{PRIYA}/211", str(PRIYA), "owner"),
        ("/@owner/211", str(PRIYA), "owner"),
        ("/@organization", "@organization", "owner"),
    ):
        body = house.said(f"{LIVE}{path}", who)[1]
        link = f"http://testserver/uapi/phoneCalls/{user}/@self/{TALKS}"
        assert {"self": link} in [entry["links"] for entry in body["entry"]]
        assert house.ids(link.removeprefix("http://testserver"), who) == [TALKS]
