"""The form that issues a credential: what it may do, in whose name, where and until when."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callcenter.accounts.models import Membership, Role, SinglePermission, Wire
from callcenter.core.errors import RuleError

from .actions import manageable_roles
from .issuing import Wish, issuable_roles, issue_once
from .models import Property
from .principals import Principal

LONGEST = timedelta(days=3_653)
ROLES = {
    Role.OWNER: gettext_lazy("Owner: reads and writes everything"),
    Role.ADMIN: gettext_lazy("Admin: reads and writes everything, as an admin does"),
    Role.MEMBER: gettext_lazy("Member: reads what is linked to its person"),
}
SINGLE = {
    SinglePermission.READ_CALL_LOG_ITEM: gettext_lazy("reads rings of escalations, nothing else"),
    SinglePermission.READ_ALL: gettext_lazy("reads everything that its person sees"),
}
EVERYWHERE, CHOSEN = "all", "chosen"


class CredentialForm(forms.Form):
    """What a credential is to be. Its choices are those that the principal has."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("The system that will use it, such as “Resident portal”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What it may do"),
        initial=SinglePermission.READ_ALL,
        widget=forms.RadioSelect,
    )
    can_write = forms.BooleanField(
        label=gettext_lazy("May write, too"),
        required=False,
        help_text=gettext_lazy(
            "For the role member, which only reads without it. Owners and admins always write."
        ),
    )
    membership = forms.TypedChoiceField(
        label=gettext_lazy("In whose name"),
        coerce=int,
        help_text=gettext_lazy(
            "It never sees or does more than this person, and stops when the person is let out."
        ),
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("Where"),
        choices=[
            (EVERYWHERE, gettext_lazy("All properties that this person sees")),
            (CHOSEN, gettext_lazy("Only the properties ticked below")),
        ],
        initial=EVERYWHERE,
        widget=forms.RadioSelect,
    )
    properties = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Properties"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    wire = forms.ChoiceField(
        label=gettext_lazy("Form of answers"),
        choices=Wire.choices,
        initial=Wire.DOCUMENTED,
        help_text=gettext_lazy(
            "Some vendors' servers answer otherwise than their documents say;"
            " choose what the other system expects."
        ),
    )
    expires_at = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal = principal
        self.status = 200
        self._offer("role", self._rights())
        visible = Property.objects.visible_to(principal).for_list()
        places = list(visible.values_list("pk", "name"))
        self._offer("properties", places)
        if not places:
            del self.fields["reach"], self.fields["properties"]
        if not principal.manages:
            del self.fields["can_write"], self.fields["membership"]
        else:
            self._offer("membership", self._people())
            self.fields["role"].help_text = gettext_lazy(
                "Properties are linked to members only: in the name of an owner or admin, the role"
                " member sees none."
            )
        self.fields["expires_at"].help_text = format_lazy(
            gettext_lazy("It works until this day ends in {zone}; empty is without end."),
            zone=principal.organization.time_zone,
        )

    def issued(self, key: str) -> tuple[int, str] | None:
        """The id and the secret of the credential that was asked for; None when it is refused.

        Then `status` is that of the answer, and the form says why. The secret is "" when `key`
        made the credential before.
        """
        if not self.is_valid():
            self.status = 422
            return None
        try:
            return issue_once(wish=self._wish(), key=key, principal=self.principal)
        except RuleError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
            self.status = refusal.http_status
            return None

    def clean_expires_at(self) -> datetime | None:
        """The last second of the day that was given, by the organisation's clock."""
        day: date | None = self.cleaned_data["expires_at"]
        if day is None:
            return None
        zone = ZoneInfo(self.principal.organization.time_zone)
        today = timezone.now().astimezone(zone).date()
        if day < today:
            raise forms.ValidationError(_("This day is over already."))
        if day > today + LONGEST:
            raise forms.ValidationError(_("At most ten years ahead; leave it empty for no end."))
        return datetime.combine(day, time(23, 59, 59), zone)

    def clean(self) -> dict[str, Any]:
        """Chosen properties are at least one."""
        cleaned = super().clean() or {}
        if cleaned.get("reach") == CHOSEN and not cleaned.get("properties", True):
            self.add_error("properties", _("Tick at least one property."))
        return cleaned

    def _wish(self) -> Wish:
        given = self.cleaned_data
        is_single = given["role"] in SinglePermission.values
        return Wish(
            name=given["name"],
            role="" if is_single else given["role"],
            permissions=[given["role"]] if is_single else [],
            membership_id=given.get("membership"),
            can_write=given.get("can_write", False),
            property_ids=sorted(given["properties"]) if given.get("reach") == CHOSEN else None,
            wire=given["wire"],
            expires_at=given["expires_at"],
        )

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _rights(self) -> list[tuple[str, Any]]:
        """From the least to the most: single permissions, then the roles up to the own."""
        singles: list[tuple[str, Any]] = [
            (single.value, format_lazy("{name}: {what}", name=single.label, what=what))
            for single, what in SINGLE.items()
        ]
        roles = reversed(issuable_roles(self.principal))
        return singles + [(role.value, ROLES[role]) for role in roles]

    def _people(self) -> list[tuple[int, str]]:
        """The principal, then those in whose name it may issue."""
        mine = self.principal.membership_id
        rows = Membership.objects.visible_to(self.principal).for_list()
        people = rows.filter(is_active=True, user__is_active=True)
        manageable = manageable_roles(self.principal)
        others = [
            (row.pk, f"{row.user} ({row.get_role_display()})")
            for row in people
            if row.pk != mine and row.role in manageable
        ]
        me = [(row.pk, _("%s (you)") % row.user) for row in people if row.pk == mine]
        return me + others
