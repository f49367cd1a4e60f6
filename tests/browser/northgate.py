"""A small company as the pages show it: real-looking names, places, calls and histories."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from callcenter.accounts.models import Membership, Organization, Role
from callcenter.calls.actions import append_comment, change_status, edit_notes, log_call
from callcenter.calls.models import CallLog, Visibility
from callcenter.calls.values import ContactTime, NewCall
from callcenter.properties.models import Property, Resident, Unit
from callcenter.properties.principals import Principal
from tests.factories import (
    make_membership,
    make_organization,
    make_phone,
    make_property,
    make_resident,
    make_unit,
    principal_again,
    reason_named,
    status_named,
)

# Place, unit, person, number, reasons, notes, minutes ago, the status it went to.
CALLS = (
    ("Maple Court", "12B", "Ana de la Cruz", "+12125550143", "el ms", 1, "Escalated"),
    ("Harbor Row", "4C", "D'Angelo Price", "+16465550118", "al", 3, "In progress"),
    ("Cedar Flats", "", "FedEx driver", "", "ov", 6, "Resolved"),
    ("Juniper Heights", "301", "Nguyen Thi Mai", "+13035550131", "qt", 8, "In progress"),
    ("Cedar Flats", "7A", "P. Whitcombe", "+13125550109", "af", 11, "New"),
    ("Alder House", "PH-2", "Søren Falk", "+17735550177", "mh", 14, "New"),
    ("Tilden Park", "0101", "Estate of M. Hollis", "+13475550155", "ld", 17, "In progress"),
    ("Maple Court", "11B", "Wen Achterberg", "+12125550188", "el", 19, "Escalated"),
    ("Maple Court", "2F", "R. Abara", "+12125550121", "pb", 22, "New"),
    ("Kestrel Yard", "9", "Tamsin Ellery", "+442079460112", "oo", 24, "In progress"),
    ("Orchard Mews", "5D", "Ibrahim Sesay", "+17185550162", "cn", 27, "Resolved"),
    ("Lakeview Terrace", "8H", "Lucia Marchetti", "+14145550144", "pl", 31, "In progress"),
    ("Saltbush Commons", "12-B", "Charles & Peggy", "+16025550136", "ch", 34, "Resolved"),
    ("", "", "won't say", "", "os", 58, "Cancelled"),
    ("Quidi Wharf", "B7", "Noel Critch", "+17095550104", "ck", 49, "Resolved"),
    ("Tilden Park", "1A", "Hollis & Ward LLC", "+13475550183", "oo", 75, "New"),
)
NOTES = (
    "Water through the kitchen ceiling since about 10:30, bucket in place. Handle of the valve is "
    "stuck.\nTold her to keep away from the light switch; will ring back once the plumber is on "
    "the way."
)


@dataclass
class Northgate:
    """The company, its people by role, and one of each thing that pages show."""

    organization: Organization
    owner: Membership
    admin: Membership
    member: Membership
    properties: dict[str, Property] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    residents: dict[str, Resident] = field(default_factory=dict)
    calls: list[CallLog] = field(default_factory=list)


def build() -> Northgate:
    """The company with sixteen calls, the first with a history of every kind."""
    organization = make_organization(name="Northgate Residential", slug="northgate")
    company = Northgate(
        organization,
        owner=make_membership(organization, Role.OWNER, name="Dana Ruiz"),
        admin=make_membership(organization, Role.ADMIN, name="Leo Brandt"),
        member=make_membership(organization, Role.MEMBER, name="Priya Nair"),
    )
    actor = principal_again(company.owner)
    for row in CALLS:
        company.calls.append(_call(company, actor, *row))
    _tell(company.calls[0], actor)
    return company


def _call(
    company: Northgate,
    actor: Principal,
    place: str,
    number: str,
    person: str,
    phone: str,
    reasons: str,
    minutes: int,
    status: str,
) -> CallLog:
    home = _property(company, place) if place else None
    unit = _unit(company, home, number) if home and number else None
    resident = _resident(company, unit, person, phone) if unit else None
    log = log_call(
        call=NewCall(
            property_id=home.pk if home else None,
            unit_id=unit.pk if unit else None,
            resident_id=resident.pk if resident else None,
            call_from=person,
            phone=phone,
            reason_ids=[reason_named(company.organization, m).pk for m in reasons.split()],
            notes=NOTES if minutes == 1 else "",
            contacted=ContactTime(
                at=timezone.now() - timedelta(minutes=minutes), zone="America/New_York"
            ),
            duration_seconds=60 + 7 * minutes,
        ),
        actor=actor,
    )
    if status != "New":
        after = status_named(company.organization, status)
        change_status(call_log_id=log.pk, status_id=after.pk, seen_version=None, actor=actor)
    return log


def _property(company: Northgate, name: str) -> Property:
    if name not in company.properties:
        company.properties[name] = make_property(
            company.organization,
            name=name,
            address1="210 Alder Street",
            city="New York",
            state="NY",
            zip="10001",
            instructions="No contractor before 08:00. Service elevator only.",
        )
    return company.properties[name]


def _unit(company: Northgate, home: Property, number: str) -> Unit:
    key = f"{number}, {home.name}"
    if key not in company.units:
        company.units[key] = make_unit(
            home,
            number=number,
            floor="12",
            instructions="Water shut-off in the closet left of the entrance.",
            may_enter=True,
            pets="Dog, Biscuit, friendly",
            medical_note="Uses oxygen at night",
        )
    return company.units[key]


def _resident(company: Northgate, unit: Unit, person: str, phone: str) -> Resident:
    if person not in company.residents:
        first, _, last = person.partition(" ")
        resident = make_resident(unit, first_name=first, last_name=last or "Falk")
        make_phone(resident, phone, label="cell")
        company.residents[person] = resident
    return company.residents[person]


def _tell(log: CallLog, actor: Principal) -> None:
    """A history with each kind of row."""
    append_comment(call_log_id=log.pk, text="Ray is on site, valve closed.", actor=actor)
    append_comment(
        call_log_id=log.pk,
        text="Plumber on the way, expected 11:15. Please keep the kitchen clear.",
        actor=actor,
        visibility=Visibility.SHAREABLE,
    )
    edit_notes(call_log_id=log.pk, notes=f"{NOTES} Fan needed.", seen_version=None, actor=actor)
