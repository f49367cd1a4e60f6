"""Forms that are sent to the dialect: limits first, then the type (B-18)."""

from urllib.parse import parse_qsl

from callcenter.api.bodies import TooLargeError, WrongTypeError, read_body
from callcenter.api.call import Call

MOST_BYTES = 65_536  # an event's parameters, or a client's id and secret, are a few words
MOST_FIELDS = 200
FORM = "application/x-www-form-urlencoded"


def sent_form(call: Call) -> bytes:
    """The body of a POST; TooLargeError, and WrongTypeError when there is one that is no form."""
    body = read_body(call.request)
    if body is None:
        raise TooLargeError
    if not body:
        return b""
    kind, _, _ = str(call.request.META.get("CONTENT_TYPE", "")).lower().partition(";")
    coding = call.request.headers.get("Content-Encoding", "identity").lower()
    if kind.strip() != FORM or coding not in ("", "identity"):
        raise WrongTypeError
    return body


def fields_of(sent: bytes) -> dict[str, str]:
    """The members of a form or query; of one sent twice the last value. TooLargeError."""
    if len(sent) > MOST_BYTES:
        raise TooLargeError
    try:
        pairs = parse_qsl(
            sent.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise TooLargeError from None
    return dict(pairs)
