"""Who has which telephone number: given, given up, not to be used (domain.md 6, users.md 35)."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.phones import PhoneKind, PhoneNumber, parse_phone
from callcenter.core.transactions import write_transaction

from .models import (
    Occupancy,
    PhoneLabel,
    Resident,
    ResidentPhone,
    ResidentPhoneQuerySet,
    Unit,
)
from .people_names import part_name
from .principals import Principal

LONGEST_RAW = 80
LONGEST_NAME = 120


def number_of_person(raw: str, region: str) -> PhoneNumber:
    """The one number in `raw` that can be a person's; RuleError when there is none, or several."""
    raw = raw.strip()
    if not raw or len(raw) > LONGEST_RAW or "\x00" in raw:
        raise RuleError(_("This is not a telephone number."), field="number")
    numbers = parse_phone(raw, region=region)
    if len(numbers) > 1:
        raise RuleError(_("One number at a time."), field="number")
    if numbers[0].kind != PhoneKind.PERSON or not numbers[0].digits:
        raise RuleError(_("This number cannot be a person's."), field="number")
    return numbers[0]


def add_number(
    *, resident_id: int, raw: str, actor: Principal, label: str = PhoneLabel.OTHER
) -> ResidentPhone:
    """Write down that a resident has a number from now on.

    Where somebody else had it before, it is the resident's from the day after; else nobody knows
    since when, and `valid_from` stays empty. NotFoundError for a resident who is absent or not
    visible; RuleError for what is no person's number, or is the resident's already.
    """
    may_change_numbers(actor)
    number = number_of_person(raw, actor.organization.region)
    if label not in PhoneLabel.values:
        raise RuleError(_("There is no such label."), field="label")
    with write_transaction(actor):
        resident = _locked_resident(resident_id, actor)
        if (
            holders(number, actor.organization_id)
            .held_on(today_of(actor))
            .filter(resident=resident)
            .exists()
        ):
            raise RuleError(_("This number is known already."), field="number")
        try:
            return ResidentPhone.objects.create(
                organization_id=actor.organization_id,
                resident=resident,
                label=label,
                raw=raw.strip(),
                e164=number.e164 or "",
                extension=number.extension,
                digits_reversed=number.digits[::-1],
                valid_from=_free_since(number, actor.organization_id),
            )
        except IntegrityError as error:  # the same words, as another kind of number
            raise RuleError(_("This number is known already."), field="number") from error


def retire_number(*, phone_id: int, actor: Principal) -> ResidentPhone:
    """Write down that a number is the resident's no more; it stays with the calls of before.

    Yesterday was its last day; a number that was given only today may not be used, either.
    NotFoundError when it is absent or not visible; RuleError when it was given up before.
    """
    may_change_numbers(actor)
    with write_transaction(actor):
        phone = _locked_phone(phone_id, actor)
        today = today_of(actor)
        if phone.valid_to is not None and phone.valid_to < today:
            raise RuleError(_("This number was given up before."), field="number")
        last_day = today - timedelta(days=1)
        if phone.valid_from is not None and phone.valid_from > last_day:
            last_day, phone.do_not_use = phone.valid_from, True
        phone.valid_to = last_day
        phone.save(update_fields=["valid_to", "do_not_use"])
    return phone


def forbid_number(*, phone_id: int, do_not_use: bool, actor: Principal) -> ResidentPhone:
    """Say that nobody should ring a number, or that one may again. NotFoundError as above."""
    may_change_numbers(actor)
    with write_transaction(actor):
        phone = _locked_phone(phone_id, actor)
        phone.do_not_use = do_not_use
        phone.save(update_fields=["do_not_use"])
    return phone


def add_resident(*, unit_id: int, name: str, actor: Principal) -> Resident:
    """Somebody new in a unit; the name as it was heard suffices.

    NotFoundError when the unit is absent or not visible; RuleError without a name.
    """
    if not actor.may("properties.add_resident"):
        raise NotAllowedError(_("You may not add people."))
    first, middle, last = part_name(name)
    if not (first or last):
        raise RuleError(_("Say what the person is called."), field="name")
    if max(len(first), len(middle), len(last)) > LONGEST_NAME or "\x00" in name:
        raise RuleError(_("This name is too long."), field="name")
    with write_transaction(actor):
        unit = Unit.objects.visible_to(actor).filter(pk=unit_id).first()
        if unit is None:
            raise NotFoundError(_("There is no such unit."))
        return Resident.objects.create(
            organization_id=actor.organization_id,
            property_id=unit.property_id,
            unit=unit,
            first_name=first,
            middle_name=middle,
            last_name=last,
            occupancy=Occupancy.RESIDENT,
            edited_at=timezone.now(),
        )


def may_change_numbers(actor: Principal) -> None:
    """NotAllowedError for who may only read."""
    if not actor.may("properties.add_residentphone"):
        raise NotAllowedError(_("You may not change numbers."))


def holders(number: PhoneNumber, organization_id: int) -> ResidentPhoneQuerySet:
    """The rows of this number, in whatever form, of the whole organisation."""
    return ResidentPhone.objects.filter(organization_id=organization_id).ringing(number)


def _free_since(number: PhoneNumber, organization_id: int) -> date | None:
    """The day after the last one on which somebody else had the number, who gave it up."""
    last = holders(number, organization_id).aggregate(last=Max("valid_to"))["last"]
    return last + timedelta(days=1) if last else None


def today_of(actor: Principal) -> date:
    """The day on the organisation's clock."""
    return timezone.now().astimezone(ZoneInfo(actor.organization.time_zone)).date()


def _locked_resident(resident_id: int, actor: Principal) -> Resident:
    people = Resident.objects.visible_to(actor).filter(pk=resident_id, erased_at=None)
    resident = people.select_for_update(no_key=True).first()
    if resident is None:
        raise NotFoundError(_("There is no such resident."))
    return resident


def _locked_phone(phone_id: int, actor: Principal) -> ResidentPhone:
    phones = ResidentPhone.objects.visible_to(actor).filter(pk=phone_id)
    phone = phones.select_for_update(no_key=True, of=("self",)).first()
    if phone is None:
        raise NotFoundError(_("There is no such number."))
    return phone
