"""The page of one call, and what one does there."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callcenter.accounts.idempotency import once
from callcenter.calls import actions
from callcenter.calls.answering import told_of, with_cards
from callcenter.calls.attached import files_in
from callcenter.calls.drafts import forget_sent_draft
from callcenter.calls.forms import CommentForm, NotesForm, StatusForm
from callcenter.calls.memory import Memory
from callcenter.calls.models import CallLog, Status
from callcenter.calls.number_offer import number_offer
from callcenter.calls.phone_list import phone_call_of, with_phone_call
from callcenter.calls.promises import promises_of, with_promises
from callcenter.calls.rows import phone_said
from callcenter.calls.timeline import timeline
from callcenter.calls.undoing import standing_before_move
from callcenter.core.errors import NotFoundError, RuleError
from callcenter.core.forms import checked
from callcenter.core.htmx import render_page, wants_partial
from callcenter.core.toasts import sign_undo, toast
from callcenter.properties.middleware import StaffRequest
from callcenter.properties.principals import Principal

type Undoable = list[dict[str, Any]] | None  # rows of `sign_undo`, None for what stays

OWN_WORDS = ("csrfmiddlewaretoken", "key", "draft")


@require_safe
def call_log_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Facts, history and memory of one call; for htmx again, beside texts that are typed."""
    context = call_context(request, pk) | {"acted": "look" if wants_partial(request) else ""}
    return render_page(request, "calls/detail.html", context, partial="log")


@require_POST
def call_log_comment(request: StaffRequest, pk: int) -> HttpResponse:
    """Append a comment."""

    def effect(data: dict[str, Any]) -> None:
        actions.append_comment(call_log_id=pk, actor=request.principal, **data)
        forget_sent_draft(sent=request.POST, actor=request.principal)

    return act(request, pk, "comment", CommentForm, effect, done=_("Comment added."))


@require_POST
def call_log_status(request: StaffRequest, pk: int) -> HttpResponse:
    """Move the matter on."""

    def effect(data: dict[str, Any]) -> Undoable:
        data["status_id"] = data.pop("status")
        before = standing_before_move(pk, request.principal)
        moved = actions.change_status(call_log_id=pk, actor=request.principal, **data)
        has_moved = moved is not None and moved.status_id != before.status
        return [before.as_row()] if has_moved else None

    return act(request, pk, "status", StatusForm, effect, done=_("Status changed."))


@require_POST
def call_log_notes(request: StaffRequest, pk: int) -> HttpResponse:
    """Replace the notes."""

    def effect(data: dict[str, Any]) -> None:
        actions.edit_notes(call_log_id=pk, actor=request.principal, **data)
        forget_sent_draft(sent=request.POST, actor=request.principal)

    return act(request, pk, "notes", NotesForm, effect, done=_("Notes saved."))


def show_call(request: StaffRequest, pk: int, *, done: str) -> HttpResponse:
    """The whole call again after a page of its own: for htmx in place of it, else by redirect."""
    if not wants_partial(request):
        messages.success(request, done)
        return redirect("calls:detail", pk)
    context = call_context(request, pk) | {"done": done}
    response = render_page(request, "calls/detail.html", context, partial="call")
    response.headers["HX-Push-Url"] = reverse("calls:detail", args=[pk])
    return response


def visible_call(principal: Principal, pk: int) -> CallLog:
    """The call as its page shows it; NotFoundError when it is absent or not visible."""
    calls = with_phone_call(CallLog.objects.visible_to(principal).for_page(), principal)
    log = with_promises(with_cards(calls)).filter(pk=pk).first()
    if log is None:
        raise NotFoundError(_("There is no such call."))
    return log


def do_once(
    request: StaffRequest, endpoint: str, form: Form, effect: Callable[[dict[str, Any]], Undoable]
) -> list[dict[str, Any]]:
    """Check the form and have its effect, once for the key that it carries (B-46, B-48).

    What the effect says of the way back comes back, at a repetition too.
    """
    data = checked(form)
    body = sent(request.POST)

    def answer() -> dict[str, Any]:
        return {"undo": effect(data)}

    answered = once(
        actor=request.principal,
        endpoint=endpoint,
        key=request.POST.get("key", ""),
        body=body,
        effect=answer,
    )
    return answered.get("undo") or []


def refusal_of(
    request: StaffRequest, endpoint: str, form: Form, effect: Callable[[dict[str, Any]], None]
) -> RuleError | None:
    """`do_once` without a way back: why it was refused, None when it was done.

    What is not there stays a NotFoundError.
    """
    try:
        do_once(request, endpoint, form, effect)
    except NotFoundError:
        raise
    except RuleError as error:
        return error
    return None


def sent(form: QueryDict) -> dict[str, list[str]]:
    """What a form said, without what only the machinery needs."""
    return {name: values for name, values in form.lists() if name not in OWN_WORDS}


def act(
    request: StaffRequest,
    pk: int,
    name: str,
    form_class: type[Form],
    effect: Callable[[dict[str, Any]], Undoable],
    *,
    done: str,
) -> HttpResponse:
    """Do it and show the call again: with what was typed and why, when it was refused.

    What can be undone is said in a toast; its kind is `name`.
    """
    error: RuleError | None = None
    try:
        undo = do_once(request, f"calls:{name}:{pk}", form_class(request.POST), effect)
        if undo:
            toast(request, done, undo=sign_undo(name, undo, request.principal))
            done = ""
    except NotFoundError:
        raise
    except RuleError as refused:
        error = refused
    return show_act(request, pk, name, done=done, error=error)


def show_act(
    request: StaffRequest, pk: int, name: str, *, done: str, error: RuleError | None
) -> HttpResponse:
    """The call after one of its forms was sent; with `error` it was refused and says why."""
    if error is None and not wants_partial(request):
        if done:
            messages.success(request, done)
        return redirect("calls:detail", pk)
    said: dict[str, Any] = {"acted": name, "done": done}
    if error is not None:
        said |= {"done": "", "failed": name, "error": error, "typed": request.POST.dict()}
    status = 200 if error is None else error.http_status
    context = call_context(request, pk) | said
    return render_page(request, "calls/detail.html", context, partial="log", status=status)


def call_context(request: StaffRequest, pk: int) -> dict[str, Any]:
    """All that the page of a call tells; querysets are read only where they are shown."""
    principal = request.principal
    log = visible_call(principal, pk)
    history, folded = timeline(log, principal)
    memory = Memory(principal, unit=log.unit, resident=log.resident, without=pk)
    return {
        "log": log,
        "phone": phone_said(log.phone_e164, log.phone_raw),
        "history": history,
        "folded": folded,
        "statuses": Status.objects.visible_to(principal).after(
            log.status_id, has_head_call=log.folded_into_id is not None
        ),
        "notes_digest": actions.notes_digest(log.notes),
        "files": files_in(history),
        "promises": promises_of(log),
        "cards_told": told_of(pk, principal) if log.has_answers else [],  # type: ignore[attr-defined]
        "key": str(uuid.uuid4()),
        "may_withdraw": principal.may("calls.withdraw_calllog"),
        "memory": memory,
        "offer": number_offer(log, memory, principal),
        "rung": phone_call_of(log),
        "may_tie": log.phone_call_id is not None or bool(log.phone_digits_reversed),
    }
