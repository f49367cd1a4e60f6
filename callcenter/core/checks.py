"""What is refused at start: secrets, hosts, folders and database settings that are not safe.

`manage.py check --deploy` shows all of them; `manage.py serve` and the worker run them, the
database ones included, and do not start on an error (B-56, B-57).
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.core.checks.registry import registry
from django.core.management.base import SystemCheckError
from django.db import connections

SHORTEST_SECRET = 50
FEWEST_SIGNS = 8
SAFE_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


@register()
def check_secrets(*, app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Outside development: a long random SECRET_KEY, and no wildcard host."""
    if settings.DEBUG:
        return []
    found: list[CheckMessage] = []
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_SIGNS:
            hint = f"Set SECRET_KEY to at least {SHORTEST_SECRET} random characters."
            found.append(Error("The secret key is weak.", hint=hint, id="callcenter.E001"))
    if any("*" in host for host in settings.ALLOWED_HOSTS):
        hint = "Name the hosts in ALLOWED_HOSTS, separated by commas."
        found.append(Error("Any host is allowed.", hint=hint, id="callcenter.E002"))
    if not settings.ALLOWED_HOSTS:
        hint = "Name the hosts in ALLOWED_HOSTS, separated by commas."
        found.append(Error("No host is allowed.", hint=hint, id="callcenter.E003"))
    return found


@register()
def check_folders(*, app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Folders of uploaded files lie outside all that is served, and can be written (B-16)."""
    served = [settings.STATIC_ROOT, settings.MEDIA_ROOT, *settings.STATICFILES_DIRS]
    roots = [Path(root).resolve() for root in served if root]
    found: list[CheckMessage] = []
    for name in ("IMPORT_DIRECTORY", "ATTACHMENT_DIRECTORY"):
        folder = Path(getattr(settings, name)).resolve()
        if any(folder.is_relative_to(root) for root in roots):
            hint = f"Let {name} name a folder outside STATIC_ROOT and static/."
            found.append(Error("Uploaded files would be served.", hint=hint, id="callcenter.E006"))
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            hint = f"Let {name} name a folder that this user may write."
            said = "There is no place for uploaded files."
            found.append(Error(said, hint=hint, id="callcenter.E007"))
    return found


@register(Tags.database)
def check_database(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Outside development: a database that keeps what it acknowledged."""
    if settings.DEBUG:
        return []
    return [message for alias in databases or [] for message in _check_one(alias)]


def _check_one(alias: str) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(SAFE_SETTINGS)]
        )
        for name, value in cursor.fetchall():
            if value in ("off", "local"):
                said = f"The database setting {name} is {value}: an acknowledged call can be lost."
                hint = f"Set {name} to on."
                found.append(Error(said, hint=hint, id="callcenter.E004"))
        cursor.execute("SHOW server_encoding")
        if cursor.fetchone() != ("UTF8",):
            found.append(Error("The database is not in UTF8.", id="callcenter.E005"))
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE tablename = 'calls_comment'"
            " AND pg_has_role(current_user, tableowner, 'MEMBER')"
        )
        if cursor.fetchone() != (0,):
            hint = "Let DATABASE_URL name a role without tables, MIGRATE_DATABASE_URL their owner."
            said = "The app signs in as the owner of the tables, who can switch triggers off."
            found.append(Warning(said, hint=hint, id="callcenter.W001"))
    return found


def refuse_unsafe_start() -> None:
    """Run every check, those of the database too; SystemCheckError when one is an error."""
    messages = registry.run_checks(databases=list(connections), include_deployment_checks=False)
    errors = [message for message in messages if message.is_serious()]
    if errors:
        raise SystemCheckError("\n".join(str(message) for message in errors))
