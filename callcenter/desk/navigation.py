"""What every page's frame shows: where one can go, and who one is."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from callcenter.accounts.models import Availability
from callcenter.core.markup import markup
from callcenter.core.templatetags.icons import icon
from callcenter.properties.principals import Principal


@dataclass(frozen=True)
class Place:
    """A page in the rail; `permission` in Django's words hides it from those without.

    On a phone the bottom bar holds those that are `first`, and a menu the others.
    """

    view: str
    label: Any
    icon: str = ""
    permission: str = ""
    key: str = ""
    is_first: bool = False


RAIL = (
    Place("desk:home", _("Desk"), "headset", key="g d", is_first=True),
    Place("calls:list", _("Calls"), "journal-text", key="g l", is_first=True),
    Place("calls:phone", _("Phone"), "telephone-inbound", "telephony.view_phonecall", "g p"),
    Place("calls:due", _("Due"), "hourglass-split"),
    Place("calls:callbacks", _("Callbacks"), "telephone-outbound", key="g c", is_first=True),
    Place("escalations:list", _("Escalate"), "bell", key="g e", is_first=True),
    Place("desk:live", _("Live"), "activity", "telephony.view_phonecall", "g b"),
    Place("calls:events", _("Events"), "buildings", key="g o"),
    Place("imports:list", _("Imports"), "box-arrow-in-down", "imports.view_importrun", "g i"),
    Place("properties:members", _("People"), "people", "accounts.change_membership"),
    Place("properties:credentials", _("API"), "key", "accounts.view_apicredential"),
    Place("admin:index", _("Admin"), "building", "accounts.view_membership"),
)
BY_KEY = (  # reached by key from everywhere, by a link from the desk alone
    Place("calls:finish", _("To finish"), key="g f"),
    Place("calls:unhandled", _("Not handled"), key="g m"),
)
LINK = '<a{} href="{}"{}{}>{}<span>{}</span></a>'
MORE = (
    '<details class="who more"><summary>{}<span>{}</span></summary>'
    '<div class="panel">{}</div></details>'
)
ACCOUNT = (
    Place("accounts:profile", _("My profile")),
    Place("calls:snippets", _("Snippets")),
    Place("properties:credentials", _("API credentials")),
    Place("properties:organizations", _("Change organisation")),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: `rail`, `by_key`, `account_links`, `initials`, `role_label`, `mine`
    (the membership with its availability) and `states`. A part of a page asks for no links.
    """
    principal: Principal | None = getattr(request, "principal", None)
    mine = getattr(request.user, "active_membership", None)
    if principal is None or mine is None:
        return {}
    return {
        "rail": partial(_rail, request, principal),
        "by_key": partial(_links, BY_KEY, request, principal),
        "account_links": partial(_links, ACCOUNT, request, principal),
        "initials": "".join(word[0] for word in principal.user_name.split()[:2]).upper(),
        "role_label": principal.role.label,
        "mine": mine,
        "states": Availability.choices,
    }


def _rail(request: HttpRequest, principal: Principal) -> SafeString:
    """The links of the rail, with their keys; written here because every page has them all.

    What has no room in the bottom bar of a phone stands in a menu once more.
    """
    links = _links(RAIL, request, principal)
    every = SafeString("".join(_link(link, is_wide=not link["is_first"]) for link in links))
    menu = SafeString("".join(_link(link) for link in links if not link["is_first"]))
    return every + markup(MORE, icon("three-dots"), gettext("More"), menu)


def _link(link: dict[str, Any], *, is_wide: bool = False) -> SafeString:
    return markup(
        LINK,
        SafeString(' class="wide"' if is_wide else ""),
        link["url"],
        SafeString(' aria-current="page"' if link["is_current"] else ""),
        markup(' data-key="{}"', link["key"]) if link["key"] else "",
        icon(link["icon"]),
        link["label"],
    )


def _links(
    places: tuple[Place, ...], request: HttpRequest, principal: Principal
) -> list[dict[str, Any]]:
    found = []
    for place in places:
        if place.permission and not principal.may(place.permission):
            continue
        url = _address(place.view)
        if url is None:
            continue
        here = _is_desk(request) if url == "/" else request.path.startswith(url)
        shown = {"label": place.label, "icon": place.icon, "key": place.key}
        shown["is_first"] = place.is_first
        found.append(shown | {"url": url, "is_current": here})
    return found


@cache  # every page asks for all of them
def _address(view: str) -> str | None:
    """Where the page is; None where it is not installed."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return None


def _is_desk(request: HttpRequest) -> bool:
    """Whether the page is one of the desk's own: its address begins like everybody's."""
    match = request.resolver_match
    is_live = request.path.startswith(_address("desk:live") or "/live/")
    return match is not None and match.app_name == "desk" and not is_live
