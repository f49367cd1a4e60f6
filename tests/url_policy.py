"""What each address answers to whom: the table that the walk of tests/test_urls.py goes through.

To add a page, add a row: its whole pattern, then the status of a GET for anonymous, member,
admin and owner of the organisation whose row it is, and for the owner of another one. Each
argument of the pattern names a row of `tests.worlds.World` (or, with "=", is taken as it is).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from tests.worlds import World, absent_key

WHO = ("anonymous", "member", "admin", "owner", "stranger")


@dataclass(frozen=True)
class Row:
    """The statuses for WHO; `path` for patterns that are regular expressions."""

    statuses: tuple[int, ...]
    arguments: dict[str, str]
    path: str = ""

    def of_rows(self) -> bool:
        """Whether the address names a row of the organisation."""
        return any(not value.startswith("=") for value in self.arguments.values())


def row(statuses: str, path: str = "", **arguments: str) -> Row:
    """A row of the table, its five statuses as words."""
    return Row(tuple(int(status) for status in statuses.split()), arguments, path)


EVERYBODY = "302 200 200 200 200"
FIRST_AGAIN = "302 302 302 302 302"  # asks for the password or factor first, or leads on
NOTHING = "404 404 404 404 404"

SHOWN = "302 403 200 200 200"  # a page for owners and admins that needs no row
SENT_ONLY = "302 405 405 405 405"  # a form is sent here, nothing is shown
MANAGED = "302 403 200 200 404"  # a row that only owners and admins of the organisation open

MEMBERS = {
    "members/": row("302 403 200 200 200"),
    "members/invite/": row(SENT_ONLY),
    "members/invitations/<int:link_id>/revoke/": row(SENT_ONLY, link_id="OneTimeLink"),
    "members/<int:membership_id>/": row(MANAGED, membership_id="Membership"),
    "members/<int:membership_id>/deactivate/": row(SENT_ONLY, membership_id="Membership"),
    "members/<int:membership_id>/reactivate/": row(SENT_ONLY, membership_id="Membership"),
    "members/<int:membership_id>/reset/": row(SENT_ONLY, membership_id="Membership"),
}

CREDENTIALS = {
    "credentials/": row(EVERYBODY),
    "credentials/issue/": row(SENT_ONLY),
    # the world's credential is its member's, whose name it bears
    "credentials/<int:credential_id>/": row("302 200 200 200 404", credential_id="ApiCredential"),
    "credentials/<int:credential_id>/revoke/": row(SENT_ONLY, credential_id="ApiCredential"),
}

PLACED = "302 200 200 200 404"  # a row at a property that the member is linked to

CALLS = {
    "calls/": row(EVERYBODY),
    "calls/newer/": row("302 204 204 204 204"),
    "calls/bulk/": row(SENT_ONLY),
    "calls/export/": row(SENT_ONLY),
    "calls/columns/": row(SENT_ONLY),
    "calls/names/properties/": row(FIRST_AGAIN),
    "calls/names/people/": row(FIRST_AGAIN),
    "calls/views/counts/": row(FIRST_AGAIN),
    "calls/views/save/": row(SENT_ONLY),
    "calls/views/<int:pk>/rename/": row(SENT_ONLY, pk="SavedView"),
    "calls/views/<int:pk>/delete/": row(SENT_ONLY, pk="SavedView"),
    "calls/cards/": row(SENT_ONLY),
    "calls/<int:pk>/answers/": row(PLACED, pk="CallLog"),
    "calls/<int:pk>/": row(PLACED, pk="CallLog"),
    "calls/<int:pk>/comment/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/status/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/notes/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/correct/": row(PLACED, pk="CallLog"),
    "calls/<int:pk>/fold/": row(PLACED, pk="CallLog"),
    "calls/<int:pk>/escalate/": row("302 302 302 302 404", pk="CallLog"),  # its chain runs
    "calls/<int:pk>/unfold/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/withdraw/": row(MANAGED, pk="CallLog"),
    "calls/<int:pk>/attach/": row(SENT_ONLY, pk="CallLog"),
    "attachments/<int:pk>/": row(PLACED, pk="Attachment"),
    "attachments/<int:pk>/small/": row("302 404 404 404 404", pk="Attachment"),  # of a text
    "calls/<int:pk>/callback/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/take/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/assign/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/presence/": row(SENT_ONLY, pk="CallLog"),
    "calls/<int:pk>/phone/": row(PLACED, pk="CallLog"),
    "phone/": row(EVERYBODY),
    "phone/days/": row(EVERYBODY),
    "phone/<int:pk>/": row(PLACED, pk="PhoneCall"),
    "phone/<int:pk>/tie/": row(SENT_ONLY, pk="PhoneCall"),
    "due/": row(EVERYBODY),
    "finish/": row(EVERYBODY),
    "unhandled/": row(EVERYBODY),
    "unhandled/missed/": row(SENT_ONLY),
    "callbacks/": row(EVERYBODY),
    "callbacks/when/": row(FIRST_AGAIN),
    "callbacks/<int:pk>/": row(PLACED, pk="Callback"),
    "callbacks/<int:pk>/take/": row(SENT_ONLY, pk="Callback"),
    "callbacks/<int:pk>/change/": row(SENT_ONLY, pk="Callback"),
    "callbacks/<int:pk>/end/": row(SENT_ONLY, pk="Callback"),
    "snippets/": row(EVERYBODY),
    "snippets/words/": row(EVERYBODY),
    "snippets/<int:pk>/": row(MANAGED, pk="Snippet"),
    "snippets/<int:pk>/delete/": row(SENT_ONLY, pk="Snippet"),
    "events/": row(EVERYBODY),
    "events/open/": row(SENT_ONLY),
    "events/<int:pk>/": row(PLACED, pk="BuildingEvent"),
    "events/<int:pk>/line/": row(SENT_ONLY, pk="BuildingEvent"),
    "events/<int:pk>/join/": row(SENT_ONLY, pk="BuildingEvent"),
    "events/<int:pk>/close/": row(SENT_ONLY, pk="BuildingEvent"),
    "events/<int:pk>/settle/": row(SENT_ONLY, pk="BuildingEvent"),
    "alarms/": row(EVERYBODY),
    "units/<int:pk>/": row(PLACED, pk="Unit"),
    "units/<int:pk>/medical/": row(SENT_ONLY, pk="Unit"),
    "residents/<int:pk>/": row(PLACED, pk="Resident"),
    "residents/<int:pk>/numbers/": row(SENT_ONLY, pk="Resident"),
    "units/<int:pk>/residents/": row(SENT_ONLY, pk="Unit"),
    "numbers/<int:pk>/retire/": row(SENT_ONLY, pk="ResidentPhone"),
    "numbers/<int:pk>/forbid/": row(SENT_ONLY, pk="ResidentPhone"),
    "calls/<int:pk>/remember/": row(SENT_ONLY, pk="CallLog"),
    # the world's owner remembered it, and nobody else is asked how far it is
    "numbers/remembered/<int:pk>/": row("302 404 404 200 404", pk="RememberedNumber"),
}

CHAINS = {
    "escalations/": row(EVERYBODY),
    "escalations/health/": row(SHOWN),
    "escalations/rehearsal/": row(SHOWN),
    "escalations/findings/<int:pk>/handle/": row(SENT_ONLY, pk="Finding"),
    "escalations/<uuid:pk>/": row(PLACED, pk="Escalation"),
    "escalations/<uuid:pk>/ring/": row(SENT_ONLY, pk="Escalation"),
    "escalations/<uuid:pk>/end/": row(SENT_ONLY, pk="Escalation"),
    "escalations/<uuid:pk>/withdraw/": row(MANAGED, pk="Escalation"),
    "escalations/rings/<uuid:pk>/withdraw/": row(MANAGED, pk="EscalationItem"),
    "escalations/rings/<uuid:pk>/told/": row(SENT_ONLY, pk="EscalationItem"),
    "escalations/rings/<uuid:pk>/judge/": row(SENT_ONLY, pk="EscalationItem"),
}

IMPORTS = {
    "imports/": row(SHOWN),
    "imports/<int:pk>/": row(MANAGED, pk="ImportRun"),
    "imports/<int:pk>/rejected/": row(MANAGED, pk="ImportRun"),
    "imports/<int:pk>/rejected/file/": row(MANAGED, pk="ImportRun"),
    "imports/<int:pk>/continue/": row(SENT_ONLY, pk="ImportRun"),
}

PAGES = {
    "": row(EVERYBODY),
    "state/": row(SENT_ONLY),
    "work/": row(FIRST_AGAIN),
    "pop/": row(FIRST_AGAIN),
    "live/": row(EVERYBODY),
    "live/queue/": row(FIRST_AGAIN),
    "live/today/": row(FIRST_AGAIN),
    "live/handled/": row(SENT_ONLY),
    "live/wallboards/": row(SHOWN),
    "live/wallboards/create/": row(SENT_ONLY),
    "live/wallboards/<int:pk>/revoke/": row(SENT_ONLY, pk="Wallboard"),
    "tv/<str:token>/": row(NOTHING, token="=nothing"),
    "search/": row(EVERYBODY),
    "new/": row(EVERYBODY),
    "whose/": row(FIRST_AGAIN),
    "whose/remember/": row(SENT_ONLY),
    "new/hints/": row(EVERYBODY),
    "undo/": row(SENT_ONLY),
    "drafts/": row(EVERYBODY),
    "session/": row("401 200 200 200 200"),
    "session/unlock/": row("405 405 405 405 405"),
    "drafts/<str:key>/": row(SENT_ONLY, key="=new"),
    "files/": row(EVERYBODY),
    "files/<str:token>/": row(SENT_ONLY, token="=nothing"),
    "desk/<int:pk>/": row(PLACED, pk="CallLog"),
    "profile/": row(EVERYBODY),
    "link/<str:token>/": row(NOTHING, token="=nothing"),
    **CALLS,
    **CHAINS,
    **MEMBERS,
    **CREDENTIALS,
    **IMPORTS,
    "organizations/": row(EVERYBODY),
    "invitation/<str:token>/": row(NOTHING, token="=nothing"),
    "docs/connect/": row("200 200 200 200 200"),
    "docs/connect/openapi.json": row("200 200 200 200 200"),
    "docs/oneuptime/": row("200 200 200 200 200"),
    "docs/oneuptime/openapi.json": row("200 200 200 200 200"),
    "docs/voipnow/": row("200 200 200 200 200"),
    "docs/voipnow/openapi.json": row("200 200 200 200 200"),
    "health/live/": row("200 200 200 200 200"),
    "health/ready/": row("200 200 200 200 200"),
}

SIGN_IN = {
    "accounts/login/": row("200 302 302 302 302"),
    "accounts/logout/": row(EVERYBODY),
    "accounts/inactive/": row("200 200 200 200 200"),
    "accounts/confirm/": row(EVERYBODY),
    "accounts/password/": row(EVERYBODY),
    "accounts/password/set/": row(FIRST_AGAIN),
    "accounts/password/reset/": row("200 200 200 200 200"),
    "accounts/factors/": row(EVERYBODY),
    "accounts/factors/authenticate/": row(FIRST_AGAIN),
    "accounts/factors/reauthenticate/": row(FIRST_AGAIN),
    "accounts/factors/totp/activate/": row(FIRST_AGAIN),
    "accounts/factors/totp/deactivate/": row("302 404 404 404 404"),
    "accounts/factors/recovery-codes/": row("302 404 404 404 404"),
    "accounts/factors/recovery-codes/generate/": row(FIRST_AGAIN),
    "accounts/factors/recovery-codes/download/": row("302 404 404 404 404"),
    "accounts/factors/webauthn/": row(EVERYBODY),
    "accounts/factors/webauthn/add/": row(FIRST_AGAIN),
    "accounts/factors/webauthn/reauthenticate/": row(FIRST_AGAIN),
    "accounts/factors/webauthn/keys/<int:pk>/remove/": row(FIRST_AGAIN, pk="=1"),
    "accounts/factors/webauthn/keys/<int:pk>/edit/": row(FIRST_AGAIN, pk="=1"),
    "accounts/factors/webauthn/login/": row(FIRST_AGAIN),
}

REFUSED = "302 403 403 403 403"
OWN_ROW = "302 403 200 200 302"  # a foreign row leads to the index, like an absent one

ADMIN_SITE = {
    "admin/": row(SHOWN),
    "admin/login/": row(REFUSED),
    "admin/logout/": row("302 403 405 405 405"),
    "admin/password_change/": row("302 403 302 302 302"),
    "admin/password_change/done/": row(SHOWN),
    "admin/autocomplete/": row(REFUSED),
    "admin/jsi18n/": row(SHOWN),
    "admin/^(?P<app_label>accounts|properties|telephony|calls|escalations|imports)/$": row(
        SHOWN, "admin/calls/"
    ),
    "admin/(?P<url>.*)$": row("302 403 404 404 404", "admin/nothing/"),
}

# model: its name in the world, who may add one, who may delete one
ADMIN = {
    "accounts/organization": ("Organization", REFUSED, REFUSED),
    "accounts/membership": ("Membership", REFUSED, REFUSED),
    "accounts/apicredential": ("ApiCredential", SHOWN, REFUSED),
    "properties/propertylink": ("PropertyLink", SHOWN, OWN_ROW),
    "properties/property": ("Property", SHOWN, REFUSED),
    "properties/unit": ("Unit", SHOWN, OWN_ROW),
    "properties/resident": ("Resident", SHOWN, REFUSED),
    "telephony/extension": ("Extension", SHOWN, REFUSED),
    "telephony/upstream": ("Upstream", SHOWN, REFUSED),
    "telephony/phonecall": ("PhoneCall", REFUSED, REFUSED),
    "calls/status": ("Status", SHOWN, OWN_ROW),
    "calls/reason": ("Reason", SHOWN, OWN_ROW),
    "calls/decisioncard": ("DecisionCard", SHOWN, OWN_ROW),
    "calls/reasonset": ("ReasonSet", SHOWN, OWN_ROW),
    "calls/calllog": ("CallLog", REFUSED, REFUSED),
    "calls/attachment": ("Attachment", REFUSED, REFUSED),
    "calls/exportrecord": ("ExportRecord", REFUSED, REFUSED),
    "calls/buildingevent": ("BuildingEvent", REFUSED, REFUSED),
    "calls/callback": ("Callback", SHOWN, REFUSED),
    "escalations/responder": ("Responder", SHOWN, REFUSED),
    "escalations/schedule": ("Schedule", SHOWN, REFUSED),
    "escalations/policy": ("Policy", SHOWN, REFUSED),
    "escalations/rule": ("Rule", SHOWN, REFUSED),
    "escalations/escalation": ("Escalation", REFUSED, REFUSED),
    "escalations/escalationitem": ("EscalationItem", REFUSED, REFUSED),
    "imports/importsource": ("ImportSource", SHOWN, REFUSED),
    "imports/importrun": ("ImportRun", REFUSED, REFUSED),
    "imports/importline": ("ImportLine", REFUSED, REFUSED),
}


def admin_rows() -> Iterator[tuple[str, Row]]:
    """The pages that Django's admin makes for each model."""
    for place, (name, add, delete) in ADMIN.items():
        base = f"admin/{place}"
        number = f"{base}/<path:object_id>"
        yield f"{base}/", row(SHOWN)
        yield f"{base}/add/", row(add)
        yield f"{number}/history/", row(OWN_ROW, object_id=name)
        yield f"{number}/delete/", row(delete, object_id=name)
        yield f"{number}/change/", row(OWN_ROW, object_id=name)
        yield f"{number}/", row("302 403 302 302 302", object_id=name)


POLICY = PAGES | SIGN_IN | ADMIN_SITE | dict(admin_rows())


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every pattern of the project, in full."""
    for part in (resolver or get_resolver()).url_patterns:
        route = before + str(part.pattern)
        if isinstance(part, URLPattern):
            yield route
        else:
            yield from patterns(part, route)


def address(pattern: str, world: World, *, absent: int | None = None) -> str:
    """The pattern's address for the world's rows, or for rows that nobody has."""
    wanted = POLICY[pattern]
    if wanted.path:
        return f"/{wanted.path}"

    def value(found: re.Match[str]) -> str:
        said = wanted.arguments[found[1]]
        if said.startswith("="):
            return said[1:]
        key = world.pk(said)
        return str(key if absent is None else absent_key(key, absent))

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, pattern)
