"""All that documents say of the dialect as a whole (wire/connect.md 1 to 3)."""

from callcenter.api.describing import Problem, Section
from callcenter.api.dialects import Dialect

from .refusals import CODES, Error
from .urls import ROUTES

CREDENTIAL = (
    "`Authorization: Bearer <secret>`; the scheme word in any case. The secret is shown once, when"
    " the credential is made."
)
RULES = """
Each address is served with and without a last slash, never by redirect. Paths, names of query
parameters and names of body members are matched without regard to case; answers spell members
exactly as the models do.

`HEAD` is answered as `GET` without a body. Every other method that an address does not have is 405,
with `Allow`.

Answers are `application/json; charset=utf-8`; whoever sends `Accept: text/json` gets the same bytes
under that name. Bodies are taken as `application/json`, `text/json` or
`application/x-www-form-urlencoded`, in UTF-8.

Ids are positive integers below 2^31. Times are ISO 8601 with the property's own offset and six
fraction digits.

A query parameter that is not known is ignored, and so is one with an empty value; only `after`
means something when it is empty.

Send an `Idempotency-Key` with `POST` and `PUT`, and a repetition is never to be feared.
"""
RIGHTS = """
Send `Authorization: Bearer <secret>` with each request. Credentials are made in the product, which
shows the secret once. Cookies are ignored.

A credential sees what its owner sees: with the role owner or admin the whole organisation, as
member the linked properties. A set of properties narrows it further. To write, a member's
credential must have been issued with the right to.

No header is 400 with code 100, a malformed one 400 with code 118; an unknown, expired or revoked
secret 401 with code 1001; a right that is lacking 403 with code 1008.
"""
LISTS = """
Every list is `{"Total": n, "Elements": [...]}`. `Total` counts all matches, whatever part of them
was asked for.

With `page` and `pageSize` both above 0 one page comes, else the whole list. For long walks while
calls arrive send `after=` empty, and then each time `Next` of the answer before, until it is null.
"""
SECTIONS = (
    Section("Ground rules", RULES),
    Section("Credential", RIGHTS),
    Section("Lists", LISTS),
)
CONNECT = Dialect(
    name="connect",
    title="callcenter: dialect connect",
    version="1",
    description=(
        "Call logs as a property manager's own systems read and update them: who called, from"
        " which unit, about what, what was answered, and where the matter stands. HEAD is answered"
        " as GET; paths are matched without regard to case, with and without a last slash."
    ),
    prefix="/api",
    routes=ROUTES,
    error=Error,
    problems=tuple(
        Problem(code, row.name, int(row.status), row.message) for code, row in CODES.items()
    ),
    error_headers={401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"},
    headers={
        "ETag": ("Version of the call log.", {"type": "string", "pattern": '^"[0-9]+"$'}),
        "Location": (
            "Address of the new call log.",
            {"type": "string", "pattern": "^/api/calllogs/[0-9]+$"},
        ),
        "Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 1}),
        "WWW-Authenticate": ("How to say who you are.", {"type": "string", "const": "Bearer"}),
        "Allow": ("The methods of the address, on 405.", {"type": "string"}),
    },
    path_parameter={"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    content_types=("application/json", "text/json"),
    body_types=("application/json", "text/json", "application/x-www-form-urlencoded"),
    credential=CREDENTIAL,
    sections=SECTIONS,
    samples={"unitId": "340"},
)
