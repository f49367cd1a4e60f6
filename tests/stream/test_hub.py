"""Who hears a hint: everybody of the organisation, or one person alone."""

import pytest

from callcenter.stream.hub import Hub
from callcenter.stream.logins import BoardTicket, Ticket


def ticket(user: int, organization: int) -> Ticket:
    return Ticket("key", 1, organization, f"{user}.{organization}", "", None, 0, 0)


@pytest.mark.parametrize(
    ("payload", "heard"),
    [
        ("3:phone_calls", {"kim", "kim again", "lee", "board"}),
        ("3:my_calls:12", {"kim", "kim again"}),
        ("4:my_calls:12", {"kim elsewhere"}),
        ("3:my_calls:1", set()),
        ("3:my_calls:", set()),
        ("3:my_calls:12:13", set()),
        ("3:my_calls:twelve", set()),
        ("my_calls:12", set()),
        ("", set()),
    ],
)
def test_a_hint_reaches_whom_it_names(payload: str, heard: set[str]) -> None:
    hub = Hub(most=9, most_of_one=9)
    readers = {
        "kim": hub.join(ticket(12, 3)),
        "kim again": hub.join(ticket(12, 3)),
        "kim elsewhere": hub.join(ticket(12, 4)),
        "lee": hub.join(ticket(112, 3)),
        "board": hub.join(BoardTicket(12, 3)),
    }
    hub.hint(payload)
    assert {name for name, reader in readers.items() if reader.taken()} == heard
