"""Parameters of the dialect as documents tell of them; `params` judges them."""

from callcenter.api.describing import Parameter, Schema

from .params import LARGEST_PAGE

TEXT: Schema = {"type": "string", "pattern": r"^[^\x00]*$"}
WHOLES: Schema = {"type": "array", "items": {"type": "integer"}}
DAY_OR_TIME: Schema = {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}
TOKEN = r"^([A-Za-z0-9_-]+\.[0-9a-f]{32})?$"  # noqa: S105 (a form, no secret)
ETAGS = r'^(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*$'


def wholes(name: str, description: str, example: list[int]) -> Parameter:
    """A set of ids in any spelling."""
    spellings = f"Also as `{name}[0]=3&{name}[1]=5` with any indexes, or `{name}[]=3`."
    return Parameter(name, WHOLES, f"{description} {spellings}", example=example)


def sort(name: str, default: str) -> Parameter:
    """The only order there is, with its direction."""
    forms = [name, f"{name} asc", f"{name} desc"]
    return Parameter(
        "sort",
        {"type": "string", "enum": forms},
        f"`{name}` alone means {default}, which is the default. Any case.",
    )


PAGING = (
    Parameter(
        "page",
        {"type": "integer", "minimum": 0, "default": 0},
        "From 1 on. With `page` or `pageSize` 0 the whole list comes.",
    ),
    Parameter(
        "pageSize",
        {"type": "integer", "minimum": 0, "maximum": LARGEST_PAGE, "default": 0},
        "Rows of a page.",
    ),
    Parameter(
        "after",
        {"type": "string", "pattern": TOKEN},
        "Walks the list by tokens, which keeps its place while calls arrive: empty on the first"
        " request, then `Next` of the answer before. A token belongs to the route, filters and sort"
        " it came from. Not together with a `page` above 0; `pageSize` 0 means 100 here.",
    ),
)
STATUS = wholes("status", "Only these statuses. An id that is none matches nothing.", [3, 5])
OF_LOGS = (STATUS, sort("createdon", "newest first"), *PAGING)
OF_ALL_LOGS = (
    STATUS,
    wholes("reason", "Only calls with one of these reasons.", [9]),
    Parameter(
        "createdfrom",
        DAY_OR_TIME,
        "Calls from this day or time on. Without an offset it is on the organisation's clock.",
        example="2026-11-01",
    ),
    Parameter(
        "createdto", DAY_OR_TIME, "Calls until then, a day to its end.", example="2026-11-30"
    ),
    Parameter(
        "phone",
        TEXT,
        "The number of the caller, in any form; there must be digits in it.",
        example="212 555 0101",
    ),
    Parameter("q", TEXT, "Part of CallFrom, Subject, Notes or a comment.", example="sink"),
    *OF_LOGS[1:],
)
OF_PROPERTIES = (
    wholes("ids", "Only these properties; others that you may see are left out.", [12]),
    Parameter(
        "PropertyStatus",
        {"type": "string", "enum": ["Active", "Inactive", "All", "true", "false"]},
        "Active ones unless told otherwise; `true` is Active and `false` Inactive.",
    ),
    *PAGING,
)
OF_UNITS = (
    Parameter("unitNumber", TEXT, "Exactly this number, in any case.", example="12b"),
    Parameter("residentName", TEXT, "Part of a resident's first or last name.", example="ruiz"),
    sort("unitdisplayorder", "as people walk past them"),
    *PAGING,
)
OF_CARE_CENTER_UNITS = (
    Parameter(
        "email",
        TEXT,
        "The caller's address, in any case. This or `mobile` must be given; with both, both match.",
        example="ana.ruiz@example.com",
    ),
    Parameter(
        "mobile",
        TEXT,
        "The caller's number in any form, looked for among all numbers of residents; there must be"
        " digits in it.",
    ),
    *PAGING,
)
KEY = Parameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "For 24 hours, a repetition with the same key and body gets the first answer again and has no"
    " second effect. Another body is refused (112).",
    place="header",
)
IF_MATCH = Parameter(
    "If-Match",
    {"anyOf": [{"type": "string", "const": "*"}, {"type": "string", "pattern": ETAGS}]},
    "Write only if the call log still has this ETag, else 1007. `*` matches any. Without it the"
    " last write wins.",
    place="header",
    example="*",
)
