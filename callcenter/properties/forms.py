"""Forms about people of an organisation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.forms import NewPasswordForm
from callcenter.accounts.models import User

from .actions import manageable_roles
from .models import Property
from .principals import Principal


class RightsForm(forms.Form):
    """A role, and the properties that a member sees. Choices are those the principal has."""

    role = forms.ChoiceField(label=_("Role"))
    properties = forms.TypedMultipleChoiceField(
        label=_("Properties"),
        coerce=int,
        required=False,
        help_text=_("For members. Owners and admins see all."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(each.value, each.label) for each in reversed(manageable_roles(principal))]
        visible = Property.objects.visible_to(principal).for_list()
        properties: Any = self.fields["properties"]
        properties.choices = list(visible.values_list("pk", "name"))


class InviteForm(RightsForm):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )
    field_order = ["email", "role", "properties"]


class AcceptForm(NewPasswordForm):
    """Accepting an invitation: the same questions whether the address has an account or not."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    field_order = ["name", "password", "password_again"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = _(
            "Choose one of at least 8 characters; 15 or more are better."
            " If you have an account with this address already, give its password."
        )
        self.fields["password_again"].label = _("Password again")

    def clean_password(self) -> str:
        """As typed: whether it must be fit for a new account is asked later."""
        return str(self.cleaned_data["password"])

    def is_fit_for(self, person: User) -> bool:
        """Whether the password will do for a new account; says what is wrong when not."""
        try:
            validate_password(self.cleaned_data["password"], person)
        except forms.ValidationError as error:
            self.add_error("password", error)
            return False
        return True
