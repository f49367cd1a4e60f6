"""Rows for tests: each factory fills in what a test does not care about."""

import itertools
from typing import Any

from django.utils import timezone

from callcenter.accounts.models import (
    ApiCredential,
    ApiRequest,
    Membership,
    Organization,
    Role,
    User,
)
from callcenter.accounts.secrets import hmac_of, new_secret
from callcenter.calls.models import CallLog, Comment, Reason, Status
from callcenter.calls.workflow import give_default_workflow
from callcenter.escalations.models import (
    Escalation,
    EscalationItem,
    Policy,
    Responder,
    ResponderLine,
    Rule,
    Schedule,
)
from callcenter.properties.access import principal_for
from callcenter.properties.models import (
    CredentialProperty,
    Property,
    PropertyLink,
    Resident,
    ResidentPhone,
    Unit,
)
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, PhoneCall, PhoneCallParty, Upstream

_serial = itertools.count(1)
PASSWORD = "correct horse battery staple"


def make_organization(**fields: Any) -> Organization:
    """An organisation with the default statuses and reasons."""
    n = next(_serial)
    fields = {"name": f"Organization {n}", "slug": f"organization-{n}"} | fields
    organization = Organization.objects.create(**fields)
    give_default_workflow(organization)
    return organization


def make_user(**fields: Any) -> User:
    """A person with the password PASSWORD and no membership."""
    n = next(_serial)
    fields = {"email": f"person{n}@example.com", "name": f"Person {n}"} | fields
    fields.setdefault("password", PASSWORD)
    return User.objects.create_user(**fields)


def make_membership(
    organization: Organization, role: Role = Role.MEMBER, *, links: Any = (), **fields: Any
) -> Membership:
    """A person in the organisation, with links to these properties."""
    user = fields.pop("user", None) or make_user(**fields)
    membership = Membership.objects.create(organization=organization, user=user, role=role)
    for linked in links:
        PropertyLink.objects.create(
            organization=organization, membership=membership, property=linked
        )
    return membership


def make_principal(
    organization: Organization, role: Role = Role.ADMIN, *, links: Any = (), **fields: Any
) -> Principal:
    """What the middleware makes of such a membership."""
    membership = make_membership(organization, role, links=links, **fields)
    return principal_again(membership)


def principal_again(membership: Membership) -> Principal:
    """The principal of a membership as it is now."""
    principal = principal_for(
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        request_id=f"request-{next(_serial)}",
        kind="session",
    )
    assert principal is not None
    return principal


def make_property(organization: Organization, **fields: Any) -> Property:
    """A property in New York."""
    fields = {"name": f"Property {next(_serial)}", "time_zone": "America/New_York"} | fields
    return Property.objects.create(organization=organization, **fields)


def make_unit(place: Property, **fields: Any) -> Unit:
    """A unit of the property."""
    fields = {"number": f"{next(_serial)}A"} | fields
    return Unit.objects.create(organization=place.organization, property=place, **fields)


def make_resident(place: Property | Unit, **fields: Any) -> Resident:
    """A resident of the unit, or of the property without a unit."""
    fields = {"first_name": "Ana", "last_name": f"Ruiz {next(_serial)}"} | fields
    unit = place if isinstance(place, Unit) else None
    home = place.property if isinstance(place, Unit) else place
    return Resident.objects.create(
        organization=place.organization, property=home, unit=unit, **fields
    )


def make_phone(resident: Resident, e164: str = "+12125550101", **fields: Any) -> ResidentPhone:
    """A number of the resident."""
    digits = e164.lstrip("+").removeprefix("1")
    fields = {"raw": e164, "e164": e164, "digits_reversed": digits[::-1]} | fields
    return ResidentPhone.objects.create(
        organization=resident.organization, resident=resident, **fields
    )


def status_named(organization: Organization, name: str = "New") -> Status:
    """One of the default statuses."""
    return Status.objects.get(organization=organization, name=name)


def reason_named(organization: Organization, mnemonic: str) -> Reason:
    """One of the default reasons."""
    return Reason.objects.get(organization=organization, mnemonic=mnemonic)


def make_call_log(organization: Organization, **fields: Any) -> CallLog:
    """A call in the status New, just now, written past the actions."""
    status = fields.pop("status", None) or status_named(organization)
    place = fields.get("property")
    blank: dict[str, Any] = {
        "call_from": "FedEx driver",
        "contacted_at": timezone.now(),
        "contacted_zone": place.time_zone if place else organization.time_zone,
        "closed_at": timezone.now() if status.kind == "closed" else None,
    }
    return CallLog.objects.create(
        organization=organization, status=status, status_kind=status.kind, **(blank | fields)
    )


