"""Whose calls an address means, and whether one may (wire/voipnow.md 3)."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from django.db.models import Q

from callcenter.accounts.models import Membership
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, PhoneCall
from callcenter.telephony.models.phone_calls import PhoneCallQuerySet

from .refusals import RefusalError, not_found

RIGHT = "telephony.view_phonecall"
ME = ("", "@me", "@viewer")
DIGITS = re.compile(r"[0-9]+", re.ASCII)
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Context:
    """The calls that an address means, and what their links say in place of the user."""

    calls: PhoneCallQuerySet
    user: str


def denied() -> RefusalError:
    """403: a right is lacking, whether or not what was asked for exists."""
    said = "You are not allowed to see these phone calls."
    return RefusalError(HTTPStatus.FORBIDDEN, "access_denied", said)


def context_of(principal: Principal, user: str = "", extension: str = "") -> Context:
    """The calls of a user and extension as the path names them; "" is what was left out.

    403 for rights that are lacking, 404 for who is absent.
    """
    if not principal.may(RIGHT):
        raise denied()
    extension = "" if extension == "@self" else extension
    calls = PhoneCall.objects.visible_to(principal)
    if user == "@organization":
        if not principal.manages:
            raise denied()
        if extension:
            raise not_found()
        return Context(calls, user)
    wanted = _user(principal, user, extension)
    said = str(wanted) if user == "@owner" else user or "@me"
    theirs = Extension.objects.visible_to(principal).filter(user_id=wanted)
    if extension:
        theirs = theirs.filter(_named(extension))
        if not theirs.exists():
            raise not_found()
    elif not principal.manages:
        return Context(calls, said)  # what a member sees is what involves own extensions
    return Context(calls.involving(theirs), said)


def _user(principal: Principal, user: str, extension: str) -> int:
    """The id of the user whom the path means."""
    me = principal.user_id
    assert me is not None  # noqa: S101 (credentials have owners)
    if user in ME or (user == "@owner" and not extension):
        return me
    if user == "@owner":
        return _owner(principal, extension, me)
    if not DIGITS.fullmatch(user):
        raise not_found()
    if len(user) <= len(str(LARGEST)) and int(user) == me:
        return me
    if not principal.manages:
        raise denied()
    if len(user) > len(str(LARGEST)) or int(user) > LARGEST:
        raise not_found()
    here = Membership.objects.filter(organization_id=principal.organization_id)
    if not here.filter(user_id=int(user)).exists():
        raise not_found()
    return int(user)


def _owner(principal: Principal, extension: str, me: int) -> int:
    """Whose extension this is: the own one first, else that of the one person who has it."""
    named = Extension.objects.filter(organization_id=principal.organization_id)
    owners = set(named.filter(_named(extension)).values_list("user_id", flat=True)) - {None}
    if me in owners:
        return me
    if not principal.manages:
        raise denied()
    if len(owners) != 1:
        raise not_found()
    (owner,) = owners
    assert owner is not None  # noqa: S101 (taken out above)
    return owner


def _named(extension: str) -> Q:
    """Extensions of this number, in its extended or its short form."""
    if "\x00" in extension:
        return Q(pk__in=())
    return Q(number=extension) | Q(short_number=extension)
