"""Credentials in the admin: the list, their facts, issuing and revoking by the actions."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from callcenter.accounts.models import ApiCredential

from .asking_admin import AskingAdmin, may
from .credential_forms import CredentialForm
from .credential_pages import secret_page
from .issuing import revoke_credential
from .scoped_admin import ScopedRelatedFilter, principal_of


class ApiCredentialAdmin(AskingAdmin):
    """Keys of other systems: issued and revoked, never changed."""

    list_display = (
        "name",
        "owner",
        "rights",
        "last_four",
        "is_in_force",
        "last_used_at",
        "expires_at",
    )
    list_filter = (
        "role",
        "wire",
        ("revoked_at", admin.EmptyFieldListFilter),
        ("owner", ScopedRelatedFilter),
    )
    list_select_related = ("owner",)
    search_fields = ("name", "owner__name", "=last_four")
    ordering = ("-created_at", "-pk")
    fields = (
        *("name", "owner", "rights", "places", "wire", "last_four", "is_in_force", "expires_at"),
        *("last_used_at", "created_at", "created_by", "revoked_at", "revoked_by"),
    )
    readonly_fields = fields
    actions = ("revoke",)

    @admin.display(description=_("What it may do"))
    def rights(self, credential: ApiCredential) -> str:
        """The role or the permissions in words."""
        return credential.rights

    @admin.display(description=_("In force"), boolean=True)
    def is_in_force(self, credential: ApiCredential) -> bool:
        """Neither revoked nor expired."""
        return credential.is_in_force

    @admin.display(description=_("Where"))
    def places(self, credential: ApiCredential) -> str:
        """The properties of its set."""
        if not credential.is_narrowed:
            return str(_("All properties"))
        links = credential.property_links.select_related("property")
        return ", ".join(sorted(link.property.name for link in links)) or str(_("No property"))

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """No: a credential is revoked, and another one issued."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Owners and admins."""
        return may(request, "change", self.opts)

    def named(self, row: Any) -> str:
        """With whose it is."""
        return f"{row} ({row.owner})"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form of the page for credentials; its answer shows the secret this one time.

        A form of its own, because Django's own answer to an addition is a redirect, and a secret
        would have to wait in a cookie or in the session meanwhile.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form: Any = CredentialForm(data, principal=principal_of(request))
        if data is not None:
            made = form.issued(data.get("key", ""))
            if made is not None:
                return secret_page(request, principal_of(request), *made)
        context = self.admin_site.each_context(request) | {
            "title": _("Issue a credential"),
            "opts": self.opts,
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}, (), self),
            "key": uuid.uuid4(),
        }
        return TemplateResponse(request, "admin/issue_credential.html", context, status=form.status)

    @admin.action(permissions=["revoke"], description=_("Revoke the chosen credentials"))
    def revoke(
        self, request: HttpRequest, queryset: models.QuerySet[ApiCredential]
    ) -> HttpResponse | None:
        """Ask, then end them."""
        meaning = _(
            "Their next request is refused, and they never work again. What they wrote stays."
        )
        question = self.question(
            request, "revoke", queryset, title=_("Revoke credentials"), meaning=meaning
        )
        if question is not None:
            return question
        for credential in queryset:
            revoke_credential(credential_id=credential.pk, principal=principal_of(request))
        n = len(queryset)
        said = ngettext("%(n)d credential is revoked.", "%(n)d credentials are revoked.", n)
        self.message_user(request, said % {"n": n}, messages.SUCCESS)
        return None