def make_comment(call_log: CallLog, **fields: Any) -> Comment:
    """A comment written past the actions."""
    blank: dict[str, Any] = {
        "text": "Plumber rung",
        "author_name": "Kim Osei",
        "status": call_log.status,
        "status_name": call_log.status.name,
    }
    return Comment.objects.create(
        organization=call_log.organization, call_log=call_log, **(blank | fields)
    )


def make_responder(
    organization: Organization, *, e164: str = "", is_verified: bool = True, **fields: Any
) -> Responder:
    """Somebody who can be rung; with a line of this number, verified unless told otherwise."""
    responder = Responder.objects.create(
        organization=organization, **{"name": f"Responder {next(_serial)}"} | fields
    )
    if e164:
        ResponderLine.objects.create(
            organization=organization,
            responder=responder,
            raw=e164,
            e164=e164,
            verified_at=timezone.now() if is_verified else None,
        )
    return responder


def make_schedule(organization: Organization, *turns: Any) -> Schedule:
    """A schedule with turns of (weekday, time, responder or None)."""
    schedule = Schedule.objects.create(organization=organization, name=f"Schedule {next(_serial)}")
    for weekday, starts_at, responder in turns:
        schedule.turns.create(
            organization=organization, weekday=weekday, starts_at=starts_at, responder=responder
        )
    return schedule


def make_policy(organization: Organization, *targets: Any, **fields: Any) -> Policy:
    """A policy that rings these responders and schedules, in this order."""
    n = next(_serial)
    policy = Policy.objects.create(
        organization=organization, **{"name": f"Policy {n}", "slug": f"policy-{n}"} | fields
    )
    for order, target in enumerate(targets, 1):
        kind = "responder" if isinstance(target, Responder) else "schedule"
        Rule.objects.create(organization=organization, policy=policy, order=order, **{kind: target})
    return policy


def make_escalation(organization: Organization, **fields: Any) -> Escalation:
    """A chain that began just now, written past the actions."""
    blank = {"started_at": timezone.now(), "status": "Initiated"}
    return Escalation.objects.create(organization=organization, **(blank | fields))


def make_ring(escalation: Escalation, **fields: Any) -> EscalationItem:
    """A ring of the chain that nobody answered, written past the actions."""
    return EscalationItem.objects.create(
        organization=escalation.organization,
        escalation=escalation,
        **({"status": "NoAnswer", "responder_name": "Joe Tran"} | fields),
    )


def make_credential(
    membership: Membership, role: Role | None = None, **fields: Any
) -> tuple[ApiCredential, str]:
    """A credential of this person and its secret; of the person's own role unless told otherwise.

    `properties` narrows it to these.
    """
    chosen = fields.pop("properties", None)
    secret = new_secret()
    pepper_id, digest = hmac_of(secret)
    if role is not None or not fields.get("permissions"):
        fields["role"] = role or membership.role
    credential = ApiCredential.objects.create(
        organization=membership.organization,
        owner=membership.user,
        pepper_id=pepper_id,
        secret_hmac=digest,
        last_four=secret[-4:],
        is_narrowed=chosen is not None,
        **{"name": f"Credential {next(_serial)}"} | fields,
    )
    for place in chosen or ():
        CredentialProperty.objects.create(
            organization=membership.organization, credential=credential, property=place
        )
    return credential, secret


def make_api_request(credential: ApiCredential, **fields: Any) -> ApiRequest:
    """A request that the credential made just now."""
    blank = {"method": "GET", "path": "/api/calllogs", "status": 200, "milliseconds": 12}
    return ApiRequest.objects.create(credential=credential, **(blank | fields))


def make_extension(organization: Organization, number: str = "", **fields: Any) -> Extension:
    """An extension that is nobody's unless told otherwise."""
    number = number or f"0003*{200 + next(_serial)}"
    return Extension.objects.create(organization=organization, number=number, **fields)


def make_upstream(organization: Organization, **fields: Any) -> Upstream:
    """A telephone system whose secret nobody knows; written past the actions."""
    blank = {"name": f"Switchboard {next(_serial)}", "time_zone": "America/New_York"}
    return Upstream.objects.create(organization=organization, **(blank | fields))


def make_phone_call(organization: Organization, **fields: Any) -> PhoneCall:
    """A call that came in just now and goes on, written past the actions."""
    n = next(_serial)
    blank = {
        "source": "test",
        "external_id": f"call-{n}",
        "wire_id": f"{n:020x}",
        "published_at": timezone.now(),
        "flow": 8,
    }
    return PhoneCall.objects.create(organization=organization, **(blank | fields))


def make_party(call: PhoneCall, **fields: Any) -> PhoneCallParty:
    """The next party of the call, which rings."""
    blank = {"position": call.parties.count(), "flow": 8, "status": 3}
    return PhoneCallParty.objects.create(
        organization=call.organization, phone_call=call, **(blank | fields)
    )
