"""The admin site: for owners and admins of the active organisation, closed to everything else."""

from collections.abc import Iterable
from functools import update_wrapper
from typing import Any, cast, override

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .middleware import StaffRequest, zone_of


class DeskAdminSite(AdminSite):
    """Django's admin behind our own sign-in, so that throttle and second factor hold here too.

    Models of other packages stay outside: e-mail addresses, authenticators, sessions and tries
    to sign in belong to a person, not to an organisation (design.md 6).
    """

    site_header = _("callcenter administration")
    site_title = _("callcenter")
    index_title = _("The organisation")
    site_url = "/"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        """Take in what narrows itself to the principal; leave out everything else."""
        if getattr(admin_class, "is_scoped", False):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether an owner or admin of the active organisation is asking."""
        principal = getattr(request, "principal", None)
        return principal is not None and principal.manages

    @override
    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, but on the clock of whoever reads, as on all other pages.

        A person without the right gets 403 instead of a log-in form.
        """
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied
            with timezone.override(zone_of(cast(StaffRequest, request))):
                answer: HttpResponse = inner(request, *args, **kwargs)
                if isinstance(answer, SimpleTemplateResponse):
                    answer.render()
            return answer

        return update_wrapper(guarded, inner)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's, and on whose clock the times are."""
        return super().each_context(request) | {"zone": zone_of(cast(StaffRequest, request))}

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The one way in is the site's own."""
        wished = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(wished, reverse("account_login"))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """A person's password is no matter of an organisation: to the page for it."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Django's, without `view_on_site`, which looks rows up past every scope."""
        return [p for p in super().get_urls() if getattr(p, "name", "") != "view_on_site"]
