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
from .tokens import TOKEN_LIFETIME, AccessToken, AccessTokenQuerySet
from .wallboards import Wallboard, WallboardQuerySet

__all__ = [
    "LINK_LIFETIME",
    "REQUESTS_KEPT",
    "TOKEN_LIFETIME",
    "AccessToken",
    "AccessTokenQuerySet",
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
    "Wallboard",
    "WallboardQuerySet",
    "Wire",
]
