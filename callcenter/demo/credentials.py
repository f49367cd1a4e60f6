"""Credentials of the demo's people, in both forms of answers, for whoever tries the interfaces."""

from typing import Any

from callcenter.accounts.models import ApiCredential, Organization, User, Wire
from callcenter.properties.access import principal_for
from callcenter.properties.issuing import Wish, issue_credential, revoke_credential
from callcenter.properties.principals import Principal

HOLDERS = ("owner@example.com", "admin@example.com", "kim@example.com")
NAMES = {
    Wire.DOCUMENTED: "Demo, answers as documented",
    Wire.DEPLOYED: "Demo, answers as deployed",
}


def give_credentials(organization: Organization) -> list[dict[str, str]]:
    """Fresh credentials for each of HOLDERS; those that they had from the demo before are revoked.

    Each has the role that its person has now. Who is out gets none.
    """
    given = []
    for email in HOLDERS:
        principal = _principal(organization, email)
        if principal is not None:
            _revoke_old(principal)
            given += [_issue(principal, wire) for wire in NAMES]
    return given


def _principal(organization: Organization, email: str) -> Principal | None:
    person = User.objects.filter(email=email).first()
    if person is None:
        return None
    return principal_for(user_id=person.pk, organization_id=organization.pk, request_id="demo_data")


def _revoke_old(principal: Principal) -> None:
    mine = ApiCredential.objects.visible_to(principal).in_force()
    for old in mine.filter(owner_id=principal.user_id, name__in=NAMES.values()):
        revoke_credential(credential_id=old.pk, principal=principal)


def _issue(principal: Principal, wire: Wire) -> dict[str, Any]:
    wish = Wish(name=NAMES[wire], role=principal.role, wire=wire)
    credential, secret = issue_credential(wish=wish, principal=principal)
    return {
        "name": wish.name,
        "role": principal.role.value,
        "wire": wire.value,
        "client_id": str(credential.client_id),
        "secret": secret,
    }
