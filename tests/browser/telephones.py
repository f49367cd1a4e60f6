"""Telephone calls of Northgate: answered, logged or not, missed, and one that goes on."""

from datetime import timedelta

from django.utils import timezone

from callcenter.calls.models import CallLog
from callcenter.telephony.models import Extension, PhoneCall
from tests.browser.northgate import Northgate
from tests.factories import make_extension, make_party, make_phone_call

# Minutes ago, the number, the name that was shown, and how long somebody talked; 0: missed.
CAME = (
    (64, "2125550143", "ANA DE LA CRUZ", 181),
    (93, "6465550118", "D PRICE", 42),
    (41, "3475550155", "", 95),
    (38, "7185550162", "I SESAY", 0),
    (22, "4145550144", "L MARCHETTI", 0),
    (12, "7095550104", "", 0),
    (9, "2125550188", "WEN ACHTERBERG", 0),
    (6, "7185550162", "I SESAY", 0),
    (3, "3035550131", "NGUYEN T", 0),
)


def ring(company: Northgate) -> list[PhoneCall]:
    """Calls at two extensions, the owner's and the admin's, who rang together; oldest first."""
    desks = [
        make_extension(company.organization, f"0003*20{n}", user=person.user)
        for n, person in enumerate((company.owner, company.admin), start=1)
    ]
    calls = [_call(company, desks, *row) for row in sorted(CAME, reverse=True)]
    now = timezone.now()
    rings = make_phone_call(
        company.organization,
        extension=desks[1],
        published_at=now - timedelta(seconds=20),
        answered_at=now - timedelta(seconds=12),
        caller_raw="+12125550121",
        caller_e164="+12125550121",
        caller_digits_reversed="1210555212",
    )
    make_party(rings, extension=desks[1], answered_at=rings.answered_at, status=5)
    CallLog.objects.filter(pk=company.calls[1].pk).update(phone_call=calls[0])
    return [*calls, rings]


def _call(
    company: Northgate, desks: list[Extension], minutes: int, number: str, name: str, talked: int
) -> PhoneCall:
    at = timezone.now() - timedelta(minutes=minutes)
    picked_up = at + timedelta(seconds=8) if talked else None
    ended = at + timedelta(seconds=8 + talked if talked else 25)
    said = 0 if talked else 3
    call = make_phone_call(
        company.organization,
        extension=desks[0],
        property=company.properties["Maple Court"] if minutes % 2 else None,
        published_at=at,
        answered_at=picked_up,
        ended_at=ended,
        disposition=said,
        caller_raw=f"+1{number}",
        caller_e164=f"+1{number}",
        caller_digits_reversed=number[::-1],
        caller_name=name,
    )
    make_party(call, extension=desks[0], answered_at=picked_up, ended_at=ended, disposition=said)
    make_party(call, extension=desks[1], ended_at=picked_up or ended, disposition=3)
    return call
