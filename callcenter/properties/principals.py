"""Who acts: the one value that every read and write of scoped data starts from (design.md 4)."""

from dataclasses import dataclass, field
from typing import Literal

from callcenter.accounts.models import Organization, Role

type Kind = Literal["session", "credential", "task", "wallboard"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The one on whose behalf rows are read and written, fixed for one request or chunk.

    `property_ids` is None for all of the organisation. `permissions` are Django's words
    ("calls.change_reason"). `user_id` is None only for the system itself. `user_name` is the
    name as it is written into history; `organization` is there for its zone, region and switches.
    `is_narrowed` is a credential with a property set: calls without a place are never its concern.
    """

    organization_id: int
    user_id: int | None
    membership_id: int | None
    credential_id: int | None
    role: Role
    permissions: frozenset[str] = field(repr=False)
    property_ids: frozenset[int] | None = field(repr=False)
    request_id: str
    kind: Kind
    user_name: str = field(repr=False)
    organization: Organization = field(repr=False, compare=False)
    is_narrowed: bool = False

    @property
    def manages(self) -> bool:
        """Whether this is an owner or an admin: sees all, administers, imports."""
        return self.role in (Role.OWNER, Role.ADMIN)

    def may(self, permission: str) -> bool:
        """Whether the role grants `permission`, in Django's words."""
        return permission in self.permissions

    @classmethod
    def system(cls, organization: Organization, request_id: str = "") -> "Principal":
        """Housekeeping of one organisation; only `tasks.py` files may ask for it (linted)."""
        return cls(
            organization_id=organization.pk,
            user_id=None,
            membership_id=None,
            credential_id=None,
            role=Role.ADMIN,
            permissions=frozenset(),
            property_ids=None,
            request_id=request_id,
            kind="task",
            user_name="",
            organization=organization,
        )
