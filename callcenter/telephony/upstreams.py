"""Telephone systems: entered, their secrets shown once, found by these, closed."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from zoneinfo import available_timezones

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.accounts.secrets import hmac_of, hmacs_of, new_secret
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError
from callcenter.core.sealing import seal, unseal
from callcenter.core.transactions import require_text, write_transaction
from callcenter.properties.principals import Principal

from .addresses import checked_base, origin_of
from .models import Upstream, UpstreamPoll
from .models.upstreams import LOST_AFTER

MAX_NAME = 100
MOST_ADDRESSES = 50


@dataclass(frozen=True)
class UpstreamWish:
    """What an upstream is to be; `allowed_addresses` are networks, empty for any."""

    name: str
    time_zone: str
    allowed_addresses: Sequence[str] = ()
    lost_after_seconds: int = LOST_AFTER


def create_upstream(*, wish: UpstreamWish, actor: Principal) -> tuple[Upstream, str]:
    """Enter a telephone system; with the secret of its events' address, shown now and never again.

    RuleError beside a name, zone, network or patience that cannot be; NotAllowedError.
    """
    _check_right(actor, "add")
    values = _checked(wish)
    with write_transaction(actor):
        _check_name(wish.name, actor)
        upstream = Upstream(organization_id=actor.organization_id, **values)
        secret = _new_secret(upstream)
        upstream.save(force_insert=True)
    return upstream, secret


def change_upstream(*, upstream_id: int, wish: UpstreamWish, actor: Principal) -> Upstream:
    """Change what is said of it; its secrets stay. As `create_upstream`, and NotFoundError."""
    _check_right(actor, "change")
    values = _checked(wish)
    with write_transaction(actor):
        upstream = _locked(upstream_id, actor)
        _check_name(wish.name, actor, but=upstream.pk)
        for name, value in values.items():
            setattr(upstream, name, value)
        upstream.save(update_fields=list(values))
    return upstream


def renew_secret(*, upstream_id: int, actor: Principal) -> str:
    """A new secret for its events' address; the old one opens nothing from now on."""
    _check_right(actor, "change")
    with write_transaction(actor):
        upstream = _locked(upstream_id, actor)
        secret = _new_secret(upstream)
        upstream.save(update_fields=["pepper_id", "secret_hmac", "last_four"])
    return secret


def start_polling(
    *, upstream_id: int, base_url: str, client_id: str, secret: str, actor: Principal
) -> Upstream:
    """Ask the upstream at `base_url` from now on, with this client id and secret.

    An empty `secret` keeps the one that is there, for the same scheme, host and port only: a
    secret is never sent to another address than it was entered for (B-14). RuleError beside an
    address that is not allowed (B-13) or what is missing; NotFoundError, NotAllowedError.
    """
    _check_right(actor, "change")
    base = checked_base(base_url)
    client_id = require_text(client_id, field="client_id", message=_("Name the client id."))
    with write_transaction(actor):
        upstream = _locked(upstream_id, actor)
        is_moved = origin_of(upstream.base_url) != base.origin
        if secret:
            purpose = purpose_of(upstream.organization_id, base.origin)
            upstream.sealed_secret = seal(secret, purpose=purpose)
        elif is_moved or upstream.sealed_secret is None:
            said = _("Enter the secret again: it belongs to one address.")
            raise RuleError(said, field="secret")
        upstream.base_url, upstream.client_id, upstream.polls = base.url, client_id, True
        upstream.save(update_fields=["base_url", "client_id", "polls", "sealed_secret"])
        afresh: dict[str, Any] = {
            "failures": 0,
            "paused_until": None,
            "stopped_at": None,
            "error": "",
        }
        afresh |= {"sealed_token": None, "token_until": None, "due_at": timezone.now()}
        UpstreamPoll.objects.update_or_create(
            upstream=upstream, defaults={"organization_id": actor.organization_id} | afresh
        )
    return upstream


def stop_polling(*, upstream_id: int, actor: Principal) -> Upstream:
    """Ask it no more, and forget how we signed in there."""
    _check_right(actor, "change")
    with write_transaction(actor):
        upstream = _locked(upstream_id, actor)
        upstream.polls, upstream.sealed_secret = False, None
        upstream.save(update_fields=["polls", "sealed_secret"])
        UpstreamPoll.objects.filter(upstream=upstream).update(sealed_token=None, token_until=None)
    return upstream


