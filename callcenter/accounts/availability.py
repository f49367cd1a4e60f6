"""What a person says of being able to take a call now."""

from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.core.errors import RuleError
from callcenter.core.transactions import Actor, write_transaction

from .models import Availability, Membership


def say_availability(*, membership: Membership, availability: str, actor: Actor) -> None:
    """Set what the person says now; saying the same again leaves since when as it is.

    RuleError for what is no such word.
    """
    if availability not in Availability.values:
        raise RuleError(_("There is no such state."), field="availability")
    with write_transaction(actor):
        row = Membership.objects.select_for_update().get(pk=membership.pk)
        if row.availability != availability:
            row.availability, row.availability_since = availability, timezone.now()
            row.save(update_fields=["availability", "availability_since"])
    membership.availability = row.availability
    membership.availability_since = row.availability_since
