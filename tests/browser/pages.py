"""Every page: how to reach it in the company, and who looks at it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from callcenter.accounts.links import make_link
from callcenter.accounts.models import (
    ApiCredential,
    Membership,
    OneTimeLinkKind,
    Role,
    SinglePermission,
    User,
)
from callcenter.calls.building_events import join_event, open_event
from callcenter.calls.callbacks import promise_callback
from callcenter.calls.models import Callback, Snippet
from callcenter.calls.values import Promise
from callcenter.escalations.items import withdraw_item
from callcenter.escalations.looking_ahead import ask_for_checks, check_nights, handle_finding
from callcenter.escalations.models import Finding, NightCheck
from callcenter.escalations.running import withdraw_escalation
from callcenter.imports import files, runs
from callcenter.imports.actions import NamedSource, start_run
from callcenter.imports.models import ImportRun, SourceKind
from callcenter.properties.wallboards import create_wallboard, revoke_wallboard
from tests.browser.chains import chain_of, emergencies_of, nights_of
from tests.browser.northgate import Northgate
from tests.browser.telephones import ring
from tests.factories import (
    make_api_request,
    make_credential,
    make_extension,
    make_membership,
    make_party,
    make_phone_call,
    principal_again,
    reason_named,
)
from tests.imports.conftest import sample

SIGNED_OUT = ""
HALF_SIGNED_IN = "half"  # the password was right, the second factor is asked


@dataclass(frozen=True)
class Shown:
    """A page of the table: its address within the company, and who looks at it."""

    address: Callable[[Northgate], str]
    who: str = "owner"


def chain_that_was_run(northgate: Northgate) -> str:
    """The film strip of a chain."""
    return reverse("escalations:chain", args=[chain_of(northgate).pk])


def withdrawing_of_a_chain(northgate: Northgate) -> str:
    """Why a chain is withdrawn."""
    return reverse("escalations:withdraw", args=[chain_of(northgate).pk])


def withdrawing_of_a_ring(northgate: Northgate) -> str:
    """Why the first ring of a chain is withdrawn."""
    ring = chain_of(northgate).items.earliest("started_at")
    return reverse("escalations:withdraw_ring", args=[ring.pk])


def chain_with_withdrawn_ring(northgate: Northgate) -> str:
    """A chain of which one ring does not count any more."""
    chain = chain_of(northgate)
    ring, actor = chain.items.earliest("started_at"), principal_again(northgate.admin)
    withdraw_item(item_id=ring.pk, reason="Joe was rung for another house", actor=actor)
    return reverse("escalations:chain", args=[chain.pk])


def withdrawn_chain(northgate: Northgate) -> str:
    """A chain that was a test, as owners see it."""
    chain, actor = chain_of(northgate), principal_again(northgate.admin)
    withdraw_escalation(escalation_id=chain.pk, reason="A test of the telephones", actor=actor)
    return reverse("escalations:chain", args=[chain.pk])


def plan_of_a_call(northgate: Northgate) -> str:
    """Whom a call would ring."""
    emergencies_of(northgate)
    return reverse("escalations:start", args=[northgate.calls[0].pk])


def nights_with_holes(northgate: Northgate) -> str:
    """The next nights of a company that has not planned all of them."""
    nights_of(northgate)
    return reverse("escalations:health")


def nights_with_findings(northgate: Northgate) -> str:
    """The same after a look ahead, with one finding that is handled."""
    nights_of(northgate)
    ask_for_checks(now=timezone.now().replace(hour=17))  # noon or one o'clock in New York
    check = NightCheck.objects.get()
    check_nights(check_id=check.pk, actor=principal_again(northgate.owner))
    person = Finding.objects.get(kind="missed")
    actor = principal_again(northgate.admin)
    handle_finding(finding_id=person.pk, comment="Joe has a new phone, rung and heard", actor=actor)
    return reverse("escalations:health")


def rehearsal_of_a_hole(northgate: Northgate) -> str:
    """A night in which every step is passed over."""
    nights_of(northgate)
    home = northgate.properties["Harbor Row"].pk
    return f"{reverse('escalations:rehearsal')}?property={home}&due=fri+22:00"


def at(name: str, *args: Any, query: str = "", who: str = "owner") -> Shown:
    """The page of this name; an argument that is a function is asked of the company."""

    def address(northgate: Northgate) -> str:
        found = [arg(northgate) if callable(arg) else arg for arg in args]
        return reverse(name, args=found) + query

    return Shown(address, who)


def first_call(northgate: Northgate) -> int:
    return northgate.calls[0].pk


def phone_calls(northgate: Northgate) -> str:
    ring(northgate)
    return reverse("calls:phone")


def figures_of_phone_calls(northgate: Northgate) -> str:
    ring(northgate)
    return reverse("calls:phone_days")


def missed_queue(northgate: Northgate) -> str:
    ring(northgate)
    return reverse("calls:unhandled")


def logged_phone_call(northgate: Northgate) -> str:
    return reverse("calls:phone_call", args=[ring(northgate)[0].pk])


def missed_phone_call(northgate: Northgate) -> str:
    return reverse("calls:phone_call", args=[ring(northgate)[-2].pk])


def phone_call_of_a_log(northgate: Northgate) -> str:
    ring(northgate)
    return reverse("calls:of_log", args=[first_call(northgate)])


def first_unit(northgate: Northgate) -> int:
    return next(iter(northgate.units.values())).pk


def hints_of_a_leak(northgate: Northgate) -> str:
    """The hints for another call of 12B about its leak, while the building has an event."""
    log = northgate.calls[0]
    leak = reason_named(northgate.organization, "el").pk
    open_event(
        property_id=log.property_id or 0,
        reason_id=leak,
        title="Leak in the riser",
        line="A plumber is on site, water is back about 16:00.",
        actor=principal_again(northgate.owner),
    )
    asked = f"property={log.property_id}&unit={log.unit_id}&reasons={leak}"
    return f"{reverse('desk:hints')}?{asked}"


def first_resident(northgate: Northgate) -> int:
    return next(iter(northgate.residents.values())).pk


def open_event_of(northgate: Northgate) -> int:
    """An event at the first call's property, which that call has joined."""
    call, actor = northgate.calls[0], principal_again(northgate.owner)
    assert call.property_id is not None
    event = open_event(
        property_id=call.property_id,
        reason_id=None,
        title="No hot water",
        line="The plumber is on site; hot water is back about 16:00.",
        actor=actor,
    )
    join_event(event_id=event.pk, call_log_id=call.pk, actor=actor)
    return event.pk


