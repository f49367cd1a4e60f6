"""Migrations that render less often do what Django's would have done."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    Migration,
    RunSQL,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from pgtrigger import registered

from callcenter.core.management.commands.migrate import Command
from callcenter.core.together import Executor, Together, together

CARD = CreateModel("Card", [("id", models.AutoField(primary_key=True))])
LINE = CreateModel("Line", [("id", models.AutoField(primary_key=True))])
TEXT = AddField("Card", "text", models.TextField(default=""))
NAME = AddField("Line", "name", models.TextField(default=""))
SAID = AddConstraint("Card", models.CheckConstraint(condition=~models.Q(text=""), name="said"))
FOUND = AddIndex("Card", models.Index(fields=["text"], name="found"))
WORDS = RunSQL("SELECT 1")


def parts(operations: list[Operation]) -> list[list[Operation]]:
    """What is done together, in its order."""
    made = together(operations)
    return [each.operations if isinstance(each, Together) else [each] for each in made]


def test_neighbours_of_one_kind_are_done_together_and_nothing_else() -> None:
    assert parts([CARD, LINE, SAID, FOUND, WORDS, TEXT, NAME]) == [
        [CARD, LINE],
        [SAID, FOUND],
        [WORDS],
        [TEXT, NAME],
    ]
    assert parts([SAID, WORDS, FOUND]) == [[SAID], [WORDS], [FOUND]]
    assert together([]) == []


def test_a_model_is_never_made_with_its_constraints_to_come() -> None:
    assert parts([CARD, SAID, LINE]) == [[CARD], [SAID], [LINE]]
    assert parts([CARD, FOUND, LINE]) == [[CARD], [FOUND], [LINE]]


@pytest.mark.parametrize("is_rendered", [False, True])
def test_the_state_is_the_same_and_rendered_once(*, is_rendered: bool) -> None:
    operations = [CARD, LINE, TEXT, NAME, SAID, FOUND]
    usual, ours = ProjectState(), ProjectState()
    assert not is_rendered or ours.apps
    for operation in operations:
        operation.state_forwards("core", usual)
    for operation in together(operations):
        operation.state_forwards("core", ours)
    assert ours == usual
    assert ("apps" in ours.__dict__) == is_rendered
    card = ours.apps.get_model("core", "Card")._meta
    assert [field.name for field in card.get_fields()] == ["id", "text"]
    assert [rule.name for rule in (*card.constraints, *card.indexes)] == ["said", "found"]


@pytest.mark.django_db
def test_all_migrations_lead_to_the_models() -> None:
    executor = MigrationExecutor(connection)
    ours = ProjectState(real_apps=executor.loader.unmigrated_apps)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    assert len(plan) > 50
    for migration, _ in plan:
        for operation in together(migration.operations):
            operation.state_forwards(migration.app_label, ours)
    detector = Command.autodetector(ours, ProjectState.from_apps(apps))
    assert detector.changes(executor.loader.graph) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(("applied", "is_first"), [({}, True), ({("core", "0001"): None}, False)])
def test_only_a_database_without_any_is_migrated_so(
    applied: dict[tuple[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_first: bool,
) -> None:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _: applied)
    monkeypatch.setattr(MigrationExecutor, "apply_migration", lambda _, state, *_args: state)
    migration = Migration("0001", "core")
    vars(migration)["operations"] = [CARD, LINE]
    for fake_initial in (True, False):
        Executor(connection).apply_migration(ProjectState(), migration, fake_initial=fake_initial)
        made = [type(operation) for operation in migration.operations]
        assert made == ([Together] if is_first and not fake_initial else [CreateModel] * 2)


@pytest.mark.django_db
def test_the_database_has_every_field_constraint_index_and_trigger_of_the_models() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger")
        triggers = set(cursor.fetchall())
        for model in apps.get_models(include_auto_created=True):
            meta = model._meta
            if meta.proxy or not meta.managed:
                continue
            table = meta.db_table
            columns = {
                c.name for c in connection.introspection.get_table_description(cursor, table)
            }
            assert {field.column for field in meta.local_concrete_fields} == columns, table
            found = connection.introspection.get_constraints(cursor, table)
            named = {rule.name for rule in (*meta.constraints, *meta.indexes)}
            assert named <= found.keys(), table
    wanted = {(model._meta.db_table, trigger.get_pgid(model)) for model, trigger in registered()}
    assert len(wanted) > 50
    assert wanted <= triggers
