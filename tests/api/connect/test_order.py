"""Several faults in one request: the first in the stated order is told (wire/connect.md 3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .house import House, code_of, state_of

COMMON = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass
class Request:
    """A request that is good until a fault spoils it."""

    who: str | None = "owner"
    method: str = "PUT"
    path: str = "/api/calllogs/4711"
    body: Any = field(default_factory=lambda: {"NewComments": "x", "LogId": 4711})
    headers: dict[str, str] = field(default_factory=dict)

    def put_in(self, **members: Any) -> None:
        """Members beside those that are there."""
        if isinstance(self.body, dict):
            self.body = self.body | members

    def send(self, house: House) -> Any:
        """The answer."""
        return house.ask(self.who, self.method, self.path, self.body, **self.headers)


def no_path(request: Request) -> None:
    request.path = "/api/calllogs/4711/comments"


def no_number(request: Request) -> None:
    request.path = request.path.replace("4711", "x").replace("4990", "x")


def no_method(request: Request) -> None:
    request.method = "DELETE"


def no_header(request: Request) -> None:
    request.who = None
    request.headers.pop("authorization", None)


def no_bearer(request: Request) -> None:
    request.who = None
    request.headers["authorization"] = "Basic x"


def bad_tag(request: Request) -> None:
    request.headers["if_match"] = "7"


def bad_key(request: Request) -> None:
    request.headers["idempotency_key"] = "a b"


def nobody(request: Request) -> None:
    request.who = "revoked"


def no_right(request: Request) -> None:
    request.who = "reader"


def absent(request: Request) -> None:
    request.path = request.path.replace("4711", "4990")


def used_key(request: Request) -> None:
    request.headers["idempotency_key"] = "used"


def too_large(request: Request) -> None:
    request.body = "x" * 2_000_000


def no_type(request: Request) -> None:
    request.headers["content_type"] = "text/plain"


def no_object(request: Request) -> None:
    if isinstance(request.body, dict):
        request.body = "[]"


def wrong_type(request: Request) -> None:
    request.put_in(Notes=5)


def no_status(request: Request) -> None:
    request.put_in(ModuleStatusId=77)


def other_id(request: Request) -> None:
    request.put_in(LogId=4712)


def stale(request: Request) -> None:
    request.headers["if_match"] = '"99"'


def no_move(request: Request) -> None:
    request.put_in(ModuleStatusId=1)


# In the stated order. A fault is put in after those that come later, so it may overwrite them.
FAULTS: list[tuple[Callable[[Request], None], int]] = [
    (no_path, 106),
    (no_number, 106),
    (no_method, 1002),
    (no_header, 100),
    (no_bearer, 118),
    (bad_key, 118),
    (bad_tag, 118),
    (nobody, 1001),
    (no_right, 1008),
    (absent, 106),
    (used_key, 112),
    (too_large, 1006),
    (no_type, 1004),
    (no_object, 114),
    (wrong_type, 114),
    (no_status, 114),
    (other_id, 112),
    (stale, 1007),
    (no_move, 112),
]


@COMMON
@given(chosen=st.sets(st.sampled_from(range(len(FAULTS))), min_size=1, max_size=6))
def test_the_first_fault_in_the_stated_order_is_told(house: House, chosen: set[int]) -> None:
    house.put({"Notes": None}, idempotency_key="used")
    before = state_of()
    request = Request()
    for number in sorted(chosen, reverse=True):
        FAULTS[number][0](request)
    answer = request.send(house)
    names = [FAULTS[number][0].__name__ for number in sorted(chosen)]
    assert code_of(answer) == FAULTS[min(chosen)][1], names
    assert state_of() == before


def test_every_pair_of_faults_has_its_winner(house: House) -> None:
    house.put({"Notes": None}, idempotency_key="used")
    wrong = []
    for first, (spoil, code) in enumerate(FAULTS):
        for spoil_later, _ in FAULTS[first + 1 :]:
            request = Request()
            spoil_later(request)
            spoil(request)
            told = code_of(request.send(house))
            if told != code:
                wrong.append((spoil.__name__, spoil_later.__name__, told))
    assert wrong == []


def test_a_missing_member_is_told_after_a_wrong_value(house: House) -> None:
    for body, code in (
        ({"LogId": "x"}, 114),
        ({"LogId": 4712}, 109),
        ({"Subject": 5}, 109),
    ):
        assert code_of(house.put(body)) == code, body
    for new, code in (
        ({"LogReasons": [92]}, 114),
        ({"ModuleStatusId": 77}, 114),
        ({"CreatedOn": "x"}, 114),
        ({"PropertyId": 12, "UnitId": 350}, 114),
        ({"UnitId": 341, "ResidentId": 78}, 114),
        ({"ModuleStatusId": 8}, 109),
        ({"PropertyId": 12}, 109),
    ):
        assert code_of(house.post(new)) == code, new


def test_a_parent_comes_before_the_query(house: House) -> None:
    for path, who, code in (
        ("/api/units/990/calllogs?page=x", "owner", 106),
        ("/api/units/350/calllogs?page=x", "reader", 105),
        ("/api/units/340/calllogs?page=x", "item", 1008),
        ("/api/units/340/calllogs?page=x", "revoked", 1001),
        ("/api/units/x/calllogs?page=x", "revoked", 106),
        ("/api/units/340/calllogs?page=x", "reader", 1003),
    ):
        assert code_of(house.get(path, who)) == code, (path, who)


def test_the_rate_comes_after_the_credential_and_before_the_right(
    house: House, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    assert code_of(house.get("/api/calllogs/4711", "revoked")) == 1001
    assert code_of(house.get("/api/calllogs/4711", "none")) == 1005
    assert code_of(house.ask("owner", "DELETE", "/api/calllogs/4711")) == 1002
    assert code_of(house.put({}, "owner", if_match="x")) == 118
