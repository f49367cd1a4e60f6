"""The filters of the list of calls: all of them live in its address."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, override

import django_filters
from django.forms import Form
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callcenter.accounts.models import Membership
from callcenter.core.text import fold
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal

from .choices import Choices
from .models import CallLog, CallLogQuerySet, StatusKind
from .sought import Sought

ME = "me"
OLDEST = "oldest"
EVERYTHING = "view=all"  # no filter at all; an address without anything means the last ones


@dataclass(frozen=True)
class Chip:
    """A filter that is on, in words, and the address without it."""

    label: str
    without: str


class CallLogFilter(django_filters.FilterSet):
    """Which calls of those that a principal sees; every filter narrows (inv 16)."""

    q = django_filters.CharFilter(method="find", label=gettext_lazy("Search"), max_length=200)
    status = django_filters.MultipleChoiceFilter(label=gettext_lazy("Status"))
    state = django_filters.ChoiceFilter(
        method="stand", label=gettext_lazy("Stand"), choices=StatusKind
    )
    reason = django_filters.ChoiceFilter(method="about", label=gettext_lazy("Reason"))
    property = django_filters.CharFilter(
        method="at", label=gettext_lazy("Property"), max_length=200
    )
    place = django_filters.ChoiceFilter(
        method="without_place",
        label=gettext_lazy("Place"),
        choices=[("none", gettext_lazy("Without a place"))],
    )
    since = django_filters.DateFilter(method="on_days", label=gettext_lazy("From day"))
    until = django_filters.DateFilter(method="on_days", label=gettext_lazy("To day"))
    taken_by = django_filters.CharFilter(
        method="taken", label=gettext_lazy("Taken by"), max_length=120
    )
    order = django_filters.ChoiceFilter(
        method="leave",
        label=gettext_lazy("Order"),
        choices=[(OLDEST, gettext_lazy("Oldest first"))],
    )

    form_class: ClassVar[type[Form] | None] = None

    class Meta:
        model = CallLog
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict,
        *,
        principal: Principal,
        choices: Choices | None = None,
    ) -> None:
        """`choices` are given by who has many filters to judge: of all their properties' names."""
        super().__init__(data, queryset=CallLog.objects.visible_to(principal))
        self.principal = principal
        self.sought = Sought()
        self.choices = choices or Choices.of(principal, data.getlist("property"))
        self.form.fields["status"].choices = self.choices.statuses
        self.form.fields["reason"].choices = self.choices.reasons

    @override
    def get_form_class(self) -> type[Form]:
        """Made once for all: only what may be chosen differs, and each form has its own fields."""
        made = self.form_class or super().get_form_class()
        CallLogFilter.form_class = made
        return made

    def ascends(self) -> bool:
        """Whether the oldest call stands first."""
        return bool(self.is_valid() and self.form.cleaned_data["order"] == OLDEST)

    def chips(self) -> Iterator[Chip]:
        """The filters that are on; the order is none."""
        statuses, reasons = dict(self.choices.statuses), dict(self.choices.reasons)
        for name, value in self.form.cleaned_data.items():
            if not value or name == "order":
                continue
            field = self.form.fields[name]
            if name == "status":
                for pk in value:
                    yield Chip(statuses[int(pk)], self._without(name, pk))
            elif name == "reason":
                yield Chip(reasons[int(value)], self._without(name))
            elif name in ("state", "place"):
                yield Chip(str(dict(field.choices)[value]), self._without(name))
            else:
                yield Chip(f"{field.label}: {_said(value)}", self._without(name))

    def query(self) -> str:
        """The filters that are on, as an address without anything else; of a valid filter."""
        said = [
            (name, value)
            for name in self.filters
            for value in sorted(set(self.data.getlist(name)))
            if value.strip()
        ]
        return urlencode(said)

    def find(self, rows: CallLogQuerySet, _name: str, value: str) -> CallLogQuerySet:
        """By #id; words and digits are looked for in several places, see `parts`."""
        self.sought = Sought.of(value)
        if self.sought.number is not None:
            return rows.filter(pk=self.sought.number)
        return rows if self.sought else rows.none()

    def parts(self) -> list[CallLogQuerySet]:
        """The calls, as querysets of which they are the union, each with an index to walk."""
        rows: CallLogQuerySet = self.qs  # which sets what is sought
        return self.sought.parts_of(rows)

    def stand(self, rows: CallLogQuerySet, _name: str, value: str) -> CallLogQuerySet:
        """Open ones (waiting ones are open), waiting ones, closed ones."""
        if value == StatusKind.OPEN:
            return rows.open()
        if value == StatusKind.WAITING:
            rows = rows.open()  # which the index of open calls needs to hear
        return rows.filter(status_kind=value)

    def about(self, rows: CallLogQuerySet, _name: str, value: str) -> CallLogQuerySet:
        """Those with this reason, the main one or not."""
        return rows.with_reasons_among([int(value)])

    def at(self, rows: CallLogQuerySet, _name: str, value: str) -> CallLogQuerySet:
        """At the property of this name, else at those whose names hold it."""
        if value in self.choices.named:
            return rows.filter(property_id=self.choices.named[value])
        visible = Property.objects.visible_to(self.principal)
        return rows.filter(property__in=visible.filter(search_name__contains=fold(value)))

    def without_place(self, rows: CallLogQuerySet, _name: str, _value: str) -> CallLogQuerySet:
        """Those that nobody has placed yet."""
        return rows.filter(property=None)

    def on_days(self, rows: CallLogQuerySet, name: str, value: Any) -> CallLogQuerySet:
        """From or up to a day, on the clock of each call's own place."""
        return rows.on_days(**{"since": None, "until": None} | {name: value})

    def taken(self, rows: CallLogQuerySet, _name: str, value: str) -> CallLogQuerySet:
        """Taken by the person of this name, or by oneself."""
        if value == ME:
            return rows.filter(taken_by_id=self.principal.user_id)
        people = Membership.objects.filter(organization_id=self.principal.organization_id)
        return rows.filter(taken_by__in=people.filter(user__name=value).values("user"))

    def leave(self, rows: CallLogQuerySet, _name: str, _value: str) -> CallLogQuerySet:
        """The order is made where the page is cut."""
        return rows

    def _without(self, name: str, value: str | None = None) -> str:
        """The query string without this filter, or without this one value of it."""
        query = self.data.copy()
        query.pop("cursor", None)
        left = [v for v in query.getlist(name) if value is not None and v != value]
        query.setlist(name, left)
        return f"?{query.urlencode() or EVERYTHING}"


def _said(value: Any) -> str:
    if value == ME:
        return _("me")
    return value if isinstance(value, str) else date_format(value, "SHORT_DATE_FORMAT")
