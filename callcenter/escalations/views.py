"""Chains to look at: the list, and the film strip of one."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from callcenter.core.errors import NotFoundError
from callcenter.core.htmx import render_page
from callcenter.core.paging import page_of
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

from .models import Escalation
from .showing import OUTCOME_KEYS, films_of, shown

PAGE_SIZE = 40
OTHERS = 5


@require_safe
def chain_list(request: StaffRequest) -> HttpResponse:
    """All chains that one sees, newest first, each with its small strip."""
    chains = with_place(Escalation.objects.visible_to(request.principal))
    page = page_of(chains, cursor=request.GET.get("cursor", ""), size=PAGE_SIZE, by="created_at")
    films = films_of(list(page.rows), request.principal)
    may_plan = request.principal.may("escalations.change_policy")
    context = {"page": page, "films": films, "may_plan": may_plan}
    return render_page(request, "escalations/list.html", context, partial="rows")


@require_safe
def chain_page(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One chain: its film strip, its rings, and, while it runs, the keys to go on."""
    return show_chain(request, pk)


def show_chain(
    request: StaffRequest, pk: uuid.UUID, *, status: int = 200, **said: Any
) -> HttpResponse:
    """The chain as it stands now; `said` is what else the page tells, such as a refusal."""
    context = chain_context(visible_chain(request.principal, pk), request.principal) | said
    return render_page(request, "escalations/chain.html", context, partial="chain", status=status)


def chain_context(chain: Escalation, principal: Principal) -> dict[str, Any]:
    """What the page of a chain shows, and others of its property beside it."""
    others = Escalation.objects.visible_to(principal).exclude(pk=chain.pk)
    beside = with_place(others.filter(property=chain.property_id)).for_list()[:OTHERS]
    return {
        "shown": shown(chain, principal),
        "others": films_of(list(beside), principal) if chain.property_id else [],
        "outcome_keys": OUTCOME_KEYS,
        "may_ring": chain.withdrawn_at is None and principal.may("escalations.change_escalation"),
        "may_withdraw": chain.withdrawn_at is None
        and principal.may("escalations.withdraw_escalation"),
        "key": str(uuid.uuid4()),
    }


def visible_chain(principal: Principal, pk: uuid.UUID) -> Escalation:
    """The chain with its place and policy; NotFoundError when it is absent or not visible.

    Owners and admins see also a withdrawn one.
    """
    chains = Escalation.objects.visible_to(principal)
    if principal.manages:
        chains = Escalation.objects.visible_with_withdrawn_to(principal)
    rows = with_place(chains).select_related("withdrawn_by")
    chain: Escalation | None = rows.filter(pk=pk).first()
    if chain is None:
        raise NotFoundError(_("There is no such chain."))
    return chain


def with_place(chains: Any) -> Any:
    """Each with what its pages say of place, call and policy."""
    return chains.select_related(
        "organization", "property", "policy__property", "call_log__unit", "answered_by"
    ).defer("call_log__search", "call_log__notes")
