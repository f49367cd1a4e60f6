"""Ringing from the desk: start a chain for a call, ring, say what came of it, end it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from callcenter.calls.models import Reason
from callcenter.calls.views.log import do_once, visible_call
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.transactions import write_transaction
from callcenter.properties.middleware import StaffRequest

from .forms import EndForm, JudgeForm, RingForm, StartForm, ToldForm
from .models import Escalation, EscalationItem, Outcome, Policy, Word
from .planned import proposed_policies, steps_at
from .ringing import finish_ring, judge_ring, start_ring
from .running import end_escalation, start_escalation
from .showing import films_of
from .views import show_chain, with_place

HUMAN = {"yes": True, "no": False, "unknown": None}


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Whom the chain of a call would ring now; POST starts it and rings the first of them."""
    principal = request.principal
    log = visible_call(principal, pk)
    running = Escalation.objects.visible_to(principal).running().filter(call_log=pk).first()
    if running is not None:
        return redirect("escalations:chain", running.pk)
    error: RuleError | None = None
    if request.method == "POST":
        try:
            return _started(request, pk)
        except NotFoundError:
            raise
        except RuleError as refused:
            error = refused
    policies = _policies(request, log)
    chosen = _chosen(policies, request.POST.get("policy") or request.GET.get("policy", ""))
    before = with_place(Escalation.objects.visible_to(principal).filter(call_log=pk)).for_list()
    context = {
        "log": log,
        "policies": policies,
        "policy": chosen,
        "steps": steps_at(chosen, timezone.now(), principal) if chosen else [],
        "before": films_of(list(before[:5]), principal),
        "error": error,
        "key": str(uuid.uuid4()),
    }
    status = 200 if error is None else error.http_status
    return render_page(request, "escalations/start.html", context, partial="plan", status=status)


@require_POST
def ring(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody's telephone rings from now on."""

    def effect(data: dict[str, Any]) -> None:
        start_ring(
            escalation_id=pk,
            rule_id=data["rule"],
            responder_id=data["responder"],
            actor=request.principal,
        )

    return _act(request, pk, f"ring:{pk}", RingForm, effect)


@require_POST
def told(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What came of a ring, by one key."""

    def effect(data: dict[str, Any]) -> None:
        finish_ring(item_id=pk, outcome=Outcome(data["outcome"]), actor=request.principal)

    return _act(request, _chain_of(request, pk), f"told:{pk}", ToldForm, effect)


@require_POST
def end(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The end of a chain that nobody accepted."""

    def effect(data: dict[str, Any]) -> None:
        end_escalation(
            escalation_id=pk,
            ending=Word(data["ending"]),
            comment=data["comment"],
            actor=request.principal,
        )

    return _act(request, pk, f"end:{pk}", EndForm, effect)


@require_POST
def judge(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Whether it was a person who picked up."""

    def effect(data: dict[str, Any]) -> None:
        judge_ring(item_id=pk, accepted_by_human=HUMAN[data["human"]], actor=request.principal)

    return _act(request, _chain_of(request, pk), f"judge:{pk}", JudgeForm, effect)


def _started(request: StaffRequest, pk: int) -> HttpResponse:
    """Start the chain and ring the chosen step in one transaction, once for its key."""
    begun: list[uuid.UUID] = []

    def effect(data: dict[str, Any]) -> None:
        actor = request.principal
        with write_transaction(actor):
            chain = start_escalation(call_log_id=pk, policy_id=data["policy"], actor=actor)
            if data["rule"]:
                start_ring(escalation_id=chain.pk, rule_id=data["rule"], actor=actor)
        begun.append(chain.pk)

    do_once(request, f"escalations:start:{pk}", StartForm(request.POST), effect)
    if not begun:  # sent twice: the chain that the first one started
        made = Escalation.objects.visible_to(request.principal).filter(call_log=pk)
        begun += made.order_by("-created_at").values_list("pk", flat=True)[:1]
    if not wants_partial(request):
        return redirect("escalations:chain", begun[0])
    answer = HttpResponse()
    answer.headers["HX-Redirect"] = reverse("escalations:chain", args=[begun[0]])
    return answer


def _act(
    request: StaffRequest,
    pk: uuid.UUID,
    name: str,
    form_class: type[Form],
    effect: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Do it once and show the chain again, with the reason when it was refused."""
    try:
        do_once(request, f"escalations:{name}", form_class(request.POST), effect)
    except NotFoundError:
        raise
    except RuleError as error:
        return show_chain(request, pk, status=error.http_status, error=error)
    return show_chain(request, pk) if wants_partial(request) else redirect("escalations:chain", pk)


def _chain_of(request: StaffRequest, item_id: uuid.UUID) -> uuid.UUID:
    rings = EscalationItem.objects.visible_to(request.principal).filter(pk=item_id)
    found = rings.values_list("escalation_id", flat=True).first()
    if found is None:
        raise NotFoundError(_("There is no such ring."))
    return found


def _policies(request: StaffRequest, log: Any) -> list[Policy]:
    """What fits the call's place and reasons, best first."""
    said = [reason["id"] for reason in log.reasons_said]
    families = Reason.objects.visible_to(request.principal).filter(pk__in=said)
    names = set(families.values_list("family", flat=True))
    return proposed_policies(
        property_id=log.property_id, families=names, principal=request.principal
    )


def _chosen(policies: list[Policy], wished: str) -> Policy | None:
    """The policy that was asked for, else the best one."""
    return next((one for one in policies if str(one.pk) == wished), next(iter(policies), None))
