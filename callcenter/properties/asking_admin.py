"""Admin classes that ask before an action is done to the chosen rows."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise

from .scoped_admin import ScopedAdmin, principal_of


class AskingAdmin(ScopedAdmin):
    """Rows that something is done to after a question: to all of the chosen ones or to none."""

    def named(self, row: Any) -> str:
        """A row as the question names it."""
        return str(row)

    def question(
        self,
        request: HttpRequest,
        action: str,
        rows: Iterable[Any],
        *,
        title: str | Promise,
        meaning: str | Promise,
        asks_why: bool = False,
    ) -> HttpResponse | None:
        """What `action` means for these rows, with the button `title`; None once that is confirmed.

        With `asks_why` it also wants a reason, which comes as `reason`.
        """
        if "confirmed" in request.POST:
            return None
        context = self.admin_site.each_context(request) | {
            "action": action,
            "title": title,
            "meaning": meaning,
            "rows": [(row.pk, self.named(row)) for row in rows],
            "asks_why": asks_why,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/confirm_rows.html", context)


def may(request: HttpRequest, verb: str, opts: Any) -> bool:
    """Whether the role grants `verb` on a model."""
    return principal_of(request).may(f"{opts.app_label}.{verb}_{opts.model_name}")
