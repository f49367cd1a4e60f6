"""Telephone systems in the admin; the secret of one is shown in the answer that made it."""

from typing import Any, override

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.links import absolute
from callcenter.properties.asking_admin import AskingAdmin, may
from callcenter.properties.principals import Principal
from callcenter.properties.scoped_admin import ScopedForm, principal_of
from callcenter.telephony.models import EventKind, Upstream
from callcenter.telephony.upstreams import (
    UpstreamWish,
    change_upstream,
    close_upstream,
    create_upstream,
    renew_secret,
    start_polling,
    stop_polling,
)

BASICS = ("name", "time_zone", "allowed_addresses", "lost_after_seconds")
POLLING = ("polls", "base_url", "client_id", "polling_secret")
EVENTS = "/events/voipnow"  # wire/voipnow.md 9


class UpstreamForm(ScopedForm):
    """A telephone system. The secret with which we ask it is written here and never shown."""

    polling_secret = forms.CharField(
        max_length=500,
        required=False,
        label=_("Secret for asking"),
        help_text=_("Empty: the one that is there stays, while the address is the same."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def wish(self) -> UpstreamWish:
        """What it is to be."""
        said = self.cleaned_data
        return UpstreamWish(
            said["name"],
            said["time_zone"],
            said["allowed_addresses"] or (),
            said["lost_after_seconds"],
        )

    def poll(self, pk: int, actor: Principal) -> None:
        """Ask it from now on as the form says, or no more."""
        said = self.cleaned_data
        if not said["polls"]:
            stop_polling(upstream_id=pk, actor=actor)
            return
        start_polling(
            upstream_id=pk,
            base_url=said["base_url"],
            client_id=said["client_id"],
            secret=said["polling_secret"],
            actor=actor,
        )


@admin.register(Upstream)
class UpstreamAdmin(AskingAdmin):
    """Telephone systems that tell of calls, are asked for them, or both."""

    form = UpstreamForm
    list_display = ("name", "kind", "last_four", "polls", "created_at", "closed_at")
    list_filter = ("polls", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "base_url", "=last_four")
    ordering = ("name", "pk")
    fieldsets = (
        (None, {"fields": BASICS}),
        (_("Ask it for calls"), {"fields": POLLING}),
        (_("Origin"), {"fields": ("kind", "last_four", "created_at", "closed_at")}),
    )
    readonly_fields = ("kind", "last_four", "created_at", "closed_at")
    actions = ("renew", "close")

    def get_fieldsets(self, request: HttpRequest, obj: Upstream | None = None) -> Any:
        """A new one is named first, and asked when it is there."""
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:1]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of a closed one: it stays as it was."""
        is_closed = isinstance(obj, Upstream) and obj.closed_at is not None
        return not is_closed and may(request, "change", self.opts)

    def has_renew_permission(self, request: HttpRequest) -> bool:
        """Owners and admins."""
        return may(request, "change", self.opts)

    @override
    def save_model(self, request: HttpRequest, obj: Upstream, form: Any, change: bool) -> None:
        """By the actions."""
        actor, changed = principal_of(request), set(form.changed_data)
        if not change:
            made, secret = create_upstream(wish=form.wish(), actor=actor)
            obj.pk, obj.last_four = made.pk, made.last_four
            request.made_secret = secret  # type: ignore[attr-defined]
            return
        if changed & set(BASICS):
            change_upstream(upstream_id=obj.pk, wish=form.wish(), actor=actor)
        if changed & set(POLLING):
            form.poll(obj.pk, actor)

    @override
    def response_add(
        self, request: HttpRequest, obj: Upstream, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The address of its events with the secret, in this answer and nowhere else."""
        secret: str = request.made_secret  # type: ignore[attr-defined]
        return self._shown_once(request, obj, secret)

    @admin.action(description=_("Give a new secret"), permissions=["renew"])
    def renew(
        self, request: HttpRequest, queryset: models.QuerySet[Upstream]
    ) -> HttpResponse | None:
        """Ask first: the old address opens nothing from then on."""
        rows = list(queryset[:2])
        if len(rows) != 1:
            self.message_user(request, _("Choose one telephone system."), messages.ERROR)
            return None
        meaning = _("The old address of its events opens nothing from now on.")
        question = self.question(
            request, "renew", rows, title=_("Give a new secret"), meaning=meaning
        )
        if question is not None:
            return question
        secret = renew_secret(upstream_id=rows[0].pk, actor=principal_of(request))
        return self._shown_once(request, rows[0], secret)

    @admin.action(description=_("Close the chosen systems"), permissions=["renew"])
    def close(
        self, request: HttpRequest, queryset: models.QuerySet[Upstream]
    ) -> HttpResponse | None:
        """Ask first: there is no way back."""
        rows = list(queryset[: self.list_per_page])
        meaning = _(
            "Nothing is taken from a closed system and it is asked no more; its calls stay."
            " There is no way back."
        )
        question = self.question(
            request, "close", rows, title=_("Close telephone systems"), meaning=meaning
        )
        if question is not None:
            return question
        for row in rows:
            close_upstream(upstream_id=row.pk, actor=principal_of(request))
        self.message_user(request, _("Closed: %d.") % len(rows), messages.SUCCESS)
        return None

    def _shown_once(self, request: HttpRequest, upstream: Upstream, secret: str) -> HttpResponse:
        base = absolute(f"{EVENTS}/{secret}")
        context = self.admin_site.each_context(request) | {
            "title": _("The addresses of its events"),
            "upstream": upstream,
            "addresses": [(kind.label, f"{base}/{kind.value}") for kind in EventKind],
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/upstream_secret.html", context)
