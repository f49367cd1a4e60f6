"""The filters of the list of telephone calls: all of them live in its address."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from callcenter.core.phones import trailing
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, Flow, PhoneCall, PhoneCallQuerySet

from .filters import Chip
from .models import CallLog
from .phone_days import SOON_OVER, since_day, until_day

LIVE, OVER, ANSWERED, MISSED, GAVE_UP = "live", "over", "answered", "missed", "gave_up"
YES, NO = "yes", "no"


class PhoneCallFilter(django_filters.FilterSet):
    """Which telephone calls of those that a principal sees; every filter narrows.

    Days are on the clock of the place, else of the organisation. A number is found by its last
    digits, four at least. A call counts as logged when the principal sees a log of it.
    """

    state = django_filters.ChoiceFilter(
        method="stand",
        label=_("State"),
        choices=[
            (LIVE, _("Live")),
            (OVER, _("Ended")),
            (ANSWERED, _("Answered")),
            (MISSED, _("Missed")),
            (GAVE_UP, _("Gave up within 20 s")),
        ],
    )
    direction = django_filters.ChoiceFilter(
        field_name="flow", label=_("Direction"), choices=Flow.choices
    )
    extension = django_filters.CharFilter(method="at", label=_("Extension"), max_length=40)
    number = django_filters.CharFilter(method="of_number", label=_("Number"), max_length=40)
    logged = django_filters.ChoiceFilter(
        method="with_log",
        label=_("Call log"),
        choices=[(YES, _("Logged")), (NO, _("Not logged"))],
    )
    since = django_filters.DateFilter(method="from_day", label=_("From day"))
    until = django_filters.DateFilter(method="to_day", label=_("To day"))
    property = django_filters.ModelChoiceFilter(
        queryset=Property.objects.none(), label=_("Property")
    )
    call = django_filters.CharFilter(field_name="wire_id", label=_("Phone call"), max_length=20)

    class Meta:
        model = PhoneCall
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, principal: Principal) -> None:
        super().__init__(data, queryset=PhoneCall.objects.visible_on_pages_to(principal))
        self.principal = principal
        self.form.fields["property"].queryset = Property.objects.visible_to(principal)

    def parts(self) -> list[PhoneCallQuerySet]:
        """The calls as querysets of which they are the union: live and over, each by its index."""
        rows: PhoneCallQuerySet = self.qs
        state = self.form.cleaned_data["state"]
        if state:
            return [rows]
        return [rows.over(), rows.live()]

    def chips(self) -> Iterator[Chip]:
        """The filters that are on, in words."""
        for name, value in self.form.cleaned_data.items():
            if value in (None, ""):
                continue
            said = self._said(name, value)
            query = self.data.copy()
            query.pop("cursor", None)
            query.pop(name, None)
            yield Chip(said, f"?{query.urlencode()}")

    def stand(self, rows: PhoneCallQuerySet, _name: str, value: str) -> PhoneCallQuerySet:
        """Going on or ended, answered, or come in and never answered."""
        if value == LIVE:
            return rows.live()
        if value == OVER:
            return rows.over()
        if value == ANSWERED:
            return rows.over().filter(answered_at__isnull=False)
        in_vain = rows.over().filter(answered_at=None, flow=Flow.INCOMING)
        return in_vain.filter(SOON_OVER) if value == GAVE_UP else in_vain

    def at(self, rows: PhoneCallQuerySet, _name: str, value: str) -> PhoneCallQuerySet:
        """With a party at the extension of this number, long or short."""
        mine = Extension.objects.filter(organization_id=self.principal.organization_id)
        named = Q(number=value.strip()) | Q(short_number=value.strip())
        return rows.involving(mine.filter(named))

    def of_number(self, rows: PhoneCallQuerySet, _name: str, value: str) -> PhoneCallQuerySet:
        """From or to a number that ends so; none for what is no number."""
        digits = trailing(value)
        if not digits:
            return rows.none()
        came = Q(caller_digits_reversed__startswith=digits)
        return rows.filter(came | Q(called_digits_reversed__startswith=digits))

    def with_log(self, rows: PhoneCallQuerySet, _name: str, value: str) -> PhoneCallQuerySet:
        """With or without a log that the principal sees."""
        logs = CallLog.objects.visible_to(self.principal).filter(phone_call=OuterRef("pk"))
        return rows.filter(Exists(logs) if value == YES else ~Exists(logs))

    def from_day(self, rows: PhoneCallQuerySet, _name: str, value: date) -> PhoneCallQuerySet:
        """That came on this day or later."""
        return since_day(rows, value, self.principal)

    def to_day(self, rows: PhoneCallQuerySet, _name: str, value: date) -> PhoneCallQuerySet:
        """That came on this day or earlier."""
        return until_day(rows, value, self.principal)

    def _said(self, name: str, value: Any) -> str:
        """A filter that is on, in words."""
        if isinstance(value, Property):
            return value.name
        field = self.form.fields[name]
        key = int(value) if name == "direction" else value
        said = dict(getattr(field, "choices", ())).get(key)
        if said is not None:
            return str(said)
        shown = date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else value
        return f"{field.label}: {shown}"