def colleague(northgate: Northgate) -> int:
    return northgate.member.pk


def asked_import(northgate: Northgate) -> ImportRun:
    """An import that waits for a worker."""
    return start_run(
        stored=files.store(SimpleUploadedFile("calls.json", sample())),
        file_name="calls-november.json",
        source=NamedSource("Northgate calls", SourceKind.CALL_LOGS),
        options={},
        actor=principal_again(northgate.admin),
    )


def waiting_import(northgate: Northgate) -> int:
    return asked_import(northgate).pk


def finished_import(northgate: Northgate) -> int:
    run = asked_import(northgate)
    runs.work_on(run.pk, lambda: None)
    return run.pk


def used_credential(northgate: Northgate) -> int:
    """A credential with a log of requests, narrowed to two properties."""
    places = list(northgate.properties.values())[:2]
    credential, _ = make_credential(
        northgate.owner, Role.ADMIN, name="Resident portal", properties=places
    )
    for n in range(60):
        make_api_request(
            credential,
            at=timezone.now() - timedelta(minutes=7 * n),
            path=f"/api/units/{n}/calllogs" if n % 3 else "/api/calllogs",
            status=404 if n % 7 == 3 else 200,
            milliseconds=8 + 3 * n,
        )
    now = timezone.now()
    ApiCredential.objects.filter(pk=credential.pk).update(last_used_at=now)
    return credential.pk


def unused_credential(northgate: Northgate) -> int:
    """A credential that asked for nothing yet."""
    return make_credential(northgate.member, name="Wallboard")[0].pk


def some_credentials(northgate: Northgate) -> str:
    """One of each state: used, asleep, expired, revoked."""
    used_credential(northgate)
    place = next(iter(northgate.properties.values()))
    soon = timezone.now() + timedelta(days=30)
    make_credential(northgate.member, name="Wallboard", expires_at=soon, properties=[place])
    out = make_membership(northgate.organization, name="Tom Abara")
    make_credential(out, name="Spreadsheet of Tom")
    Membership.objects.filter(pk=out.pk).update(is_active=False)
    single = [SinglePermission.READ_CALL_LOG_ITEM]
    over = timezone.now() - timedelta(days=2)
    make_credential(northgate.owner, name="Trial", permissions=single, expires_at=over)
    make_credential(northgate.admin, name="Old accounting system", revoked_at=over)
    return reverse("properties:credentials")


