"""The pages of the admin, by model and verb."""

from typing import Any

from django.contrib import admin
from django.urls import reverse

REGISTERED: list[Any] = sorted(admin.site._registry, key=lambda model: model.__name__)
NAMES = [model.__name__ for model in REGISTERED]
ADDABLE = {
    *("ApiCredential", "Callback", "ImportSource", "Property", "PropertyLink"),
    *("DecisionCard", "Reason", "ReasonSet", "Resident", "Status", "Unit"),
    *("Policy", "Responder", "Rule", "Schedule"),
    *("Extension", "Upstream"),
}


def page(model: Any, verb: str, *arguments: object) -> str:
    """The address of `verb` for a model or a row of it."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{verb}", args=arguments)
