"""A campaign of generated requests against the dialect `connect`, judged by all checks.

What the document cannot say in JSON Schema is forgiven here: each by code and field, and only
where the request gave reason for it. No check is switched off.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from schemathesis.checks import CheckContext
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.openapi.checks import IgnoredAuth, RejectedPositiveData
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from callcenter.accounts.models import Membership, Role
from callcenter.api.connect.refusals import (
    INVALID_PARAMETER,
    INVALID_QUERY,
    MISSING_PARAMETER,
    STALE,
)
from callcenter.calls.models import CallLog, Reason, Status
from callcenter.core.phones import parse_phone
from callcenter.properties.models import Property, Resident, Unit
from tests.factories import (
    make_call_log,
    make_comment,
    make_credential,
    make_membership,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
)


@dataclass
class Company:
    """Rows of one organisation, and a secret that sees them."""

    secret: str
    ids: dict[str, list[int]] = field(default_factory=dict)


def make_company(role: Role) -> Company:
    """Two properties, of which a member sees one, with units, people and calls."""
    organization = make_organization()
    places = [make_property(organization, address1="1 Maple Street") for _ in range(2)]
    for place in places:
        for _ in range(3):
            unit = make_unit(place, floor="3", latitude=40.7, longitude=-74.0)
            resident = make_resident(unit, email="ana@example.com")
            make_phone(resident)
            log = make_call_log(organization, property=place, unit=unit, resident=resident)
            make_comment(log)
    make_call_log(organization)
    member: Membership = make_membership(organization, role, links=places[:1])
    secret = make_credential(member, can_write=True)[1]
    models: dict[str, Any] = {
        "PropertyId": Property,
        "UnitId": Unit,
        "ResidentId": Resident,
        "LogId": CallLog,
        "ModuleStatusId": Status,
        "LogReasons": Reason,
    }
    rows = {name: model.objects.filter(organization=organization) for name, model in models.items()}
    ids = {
        name: list(found.order_by("pk").values_list("pk", flat=True))
        for name, found in rows.items()
    }
    return Company(secret, ids)


IN_PATH = {
    "propertyId": "PropertyId",
    "unitId": "UnitId",
    "/api/residents": "ResidentId",
    "/api/calllogs": "LogId",
    "/api/modulestatus": "ModuleStatusId",
}


def aim(case: Case, company: Company) -> None:
    """Lead two of three made-up ids to rows that are there."""
    for name, value in list((case.path_parameters or {}).items()):
        kind = IN_PATH[name if name != "id" else case.path.rpartition("/{")[0]]
        case.path_parameters[name] = known(value, company.ids[kind])
    if isinstance(case.body, dict):
        for name in case.body.keys() & company.ids.keys() - {"LogId"}:
            value = case.body[name]
            some = company.ids[name]
            if isinstance(value, list):
                case.body[name] = [known(one, some) for one in value]
            else:
                case.body[name] = known(value, some)


def known(value: Any, ids: list[int]) -> Any:
    """One of the ids in place of two of three others; what is no id stays."""
    number = int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) else value
    if type(number) is not int or not 0 < number < 2**31 or number % 3 == 0:
        return value
    return type(value)(ids[number % len(ids)])


def judged(case: Case, company: Company) -> None:
    """Ask, and apply every check to the answer."""

    def good_data_is_taken(ctx: CheckContext, response: Response, case: Case) -> bool | None:
        try:
            return positive_data_acceptance(ctx, response, case)
        except RejectedPositiveData:
            if has_reason(response.json(), case, company):
                return None
            raise

    aim(case, company)
    case.call_and_validate(
        headers={"Authorization": f"Bearer {company.secret}"},
        excluded_checks=[ignored_auth, positive_data_acceptance, negative_data_rejection],
        additional_checks=[credential_is_asked_for, good_data_is_taken, bad_data_is_refused],
    )


def bad_data_is_refused(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """As `negative_data_rejection`, but a form cannot tell a list of one from a value, nor an
    empty list from nothing."""
    try:
        return negative_data_rejection(ctx, response, case)
    except AcceptedNegativeData:
        body: Any = case.body
        is_form = str(case.media_type).endswith("urlencoded") and isinstance(body, dict)
        if is_form and any(isinstance(value, list | dict) for value in body.values()):
            return None
        raise


def credential_is_asked_for(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """As `ignored_auth`, but no header at all is 400 with code 100 (wire/connect.md 2)."""
    try:
        return ignored_auth(ctx, response, case)
    except IgnoredAuth as failure:
        if "without authentication" in failure.title and "got `400 Bad" in failure.message:
            return None
        raise


def has_reason(refusal: dict[str, Any], case: Case, company: Company) -> bool:
    """Whether the request gave a reason that only rows, keys or the clock can tell of."""
    code, name = refusal["Code"], str(refusal.get("Field", ""))
    if code == INVALID_QUERY:
        return query_has_reason(name, dict(case.query or {}))
    if code == STALE:
        return "If-Match" in (case.headers or {})
    return isinstance(case.body, dict) and body_has_reason(code, name, case, company)


def query_has_reason(name: str, query: dict[str, Any]) -> bool:
    """A token that was never given or stands beside a page, a number that rings nowhere, a time
    outside the calendar, or a search for nobody."""
    said = str(query.get(name) or "").strip()
    if name == "after":
        return bool(said) or str(query.get("page", "")) not in ("", "0")
    if name in ("phone", "mobile"):
        is_nobody = not said and not str(query.get("email") or "").strip()
        return is_nobody or not parse_phone(said, region="US")[0].digits
    return name in ("createdfrom", "createdto") and instant(said) is None


def body_has_reason(code: int, name: str, case: Case, company: Company) -> bool:
    """A row that is not there, places that contradict each other, a time that cannot have been,
    a resident who lives nowhere, or null where a form knows only texts."""
    body: Any = case.body
    value = body.get(name)
    if str(case.media_type).endswith("urlencoded") and value is None:
        return True
    if code == MISSING_PARAMETER:
        return name == "CallFrom" and body.get("ResidentId") is not None
    if code != INVALID_PARAMETER:
        return False
    if not name:
        return is_unkeepable(body)
    if name == "LogId":
        return isinstance(value, float)
    if name == "CreatedOn":
        at = instant(str(value))
        return at is None or at.year < 1990 or at > datetime.now(UTC)
    if name in ("PropertyId", "UnitId", "ResidentId") and len(places(body)) > 1:
        return True
    return name in company.ids and is_unknown(value, company.ids[name])


def is_unkeepable(body: dict[str, Any]) -> bool:
    """Whether NUL stands in a member, be it one that is ignored, or one stands twice."""
    names = {name.lower() for name in body}
    return "\\u0000" in json.dumps(body) or len(names) < len(body)


def is_unknown(value: Any, ids: list[int]) -> bool:
    """Whether an id, or one of several, is of no row, or written with a point: JSON Schema takes
    3.0 for an integer, the dialect does not."""
    values = value if isinstance(value, list) else [value]
    if any(isinstance(one, float) for one in values):
        return True
    are_ids = all(re.fullmatch("[0-9]+", str(one), re.ASCII) for one in values)
    return are_ids and not {int(one) for one in values} <= set(ids)


def places(body: dict[str, Any]) -> list[str]:
    """What in a new call log says where it belongs."""
    names = ("PropertyId", "UnitId", "ResidentId")
    return [name for name in names if body.get(name) is not None]


def instant(text: str) -> datetime | None:
    """A time in UTC as the standard library reads it; None for what it cannot."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
