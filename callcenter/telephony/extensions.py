"""Extensions: entered, and said whose they are, where they stand, which line rings them."""

from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from callcenter.accounts.models import Membership
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.phones import parse_phone
from callcenter.core.transactions import write_transaction
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .facts import EXTENSION
from .models import Extension


class ExtensionFields(TypedDict, total=False):
    """What can be said of an extension; null is nobody's, or stands nowhere.

    `own_line` is the public number that rings it, in any form that people write, "" for none.
    """

    user_id: int | None
    property_id: int | None
    own_line: str


def add_extension(*, number: str, fields: ExtensionFields, actor: Principal) -> Extension:
    """Enter an extension, in the extended (`0003*210`) or the short form.

    RuleError (number, user, property, own_line) for what cannot be or is there; NotAllowedError.
    """
    _check_right(actor, "add")
    number = read_number(number)
    with write_transaction(actor):
        values = _checked(fields, actor)
        new = Extension(organization_id=actor.organization_id, number=number, **values)
        try:
            with transaction.atomic():
                new.save(force_insert=True)
        except IntegrityError as error:
            if "extension_number_once" not in str(error):
                raise
            raise RuleError(_("This extension is there already."), field="number") from error
    return new


def assign_extension(*, extension_id: int, fields: ExtensionFields, actor: Principal) -> Extension:
    """Say whose an extension is, where it stands, which line rings it; the last word counts.

    Its person sees its calls from now on, old ones too, and its calls that come belong to the
    property; the number never changes. Errors as in `add_extension`, and NotFoundError.
    """
    _check_right(actor, "change")
    with write_transaction(actor):
        rows = Extension.objects.visible_to(actor).select_for_update(no_key=True, of=("self",))
        extension = rows.filter(pk=extension_id).first()
        if extension is None:
            raise NotFoundError(_("There is no such extension."))
        values = _checked(fields, actor)
        for name, value in values.items():
            setattr(extension, name, value)
        if values:
            extension.save(update_fields=list(values))
    return extension


def _checked(fields: ExtensionFields, actor: Principal) -> dict[str, Any]:
    """The columns; RuleError beside the one that cannot be."""
    values: dict[str, Any] = dict(fields)
    user_id, property_id = fields.get("user_id"), fields.get("property_id")
    if user_id is not None:
        people = Membership.objects.filter(organization_id=actor.organization_id, is_active=True)
        if not people.filter(user_id=user_id, user__is_active=True).exists():
            raise RuleError(_("There is no such person."), field="user")
    places = Property.objects.visible_to(actor)
    if property_id is not None and not places.filter(pk=property_id).exists():
        raise RuleError(_("There is no such property."), field="property")
    if "own_line" in fields:
        values["own_line"] = read_line(fields["own_line"], actor)
    return values


def read_number(text: str) -> str:
    """The number of an extension without blanks around it; RuleError (number) for another text."""
    number = text.strip()
    if not EXTENSION.fullmatch(number):
        raise RuleError(_("An extension is digits, with one * at most."), field="number")
    return number


def read_line(text: str, actor: Principal) -> str:
    """A public number in any form as E.164, "" for none; RuleError (own_line) for anything else."""
    if not text.strip():
        return ""
    numbers = parse_phone(text, region=actor.organization.region)
    if len(numbers) != 1 or not numbers[0].e164:
        raise RuleError(_("This is no public telephone number."), field="own_line")
    return numbers[0].e164


def _check_right(actor: Principal, verb: str) -> None:
    if not actor.may(f"telephony.{verb}_extension"):
        raise NotAllowedError(_("Only owners and admins say whose an extension is."))
