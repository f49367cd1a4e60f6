"""`migrate` as the role that owns the tables, which the app's own role does not."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from callcenter.core.together import Executor


class Command(migrate.Command):
    """Django's command over MIGRATE_DATABASE_URL; the app's role may not alter a table."""

    def handle(self, *args: Any, **options: Any) -> None:
        vars(migrate)["MigrationExecutor"] = Executor  # Django asks its module for it
        connection = connections[options["database"]]
        connection.close()
        mine = dict(connection.settings_dict)
        connection.settings_dict.update(settings.MIGRATE_DATABASE)
        try:
            super().handle(*args, **options)
        finally:
            connection.close()
            connection.settings_dict.update(mine)
