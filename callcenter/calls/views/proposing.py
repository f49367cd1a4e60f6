"""Names that a field proposes while somebody types in it."""

from collections.abc import Callable

from django.forms import CharField, Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from callcenter.calls.choices import names_of_people, names_of_properties
from callcenter.core.htmx import render_page, wants_partial
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

WORDS = {"me", "anyone", "nobody"}  # that such a field takes in the place of a name


class TypedForm(Form):
    """What stands in the field, whatever it is called."""

    property = CharField(required=False, max_length=200)
    taken_by = CharField(required=False, max_length=254)
    who = CharField(required=False, max_length=254)
    ringer = CharField(required=False, max_length=254)


@require_safe
def property_names(request: StaffRequest) -> HttpResponse:
    """Options for a field that takes the name of a property."""
    return _proposed(request, names_of_properties, ["property"])


@require_safe
def people_names(request: StaffRequest) -> HttpResponse:
    """Options for a field that takes the name of a person."""
    return _proposed(request, names_of_people, ["taken_by", "who", "ringer"])


def _proposed(
    request: StaffRequest, names: Callable[[str, Principal], list[str]], fields: list[str]
) -> HttpResponse:
    """Names that hold what is typed; of what no name can hold, none."""
    if not wants_partial(request):
        return redirect("calls:list")
    form = TypedForm(request.GET)
    found: list[str] = []
    if form.is_valid():
        typed = next((form.cleaned_data[name] for name in fields if form.cleaned_data[name]), "")
        found = names("" if typed in WORDS else typed, request.principal)
    context = {"names": found, "is_people": "who" in fields}
    return render_page(request, "calls/_names.html", context, partial="names")
