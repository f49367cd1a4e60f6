"""Accounts, a file for each noun."""

from .credentials import (
    REQUESTS_KEPT,
    ApiCredential,
    ApiCredentialQuerySet,
    ApiRequest,
    ApiRequestQuerySet,
    ApiUse,
    SinglePermission,
    Wire,
)
from .links import LINK_LIFETIME, OneTimeLink, OneTimeLinkKind, OneTimeLinkQuerySet
from .people import (
    Availability,
    Density,
    Manager,
    Membership,
    MembershipQuerySet,
    Organization,
    Role,
    Theme,
    User,
    UserManager,
)
from .records import IdempotencyRecord, LoginThrottle

__all__ = [
    "LINK_LIFETIME",
    "REQUESTS_KEPT",
    "ApiCredential",
    "ApiCredentialQuerySet",
    "ApiRequest",
    "ApiRequestQuerySet",
    "ApiUse",
    "Availability",
    "Density",
    "IdempotencyRecord",
    "LoginThrottle",
    "Manager",
    "Membership",
    "MembershipQuerySet",
    "OneTimeLink",
    "OneTimeLinkKind",
    "OneTimeLinkQuerySet",
    "Organization",
    "Role",
    "SinglePermission",
    "Theme",
    "User",
    "UserManager",
    "Wire",
]
