"""Decision cards and reason sets in the admin: what is asked, and which reasons are offered."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from callcenter.properties.scoped_admin import ScopedAdmin, ScopedInline, ScopedRelatedFilter

from .models import MOST_QUESTIONS, CardQuestion


class CardQuestionFormSet(BaseInlineFormSet):
    """At most as many questions as a caller in distress answers: one key each."""

    def clean(self) -> None:
        """Refuse a fifth question that is asked."""
        super().clean()
        asked = 0
        for form in self.forms:
            data: dict[str, Any] = getattr(form, "cleaned_data", {})
            asked += bool(data.get("is_enabled") and data.get("text") and not data.get("DELETE"))
        if asked > MOST_QUESTIONS:
            said = _("A card asks at most %d questions: disable one first.")
            raise ValidationError(said % MOST_QUESTIONS)


class CardQuestionInline(ScopedInline):
    """The questions of a card, in order."""

    model = CardQuestion
    formset = CardQuestionFormSet
    template = "admin/edit_inline/stacked.html"
    ordering = ("order", "pk")
    fields = (
        ("order", "text"),
        ("kind", "choices", "unit"),
        ("makes_emergency", "emergency_below", "emergency_above"),
        ("is_required", "is_enabled"),
    )


class DecisionCardAdmin(ScopedAdmin):
    """What to ask for a reason. What was answered before keeps its words."""

    list_display = ("reason", "property", "rule", "is_enabled")
    list_filter = ("is_enabled", ("property", ScopedRelatedFilter))
    list_select_related = ("reason", "property")
    search_fields = ("reason__name", "property__search_name")
    ordering = ("reason__mnemonic", "property__name", "pk")
    autocomplete_fields = ("reason", "property")
    fields = ("reason", "property", "rule", "is_enabled")
    inlines = [CardQuestionInline]


class ReasonSetAdmin(ScopedAdmin):
    """Which reasons the desk offers at which properties, for which direction."""

    list_display = ("name", "direction", "is_enabled")
    list_filter = ("is_enabled", "direction")
    search_fields = ("name",)
    ordering = ("name", "pk")
    autocomplete_fields = ("properties", "reasons")
    fields = ("name", "direction", "properties", "reasons", "is_enabled")
