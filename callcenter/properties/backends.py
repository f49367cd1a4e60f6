"""Signing in, and Django's permission questions answered from the active membership."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from callcenter.accounts.actions import find_person
from callcenter.accounts.models import Role, User

from .access import PERMISSIONS, active_memberships


class DeskBackend(AuthenticationBackend):
    """Signs in by e-mail, loads the person with the memberships, grants what the role grants."""

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        """The person with this one address, whatever its case; one statement, found or not."""
        person: User | None = self._check_password(find_person(email), password)
        return person

    def get_user(self, user_id: Any) -> User | None:
        """The active person, with `memberships_now` filled: one query for members of anything."""
        memberships = active_memberships(int(user_id))
        if memberships:
            user: User = memberships[0].user
        else:
            found = User.objects.filter(pk=user_id, is_active=True).first()
            if found is None:
                return None
            user = found
        user.memberships_now = memberships
        return user

    def get_all_permissions(
        self, user_obj: User | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        """The words of the role; none without an active membership."""
        if not isinstance(user_obj, User) or user_obj.active_membership is None:
            return set()
        return set(PERMISSIONS[Role(user_obj.active_membership.role)])

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        """Whether the role grants `perm`."""
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        """Whether some permission of the app is granted."""
        words = self.get_all_permissions(user_obj)
        return any(word.startswith(f"{app_label}.") for word in words)
