"""Admin classes whose rows are withdrawn by actions, and parts of rows that are only shown."""

from abc import ABCMeta, abstractmethod
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import MediaDefiningClass
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .asking_admin import AskingAdmin, may
from .principals import Principal
from .scoped_admin import ScopedInline, principal_of


class AbstractAdmin(ABCMeta, MediaDefiningClass):
    """Of admin classes with abstract methods: one that lacks any cannot be registered."""


class WithdrawingAdmin(AskingAdmin, metaclass=AbstractAdmin):
    """Rows that are taken out of lists after a question."""

    actions = ("withdraw",)
    asks_why = False
    withdrawing: str | Promise = ""

    @abstractmethod
    def withdraw_one(self, pk: Any, reason: str, actor: Principal) -> None:
        """Take one row out by its action."""

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Owners and admins."""
        return may(request, "withdraw", self.opts)

    @admin.action(description=_("Withdraw the chosen rows"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        """Ask first, and why where the record keeps a reason."""
        rows = list(queryset[: self.list_per_page])
        question = self.question(
            request,
            "withdraw",
            rows,
            title=_("Withdraw"),
            meaning=self.withdrawing,
            asks_why=self.asks_why,
        )
        if question is not None:
            return question
        for row in rows:
            self.withdraw_one(row.pk, request.POST.get("reason", ""), principal_of(request))
        self.message_user(request, _("Withdrawn: %d.") % len(rows), messages.SUCCESS)
        return None


class ShownInline(ScopedInline):
    """Parts that are only shown."""

    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False
