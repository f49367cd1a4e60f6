"""Who acts, and what that one may see and do: computed here and nowhere else (design.md 6)."""

from dataclasses import dataclass, field
from typing import Literal

from callcenter.accounts.models import Role

type Kind = Literal["session", "credential", "task"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The one on whose behalf rows are read and written, fixed for one request or chunk.

    `property_ids` is None for all of the organisation. `permissions` are Django's words
    ("calls.change_reason"). `user_id` is None only for the system itself.
    """

    organization_id: int
    user_id: int | None
    membership_id: int | None
    credential_id: int | None
    role: Role
    permissions: frozenset[str] = field(repr=False)
    property_ids: frozenset[int] | None = field(repr=False)
    members_see_unplaced: bool
    request_id: str
    kind: Kind

    @property
    def manages(self) -> bool:
        """Whether this is an owner or an admin: sees all, administers, imports."""
        return self.role in (Role.OWNER, Role.ADMIN)

    def may(self, permission: str) -> bool:
        """Whether the role grants `permission`, in Django's words."""
        return permission in self.permissions

    def may_place_at(self, property_id: int | None) -> bool:
        """Whether rows at this property (None: at no place) may be written."""
        return property_id is None or self.property_ids is None or property_id in self.property_ids

    @classmethod
    def system(cls, organization_id: int, request_id: str = "") -> "Principal":
        """Housekeeping of one organisation; only `tasks.py` files may ask for it (linted)."""
        return cls(
            organization_id=organization_id,
            user_id=None,
            membership_id=None,
            credential_id=None,
            role=Role.ADMIN,
            permissions=frozenset(),
            property_ids=None,
            members_see_unplaced=True,
            request_id=request_id,
            kind="task",
        )