def reset_token(northgate: Northgate) -> str:
    email = northgate.member.user.email
    return make_link(kind=OneTimeLinkKind.PASSWORD_RESET, email=email)[1]


def invitation_token(northgate: Northgate) -> str:
    return make_link(
        kind=OneTimeLinkKind.INVITATION,
        email="new.agent@example.com",
        organization=northgate.organization,
        role=Role.MEMBER,
    )[1]


def with_factors(name: str, who: str = "admin") -> Shown:
    """A page about the second factors of somebody who has them."""

    def address(northgate: Northgate) -> str:
        TOTP.activate(northgate.admin.user, generate_totp_secret())
        RecoveryCodes.activate(northgate.admin.user)
        return reverse(name)

    return Shown(address, who)


def with_passkey(name: str, *, names_it: bool = True) -> Shown:
    """A page about the passkey of somebody who has one."""

    def address(northgate: Northgate) -> str:
        key = Authenticator.objects.create(
            user=northgate.admin.user,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "Key on my ring", "credential": {}},
        )
        return reverse(name, args=[key.pk] if names_it else [])

    return Shown(address, "admin")


def some_callbacks(northgate: Northgate) -> str:
    """Late, soon and far; mine, a colleague's and anyone's."""
    actor, now = principal_again(northgate.owner), timezone.now()
    people = (northgate.owner.user_id, None, northgate.admin.user_id, None)
    for call, who, minutes in zip(northgate.calls, people, (-12, 8, 50, 1_200), strict=False):
        said = Promise(at=now + timedelta(minutes=minutes), text="in 8m", assignee_id=who)
        promise_callback(call_log_id=call.pk, promise=said, actor=actor)
    return reverse("calls:callbacks")


def one_callback(northgate: Northgate) -> int:
    some_callbacks(northgate)
    return Callback.objects.earliest("due_at").pk


def shared_snippet(northgate: Northgate) -> int:
    return Snippet.objects.create(
        organization=northgate.organization, word="closed", text="Valve closed at {time}."
    ).pk


def living_board(northgate: Northgate) -> str:
    """The board with calls of every state and a missed one."""
    company, now = northgate.organization, timezone.now()
    home = northgate.properties["Maple Court"]
    mine = make_extension(company, "0003*210", user=northgate.admin.user, property=home)
    known = {"caller_e164": "+12125550143", "caller_raw": "+12125550143"}
    waiting = make_phone_call(company, property=home, published_at=now - timedelta(seconds=48))
    make_party(waiting, extension=mine, ringing_at=now)
    answered = now - timedelta(minutes=2)
    talking = make_phone_call(company, published_at=answered, answered_at=answered, **known)
    make_party(talking, extension=mine, ringing_at=answered, answered_at=answered)
    ended = {"ended_at": now - timedelta(minutes=30), "disposition": 3}
    lost = {
        "caller_raw": "+19175550126",
        "caller_e164": "+19175550126",
        "caller_digits_reversed": "6210555719",
    }
    make_phone_call(company, published_at=now - timedelta(minutes=31), **ended, **lost)
    User.objects.update(last_login=now)
    some_callbacks(northgate)
    chain_of(northgate)
    return reverse("desk:live")


def some_wallboards(northgate: Northgate) -> str:
    """One that works and one that was revoked."""
    actor = principal_again(northgate.owner)
    create_wallboard(name="Desk, north wall", actor=actor)
    old, _token = create_wallboard(name="Lobby", actor=actor)
    revoke_wallboard(wallboard_id=old.pk, actor=actor)
    return reverse("desk:wallboards")


def wall(northgate: Northgate) -> str:
    """A screen on the wall of the same company."""
    living_board(northgate)
    _board, token = create_wallboard(name="Wall", actor=principal_again(northgate.owner))
    return reverse("desk:tv", args=[token])