def close_upstream(*, upstream_id: int, actor: Principal) -> None:
    """Take nothing from it and ask it no more; its calls stay. There is no way back."""
    _check_right(actor, "change")
    with write_transaction(actor):
        upstream = _locked(upstream_id, actor)
        stop_polling(upstream_id=upstream.pk, actor=actor)
        rows = Upstream.objects.filter(pk=upstream.pk)
        rows.update(closed_at=timezone.now(), secret_hmac=None, pepper_id="", last_four="")


def find_upstream(secret: str) -> Upstream | None:
    """Whose events these are, or None: unknown, or closed. One lookup, whatever was sent."""
    under = hmacs_of(secret)
    match = Q()
    for pepper_id, digest in under:
        match |= Q(pepper_id=pepper_id, secret_hmac=digest)
    upstream = Upstream.objects.in_use().filter(match).first()
    known = bytes(upstream.secret_hmac or b"") if upstream else bytes(32)
    same = sum(compare_digest(known, digest) for _name, digest in under)  # each, whatever came
    return upstream if same else None


def may_send(upstream: Upstream, address: str | None) -> bool:
    """Whether events of this upstream may come from this network address."""
    if not upstream.allowed_addresses:
        return True
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return any(known in ipaddress.ip_network(one) for one in upstream.allowed_addresses)


def secret_of(upstream: Upstream) -> str:
    """The secret with which we sign in there; UnsealableError when it is for elsewhere."""
    purpose = purpose_of(upstream.organization_id, checked_base(upstream.base_url).origin)
    return unseal(bytes(upstream.sealed_secret or b""), purpose=purpose)


def purpose_of(organization_id: int, origin: str) -> str:
    """For what the secrets of an address are sealed: nobody else, nowhere else (B-14)."""
    return f"upstream of {organization_id} at {origin}"


def _new_secret(upstream: Upstream) -> str:
    secret = new_secret()
    upstream.pepper_id, upstream.secret_hmac = hmac_of(secret)
    upstream.last_four = secret[-4:]
    return secret


def _check_right(actor: Principal, verb: str) -> None:
    if not actor.may(f"telephony.{verb}_upstream"):
        raise NotAllowedError(_("Your role may not change this."))


def _locked(upstream_id: int, actor: Principal) -> Upstream:
    rows = Upstream.objects.visible_to(actor).in_use().select_for_update(of=("self",))
    upstream = rows.filter(pk=upstream_id).first()
    if upstream is None:
        raise NotFoundError(_("There is no such telephone system."))
    return upstream


def _check_name(name: str, actor: Principal, *, but: int | None = None) -> None:
    rows = Upstream.objects.visible_to(actor).in_use().exclude(pk=but or 0)
    if rows.filter(name=name.strip()).exists():
        raise RuleError(_("Another telephone system has this name."), field="name")


def _checked(wish: UpstreamWish) -> dict[str, object]:
    name = require_text(wish.name, field="name", message=_("Give the telephone system a name."))
    if len(name) > MAX_NAME or "\x00" in name:
        raise RuleError(_("This name is longer than 100 characters."), field="name")
    if wish.time_zone not in available_timezones():
        raise RuleError(_("There is no such time zone."), field="time_zone")
    if not 60 <= wish.lost_after_seconds <= 7 * 86_400:
        said = _("Between a minute and a week.")
        raise RuleError(said, field="lost_after_seconds")
    return {
        "name": name,
        "time_zone": wish.time_zone,
        "allowed_addresses": _networks(wish.allowed_addresses),
        "lost_after_seconds": wish.lost_after_seconds,
    }


def _networks(said: Sequence[str]) -> list[str]:
    """The networks in their one form, without repetitions."""
    try:
        known = {str(ipaddress.ip_network(one.strip(), strict=False)) for one in said}
    except ValueError as error:
        raise RuleError(_("This is no network address."), field="allowed_addresses") from error
    if len(known) > MOST_ADDRESSES:
        raise RuleError(_("These are too many addresses."), field="allowed_addresses")
    return sorted(known)
