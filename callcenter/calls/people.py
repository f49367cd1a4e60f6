"""Who may hold a call or a promise about it."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from callcenter.accounts.models import Membership, Role
from callcenter.core.errors import RuleError
from callcenter.properties.principals import Principal

from .models import CallLog


def may_hold(log: CallLog) -> QuerySet[Membership]:
    """The active people who see the call, or would see it once it is theirs, by name.

    That is everybody for a call without a place, else owners, admins and those linked to its
    property.
    """
    people = Membership.objects.filter(
        organization_id=log.organization_id, is_active=True, user__is_active=True
    )
    if log.property_id is not None:
        manages = Q(role__in=(Role.OWNER, Role.ADMIN))
        people = people.filter(manages | Q(property_links__property_id=log.property_id)).distinct()
    return people.select_related("user").order_by("user__name", "pk")


def person_named(log: CallLog, text: str) -> Membership:
    """The one who is meant by a name or e-mail address; RuleError, on "who", for none or several.

    A beginning of the name is enough when it fits one person only.
    """
    text = " ".join(text.split())
    people = may_hold(log)
    exact = Q(user__name__iexact=text) | Q(user__email__iexact=text)
    found = list(people.filter(exact)[:2])
    if not found and text:
        found = list(people.filter(user__name__istartswith=text)[:2])
    if not found:
        raise RuleError(_("Nobody of that name sees this call."), field="who")
    if len(found) > 1:
        raise RuleError(_("More than one person fits: write the e-mail address."), field="who")
    return found[0]


def who_is_meant(text: str, log: CallLog, principal: Principal, *, nobody: str) -> int | None:
    """The user id that words name: "me" (also none), `nobody`, a name or an e-mail address."""
    text = text.strip() or "me"
    if text.casefold() == "me":
        return principal.user_id
    if text.casefold() == nobody:
        return None
    return person_named(log, text).user_id