PAGES: dict[str, Shown] = {
    "desk:home": at("desk:home"),
    "desk:search": at("desk:search", query="?q=maple"),
    "desk:new": at("desk:new"),
    "desk:call": at("desk:call", first_call),
    "desk:live": Shown(living_board),
    "desk:wallboards": Shown(some_wallboards),
    "desk:tv": Shown(wall, SIGNED_OUT),
    "desk:hints": Shown(hints_of_a_leak),
    "calls:list": at("calls:list"),
    "calls:detail": at("calls:detail", first_call),
    "calls:answers": at("calls:answers", first_call),
    "calls:correct": at("calls:correct", first_call),
    "calls:fold": at("calls:fold", first_call),
    "escalations:list": at("escalations:list"),
    "escalations:chain": Shown(chain_that_was_run),
    "escalations:start": Shown(plan_of_a_call),
    "escalations:withdraw": Shown(withdrawing_of_a_chain),
    "escalations:withdraw_ring": Shown(withdrawing_of_a_ring),
    "escalations:health": Shown(nights_with_holes),
    "escalations:rehearsal": Shown(rehearsal_of_a_hole),
    "calls:withdraw": at("calls:withdraw", first_call),
    "calls:of_log": Shown(phone_call_of_a_log),
    "calls:phone": Shown(phone_calls),
    "calls:phone_days": Shown(figures_of_phone_calls),
    "calls:phone_call": Shown(missed_phone_call),
    "calls:due": at("calls:due"),
    "calls:finish": at("calls:finish"),
    "calls:unhandled": at("calls:unhandled"),
    "calls:callbacks": Shown(some_callbacks),
    "calls:callback": at("calls:callback", one_callback),
    "calls:snippets": at("calls:snippets"),
    "calls:snippet": at("calls:snippet", shared_snippet),
    "calls:events": at("calls:events"),
    "calls:event": at("calls:event", open_event_of),
    "calls:alarms": at("calls:alarms"),
    "calls:unit": at("calls:unit", first_unit),
    "calls:resident": at("calls:resident", first_resident),
    "properties:members": at("properties:members"),
    "properties:member": at("properties:member", colleague),
    "properties:credentials": Shown(some_credentials),
    "properties:credential": at("properties:credential", used_credential),
    "properties:invitation": at("properties:invitation", invitation_token, who=SIGNED_OUT),
    "properties:organizations": at("properties:organizations"),
    "accounts:profile": at("accounts:profile"),
    "accounts:link": at("accounts:link", reset_token, who=SIGNED_OUT),
    "imports:list": at("imports:list"),
    "imports:detail": at("imports:detail", finished_import),
    "imports:rejected": at("imports:rejected", finished_import),
    "docs:connect": at("docs:connect", who=SIGNED_OUT),
    "docs:oneuptime": at("docs:oneuptime", who=SIGNED_OUT),
    "docs:voipnow": at("docs:voipnow", who=SIGNED_OUT),
    "account_login": at("account_login", who=SIGNED_OUT),
    "account_logout": at("account_logout"),
    "account_inactive": at("account_inactive", who=SIGNED_OUT),
    "account_reauthenticate": at("account_reauthenticate"),
    "account_change_password": at("account_change_password"),
    "account_reset_password": at("account_reset_password", who=SIGNED_OUT),
    "mfa_index": at("mfa_index"),
    "mfa_authenticate": with_factors("mfa_authenticate", who=HALF_SIGNED_IN),
    "mfa_reauthenticate": with_factors("mfa_reauthenticate"),
    "mfa_activate_totp": at("mfa_activate_totp"),
    "mfa_deactivate_totp": with_factors("mfa_deactivate_totp"),
    "mfa_view_recovery_codes": with_factors("mfa_view_recovery_codes"),
    "mfa_generate_recovery_codes": with_factors("mfa_generate_recovery_codes"),
    "mfa_list_webauthn": with_passkey("mfa_list_webauthn", names_it=False),
    "mfa_add_webauthn": at("mfa_add_webauthn"),
    "mfa_edit_webauthn": with_passkey("mfa_edit_webauthn"),
    "mfa_remove_webauthn": with_passkey("mfa_remove_webauthn"),
}
# Other states of the same pages.
STATES: dict[str, Shown] = {
    "desk-found": at("desk:home", query="?q=maple"),
    "desk-nothing-found": at("desk:home", query="?q=nowhere"),
    "new-with-unit": Shown(lambda n: f"{reverse('desk:new')}?unit={first_unit(n)}"),
    "list-filtered": at("calls:list", query="?q=leak"),
    "callbacks-none": at("calls:callbacks"),
    "phone-none": at("calls:phone"),
    "phone-days-none": at("calls:phone_days"),
    "unhandled-missed": Shown(missed_queue),
    "phone-call-logged": Shown(logged_phone_call),
    "call-with-callback": Shown(
        lambda n: f"{some_callbacks(n)}" and reverse("calls:detail", args=[first_call(n)])
    ),
    "chain-with-withdrawn-ring": Shown(chain_with_withdrawn_ring),
    "chain-withdrawn": Shown(withdrawn_chain),
    "health-findings": Shown(nights_with_findings),
    "health-empty": at("escalations:health"),
    "rehearsal-empty": at("escalations:rehearsal"),
    "list-empty": at("calls:list", query="?q=nothing+like+it"),
    "credentials-none": at("properties:credentials", who="member"),
    "credential-unused": at("properties:credential", unused_credential, query="?revoke=1"),
    "member-desk": at("desk:home", who="member"),
    "import-waiting": at("imports:detail", waiting_import),
    "factors-present": with_factors("mfa_index"),
    "not-found": Shown(lambda _: "/no-such-page/"),
    "not-found-anonymous": Shown(lambda _: "/no-such-page/", SIGNED_OUT),
}
# Addresses that show no page of ours, with the reason.
OTHERS: dict[str, str] = {
    "calls:attach": "POST",
    "desk:files": "JSON",
    "desk:file": "DELETE",
    "calls:attachment": "a download",
    "calls:thumbnail": "a picture",
    "desk:drafts": "JSON",
    "desk:draft": "PUT, DELETE",
    "calls:comment": "POST",
    "calls:cards": "POST",
    "calls:snippet_words": "JSON",
    "calls:snippet_delete": "POST",
    "calls:status": "POST",
    "calls:unfold": "POST",
    "properties:session": "JSON",
    "properties:unlock": "POST",
    "calls:event_open": "POST",
    "calls:event_line": "POST",
    "calls:event_join": "POST",
    "calls:event_close": "POST",
    "calls:event_settle": "POST",
    "calls:notes": "POST",
    "calls:medical": "POST",
    "desk:state": "POST",
    "desk:whose": "a part of the log form",
    "desk:remember": "POST",
    "desk:undo": "POST",
    "escalations:ring": "POST",
    "escalations:handle": "POST",
    "escalations:end": "POST",
    "escalations:told": "POST",
    "escalations:judge": "POST",
    "calls:newer": "a pill for htmx",
    "calls:view-counts": "numbers for htmx",
    "calls:property-names": "options for htmx",
    "calls:people-names": "options for htmx",
    "calls:bulk": "POST",
    "calls:export": "CSV",
    "calls:columns": "POST",
    "calls:view-save": "POST",
    "calls:view-rename": "POST",
    "calls:view-delete": "POST",
    "calls:promise": "POST",
    "calls:take": "POST",
    "calls:phone_call_tie": "POST",
    "calls:missed_handle": "POST",
    "calls:assign": "POST",
    "calls:presence": "POST",
    "desk:live_queue": "a part of the live board",
    "desk:live_today": "a part of the live board",
    "desk:live_handled": "POST",
    "desk:wallboard_create": "POST",
    "desk:wallboard_revoke": "POST",
    "desk:pop": "the call that rings; a page of its own leads to the desk",
    "desk:work": "the left zone of the desk; a page of its own leads there",
    "calls:due_words": "a line below a field",
    "calls:callback_take": "POST",
    "calls:callback_change": "POST",
    "calls:callback_end": "POST",
    "calls:remember": "POST",
    "calls:remembered": "a line that asks again",
    "calls:number_add": "POST",
    "calls:number_retire": "POST",
    "calls:number_forbid": "POST",
    "calls:resident_add": "POST",
    "properties:invite": "POST",
    "properties:revoke": "POST",
    "properties:deactivate": "POST",
    "properties:reactivate": "POST",
    "properties:reset": "POST",
    "properties:issue": "POST",
    "properties:revoke_credential": "POST",
    "imports:continue": "POST",
    "imports:errors": "CSV",
    "account_set_password": "leads on, as everybody has a password",
    "mfa_download_recovery_codes": "text",
    "mfa_reauthenticate_webauthn": "leads on without a passkey",
    "mfa_login_webauthn": "JSON",
    "docs:connect_openapi": "JSON",
    "docs:oneuptime_openapi": "JSON",
    "docs:voipnow_openapi": "JSON",
    "admin/login/": "leads to the sign-in page",
    "live": "JSON",
    "ready": "JSON",
}
