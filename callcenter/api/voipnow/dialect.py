"""All that documents say of the dialect as a whole (wire/voipnow.md 1 to 10)."""

from callcenter.api.describing import Section
from callcenter.api.dialects import Dialect

from .documented import ID
from .forms import FORM
from .problems import PROBLEMS
from .urls import ROUTES
from .wire import Error

KEY = "`Authorization: Bearer <token>`; the scheme word in any case."
RULES = """
Each address is served with and without a last slash, never by redirect, and under `/unifiedapi/` as
under `/uapi/`. Paths, names and operators are matched with regard to case. `HEAD` is answered as
`GET` without a body.

Times are `YYYY-MM-DDThh:mm:ssZ`, whole seconds. A date without a zone is of the organisation's.

A parameter that is not known is ignored; one that is known and empty is refused. Of one that is
sent twice the last value counts. If several are wrong, the first in the order of the tables is
named.

A field without a value is left out, never null. Calls are observed here, not controlled: nothing
can be dialled, held or hung up.
"""
TOKENS = """
`POST /oauth/token` or `/oauth/token.php` with `grant_type=client_credentials`, the public id of the
credential as `client_id` and its secret as `client_secret`, as a form or by HTTP Basic. The same
secret serves all dialects.

A token lives an hour, never longer than its credential, and ends at once when that is revoked.
"""
CONTEXTS = """
`userId` is `@me`, `@viewer` or nothing for the owner of the credential; `@owner` for the owner of
the extension in the path; digits for a user; `@organization` (with `@self`) for everybody.
`extension` is `0003*210` or `210`, or `@self` for all extensions of that user.

A call belongs to every extension that is involved in it, and is listed once. Owners and admins see
every call of the organisation, members those of their own extensions. Calls tied to a property
also obey the owner's links and the credential's set of properties.

A call that ended, is not known or not seen gives the empty list: ask by its id until it is gone.
"""
EMPTY = """
Where there is nothing to list, a credential that is told as documented gets 204 without a body; one
that is told as servers in use do gets 200 with an empty `entry`.

`count` and `startIndex` go up to 4,999. For longer histories send `startDate` and `endDate`.
"""
VOIPNOW = Dialect(
    name="voipnow",
    title="callcenter: dialect voipnow",
    version="1",
    description=(
        "Which calls are going on now, on which extension, between whom; and which calls there"
        " were."
    ),
    prefix="",
    routes=ROUTES,
    error=Error,
    problems=PROBLEMS,
    error_headers={
        401: "WWW-Authenticate",
        405: "Allow",
        429: "Retry-After",
        503: "Retry-After",
    },
    headers={
        "Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 1}),
        "WWW-Authenticate": ("How to ask.", {"type": "string"}),
        "Allow": ("The methods that are allowed.", {"type": "string"}),
    },
    path_parameter={"type": "string", "minLength": 1},
    content_types=("application/json",),
    body_types=(FORM,),
    credential=KEY,
    sections=(
        Section("Ground rules", RULES),
        Section("Getting a token", TOKENS),
        Section("Whose calls", CONTEXTS),
        Section("Empty lists and long ones", EMPTY),
    ),
    key_header="Authorization: Bearer $TOKEN",
    samples={"userId": "@me", "extension": "0003*210", "phoneCallId": ID},
    has_codes=False,
    takes_empty=False,
)
