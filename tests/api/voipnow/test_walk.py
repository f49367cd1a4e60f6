"""Every list for everybody: who gets what, what no answer holds, what counts from now on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from callcenter.accounts.models import ApiCredential, Membership, Role, User
from callcenter.properties.models import CredentialProperty, PropertyLink
from callcenter.telephony.models import Extension

from .house import (
    ABSENT,
    AT,
    BIRD,
    CDR,
    FAR,
    LIVE,
    MAX,
    NOVEMBER,
    OTHER,
    PRIYA,
    RINGS,
    STRANGER,
    TALKS,
    House,
)

FOREIGN = (BIRD, "0009*210", "900009", "Canary", "bird@example.com")
WHO = (None, "owner", "admin", "priya", "max", "low", "item", "all", "narrowed")
# of a GET, for WHO; 204 is nothing to list
STATUSES = {
    LIVE: "401 204 204 200 200 204 403 204 204",
    f"{LIVE}/@me/@self": "401 204 204 200 200 204 403 204 204",
    f"{LIVE}/@me/@self/{RINGS}": "401 204 204 200 204 204 403 204 204",
    f"{LIVE}/@me/@self/{BIRD}": "401 204 204 204 204 204 403 204 204",
    f"{LIVE}/@organization": "401 200 200 403 403 403 403 200 200",
    f"{LIVE}/@organization/@self/{BIRD}": "401 204 204 403 403 403 403 204 204",
    f"{LIVE}/{PRIYA}": "401 200 200 200 403 403 403 200 200",
    f"{LIVE}/{PRIYA}/0003*210": "401 200 200 200 403 403 403 200 200",
    f"{LIVE}/{MAX}/0003*220": "401 200 200 403 200 403 403 200 200",
    f"{LIVE}/{STRANGER}": "401 404 404 403 403 403 403 404 404",
    f"{LIVE}/{STRANGER}/0009*210": "401 404 404 403 403 403 403 404 404",
    f"{LIVE}/{ABSENT}": "401 404 404 403 403 403 403 404 404",
    f"{LIVE}/@owner/0009*210": "401 404 404 403 403 403 403 404 404",
    f"{CDR}?{NOVEMBER}": "401 204 204 200 200 204 403 204 204",
    f"{CDR}/@organization?{NOVEMBER}": "401 200 200 403 403 403 403 200 200",
    f"{CDR}/{PRIYA}?{NOVEMBER}": "401 200 200 200 403 403 403 200 200",
    f"{CDR}/{STRANGER}?{NOVEMBER}": "401 404 404 403 403 403 403 404 404",
    f"{CDR}/{ABSENT}?{NOVEMBER}": "401 404 404 403 403 403 403 404 404",
}


@pytest.mark.parametrize("path", STATUSES)
def test_b05_b07_who_gets_what_and_nobody_anything_of_others(path: str, house: House) -> None:
    statuses = []
    for who in WHO:
        answer = house.ask(who, "GET", path)
        statuses.append(str(answer.status_code))
        said = answer.content.decode()
        asked = path.partition("?")[0].split("/")
        assert not [word for word in FOREIGN if word in said and word not in asked], who
    assert " ".join(statuses) == STATUSES[path]


def test_what_is_foreign_and_what_is_absent_are_refused_alike(house: House) -> None:
    for who in ("owner", "priya", "narrowed"):
        for start in (LIVE, CDR):
            foreign, absent = (
                house.ask(who, "GET", f"{start}/{user}") for user in (STRANGER, ABSENT)
            )
            assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)


def totals(house: House, path: str, who: str) -> tuple[int, Any]:
    """How many there are said to be, and the statistics, of a page of one."""
    status, body = house.said(f"{path}{'&' if '?' in path else '?'}count=1&fields=id", who)
    if status == 204:
        return 0, None
    stats = body.get("phoneCallStat")
    return body["totalResults"], stats and [stat["total"] for stat in stats]


def test_b05_counts_are_of_what_is_seen(house: House) -> None:
    for path, who, expected in (
        (LIVE, "priya", (2, None)),
        (LIVE, "max", (1, None)),
        (f"{LIVE}/@organization", "owner", (5, None)),
        (f"{LIVE}/@organization", "narrowed", (4, None)),
        (f"{LIVE}/{PRIYA}", "owner", (3, None)),
        (f"{LIVE}/@organization", "stranger", (1, None)),
        (f"{CDR}?{NOVEMBER}", "priya", (3, [2, 0])),
        (f"{CDR}?{NOVEMBER}", "max", (2, [1, 1])),
        (f"{CDR}/{MAX}?{NOVEMBER}", "owner", (2, [1, 1])),
        (f"{CDR}/@organization?{NOVEMBER}", "owner", (5, [3, 1])),
        (f"{CDR}/@organization?{NOVEMBER}", "stranger", (0, None)),
    ):
        assert totals(house, path, who) == expected, (path, who)


def test_b06_links_extensions_roles_and_sets_count_on_the_next_request(house: House) -> None:
    link = PropertyLink.objects.filter(membership=house.priya)
    assert house.ids(LIVE, "priya") == [TALKS, RINGS]
    link.delete()
    assert house.ids(LIVE, "priya") == [TALKS]  # at no property
    assert totals(house, LIVE, "priya") == (1, None)
    Extension.objects.filter(number__in=("0003*210", "0003*211")).update(user=None)
    assert house.said(LIVE, "priya") == (204, None)
    assert house.code(f"{LIVE}/@me/210", "priya") == (404, "not_found")
    assert house.ids(f"{LIVE}/@organization", "narrowed") != []
    chosen = CredentialProperty.objects.filter(
        credential__client_id=house.keys["narrowed"].client_id
    )
    chosen.delete()
    assert RINGS not in house.ids(f"{LIVE}/@organization", "narrowed")
    assert house.ids(f"{LIVE}/{MAX}", "admin") == [OTHER]
    Membership.objects.filter(user__email="ada@example.com").update(role=Role.MEMBER)
    for path in (f"{LIVE}/{MAX}", f"{LIVE}/@organization", f"{CDR}/{ABSENT}"):
        assert house.code(path, "admin") == (403, "access_denied")


def test_b06_a_token_of_what_is_revoked_or_out_opens_nothing(house: House) -> None:
    gone = (401, "access_token_invalid")
    assert FAR in house.ids(f"{LIVE}/@organization", "owner")
    known = {
        who: ApiCredential.objects.filter(client_id=house.keys[who].client_id)
        for who in ("owner", "all", "narrowed")
    }
    for who in known:
        assert house.said(LIVE, who)[0] == 204
    known["owner"].update(revoked_at=AT)
    known["all"].update(expires_at=F("created_at") + timedelta(microseconds=1))
    known["narrowed"].delete()
    for who in known:
        assert house.code(LIVE, who) == gone
        assert house.code(CDR, who) == gone
    User.objects.filter(pk=house.priya.user_id).update(is_active=False)
    assert house.code(LIVE, "priya") == gone
    assert house.ids(LIVE, "max") == [OTHER]
