"""Forms of people about themselves."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from .models import User


def zone_choices(blank: Any) -> list[tuple[str, Any]]:
    """All time zones that this machine knows, after the one that stands for none."""
    names = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    return [("", blank), *((name, name.replace("_", " ")) for name in names)]


class SignInForm(LoginForm):
    """Signing in; the page itself says where to go without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].help_text = ""


class ProfileForm(forms.ModelForm):
    """How somebody is called and how pages look for them."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["name", "time_zone", "theme", "density", "single_key_shortcuts", "shows_state"]
        labels = {
            "name": _("Name"),
            "theme": _("Theme"),
            "density": _("Rows"),
            "single_key_shortcuts": _("Single keys act outside fields"),
            "shows_state": _("Show my state to colleagues"),
        }
        help_texts = {
            "name": _("Written beside everything you do."),
            "shows_state": _(
                "On the live board: ready, finishing or away, and that you are on a call; never"
                " with whom. Owners and admins see it always."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["time_zone"]
        zone.choices = zone_choices(_("As the organisation"))


class ResetRequestForm(forms.Form):
    """Who forgot a password."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"})
    )


class NewPasswordForm(forms.Form):
    """A password typed twice, fit for `person`."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=4096,
        help_text=_("At least 8 characters; 15 or more are better. Pasting works."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """A password that is long enough, not common and not like the person's name."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """Both typed alike."""
        data = super().clean() or self.cleaned_data
        if data.get("password") and data.get("password") != data.get("password_again"):
            self.add_error("password_again", _("The two are not alike."))
        return data
