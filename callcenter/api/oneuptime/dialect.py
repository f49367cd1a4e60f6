"""All that documents say of the dialect as a whole (wire/oneuptime.md 1 and 5 to 13)."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from callcenter.api.describing import Section
from callcenter.api.dialects import Dialect

from .documented import ROW
from .problems import PROBLEMS
from .schemas import UUID
from .urls import ROUTES


class Error(Struct, omit_defaults=True):
    """Body of every 4xx and 5xx: one of the two members."""

    error: Annotated[str | UnsetType, Meta(description="What is wrong.")] = UNSET
    message: Annotated[
        str | UnsetType, Meta(description="The same, for unknown addresses and Bearer tokens.")
    ] = UNSET


KEY = (
    "`ApiKey: <secret>`, the header in any letter case. The secret is shown once, when the"
    " credential is made."
)
RULES = """
Each address is served with and without a last slash and in any letter case, never by redirect.
Every success is 200.

Bodies are `application/json`, or `application/x-www-form-urlencoded` with brackets:
`select[status]=true`. Any other body counts as none. A `GET` with a body is read like a `POST`.

`PUT` and `DELETE` of one row have the aliases `/update-item` and `/delete-item`, by `POST` and,
unless the server switched that off, by `GET`.

Send an `Idempotency-Key` with whatever writes, and a repetition is never to be feared.
"""
RIGHTS = """
Send `ApiKey: <secret>` with each request; the same secret serves all dialects. Cookies and Bearer
tokens are ignored.

Owners and admins read and write. A member's credential, and those with a permission to read, only
read. Rings and calls are those at the properties that the credential sees; policies and rules are
the whole organisation's. The project is always the credential's own.

No key is 401, a key that is not good 400, a right that is lacking 422.
"""
VALUES = """
A credential is told values as documented (`"2026-03-01T10:00:00.000Z"`) or as deployed servers do
(`{"_type": "DateTime", "value": "2026-03-01T10:00:00.000Z"}`). Either form may be sent.

What the dialect calls User is somebody who can be rung, with or without an account.
"""
QUERIES = """
`select` names columns: `{"status": true, "user": {"name": true}}`. `query` narrows: a plain value
is equality, null is empty, a list is one of these, and an object with `_type` is an operator:
`EqualTo`, `NotEqual`, `EqualToOrNull`, `GreaterThan`, `GreaterThanOrEqual`, `LessThan`,
`LessThanOrEqual`, `GreaterThanOrNull`, `LessThanOrNull`, `InBetween` (with `startValue` and
`endValue`), `Includes`, `IncludesAll`, `IncludesNone`, `Search`, `StartsWith`, `EndsWith`,
`NotContains`, `IsNull`, `NotNull`.

`{"any": {"_type": "MultiSearch", "value": "leak", "fields": ["status", "statusMessage"]}}` looks
into several columns. `sort` is `{"createdAt": "DESC"}`; ties follow `_id`. Related rows can be read
and queried one level deep.

Rows that come while you page by `skip` repeat others; sort by `createdAt` ascending for long walks.
"""
ONEUPTIME = Dialect(
    name="oneuptime",
    title="callcenter: dialect oneuptime",
    version="1",
    description=(
        "Who was rung, in which order, for how long and with what result: rings, the calls for"
        " which, and the chains as they are planned."
    ),
    prefix="/api",
    routes=ROUTES,
    error=Error,
    problems=PROBLEMS,
    error_headers={429: "Retry-After", 503: "Retry-After"},
    headers={"Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 1})},
    path_parameter={"type": "string", "pattern": UUID},
    content_types=("application/json",),
    body_types=("application/json",),
    credential=KEY,
    sections=(
        Section("Ground rules", RULES),
        Section("Key and rights", RIGHTS),
        Section("Values", VALUES),
        Section("Select, query, sort", QUERIES),
    ),
    scheme={"type": "apiKey", "in": "header", "name": "ApiKey"},
    key_header="ApiKey: $KEY",
    samples={"id": ROW},
    has_codes=False,
)
