"""Migrations that render the models once for many operations and not once for each.

Nine tenths of the time of `migrate` over an empty database go into model classes that Django
makes anew after each constraint, index and trigger, with all models that are related to theirs.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

# Neighbours of one kind do not look at what the others of them change. A model and its
# constraint are of two kinds: made from a state that knows both, the table would have it twice.
MODELS, FIELDS, OPTIONS, NO_TRIGGERS = "models", "fields", "options", "no triggers"
KINDS: dict[type[Operation], str] = {
    CreateModel: MODELS,
    AddField: FIELDS,
    AddConstraint: OPTIONS,
    AddIndex: OPTIONS,
    AddTrigger: OPTIONS,
    RemoveTrigger: NO_TRIGGERS,
}


class Together(Operation):
    """Operations of one kind, forwards only."""

    def __init__(self, kind: str, operations: list[Any]) -> None:
        self.kind = kind
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change the state by all of them, then render what they touched."""
        rendered = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            # as Django renders after each: what has new fields with all that leads there
            state.reload_models(self._touched(app_label), delay=self.kind not in {MODELS, FIELDS})

    def _touched(self, app_label: str) -> list[tuple[str, str]]:
        names = (op.name if self.kind == MODELS else op.model_name for op in self.operations)
        return [(app_label, name.lower()) for name in names]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Do the same to the database, in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)


def together(operations: Iterable[Operation]) -> list[Operation]:
    """The same operations, neighbours of one kind as one."""
    made: list[Operation] = []
    for kind, found in groupby(operations, lambda operation: KINDS.get(type(operation))):
        neighbours = list(found)
        made += [Together(kind, neighbours)] if kind and neighbours[1:] else neighbours
    return made


class Executor(MigrationExecutor):
    """Django's executor, which renders less often where nothing was migrated before.

    A database that holds somebody's rows is migrated as Django does it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_first = not self.loader.applied_migrations

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,  # noqa: FBT001, FBT002 (Django's)
        fake_initial: bool = False,  # noqa: FBT001, FBT002 (Django's)
    ) -> ProjectState:
        """Run a migration forwards; `fake_initial` looks at its operations and keeps them."""
        if self.is_first and not fake_initial:
            vars(migration)["operations"] = together(migration.operations)
        return super().apply_migration(state, migration, fake, fake_initial)
