"""The picture of the layers, and the habits that hold it up, as tests."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from callcenter.core.audit import AuditEvent

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "callcenter"
LAYERS = [
    *("core", "outbox", "accounts", "properties", "telephony", "calls", "escalations", "imports"),
    *("desk", "demo", "api", "stream"),
]
OUTSIDE = {"embedded"}  # servers for development and tests; imports nothing of the others
ROOT_MODULES = {"settings", "urls", "celery", "wsgi"}
DECLARED = {
    "django": "django",
    "django-htmx": "django_htmx",
    "django-filter": "django_filters",
    "psycopg": "psycopg",
    "celery": "celery",
}
SCOPED = {
    *("Property", "Unit", "Resident", "ResidentPhone", "PropertyLink"),
    *("Status", "Reason", "CallLog", "CallLogReason", "Comment", "Callback", "Draft", "Attachment"),
    *("SavedView", "ExportRecord", "HandledMissedCall"),
    *("DecisionCard", "CardQuestion", "CardReply", "CardAnswer"),
    *("ReasonSet", "Snippet"),
    *("WaitingFile", "Wallboard"),
    *("BuildingEvent", "EventLine", "EventCall"),
    *("Responder", "ResponderLine", "Schedule", "ScheduleTurn", "ScheduleOverride"),
    *("Policy", "Rule", "Escalation", "EscalationItem", "Finding", "NightCheck"),
    *("Extension", "Upstream", "PhoneCall", "PhoneCallParty", "PhoneCallEvent"),
    *("ImportSource", "ImportRun", "ImportLine", "SourceRow"),
}
EDGES = {"views", "admin", "forms", "filters", "tasks"}
NARROWING = {"visible_to", "visible_on_pages_to", "visible_with_withdrawn_to", "none"}
ORM_VERBS = {
    *("filter", "exclude", "annotate", "alias", "get", "order_by", "update", "create", "Q"),
    *("get_or_create", "update_or_create", "values", "values_list", "aggregate"),
}


def sources(*folders: Path) -> Iterator[Path]:
    """Our Python files, without migrations."""
    for folder in folders or (PACKAGE,):
        for path in sorted(folder.rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Modules of ours that a file imports, in whatever form, as dotted names."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            stem = ".".join([*base, node.module or ""]) if node.level else (node.module or "")
            yield from (f"{stem.rstrip('.')}.{alias.name}" for alias in node.names)


def apps_imported_by(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("callcenter.")}


def test_every_app_is_in_the_picture() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders == {*LAYERS, *OUTSIDE}


@pytest.mark.parametrize("app", LAYERS)
def test_an_app_imports_only_itself_and_the_layers_below(app: str) -> None:
    allowed = {*LAYERS[: LAYERS.index(app) + 1]}
    for path in sources(PACKAGE / app):
        assert apps_imported_by(path) <= allowed, named(path)


def test_the_servers_for_development_know_nothing_of_the_apps() -> None:
    for path in sources(PACKAGE / "embedded"):
        assert apps_imported_by(path) <= OUTSIDE, named(path)


def test_every_foreign_key_points_to_the_same_layer_or_a_lower_one() -> None:
    for model in apps.get_models():
        if not model.__module__.startswith("callcenter."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, models.ForeignKey) else None
            if target is not None and target.__module__.startswith("callcenter."):
                here, there = model._meta.app_label, target._meta.app_label
                assert LAYERS.index(there) <= LAYERS.index(here), (model, field.name)


def test_every_foreign_key_says_what_it_is_called_from_the_other_side() -> None:
    for model in apps.get_models():
        if not model.__module__.startswith("callcenter.") or issubclass(model, AuditEvent):
            continue
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey):
                assert field.remote_field.related_name, (model, field.name)


def test_nothing_is_deleted_with_another_row_but_its_parts() -> None:
    """PROTECT everywhere; what goes with its parent is listed here (rule 13)."""
    parts = {
        ("OneTimeLink", "organization"),
        ("ResidentPhone", "resident"),
        ("RememberedNumber", "phone"),  # set to null: the act stays
        ("PropertyLink", "membership"),
        ("ImportLine", "run"),
        ("Draft", "user"),
        ("Presence", "user"),
        ("DecisionCard", "reason"),
        ("CardQuestion", "card"),
        ("WaitingFile", "user"),
        ("ApiUse", "credential"),
        ("AccessToken", "credential"),
        ("ApiRequest", "credential"),
        ("CredentialProperty", "credential"),
    }
    cascading = {
        (model.__name__, field.name)
        for model in apps.get_models()
        if model.__module__.startswith("callcenter.") and not issubclass(model, AuditEvent)
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and not model._meta.auto_created
        and field.remote_field.on_delete is not models.PROTECT
    }
    assert cascading <= parts


def test_the_top_level_and_the_packages_are_as_asked_and_used() -> None:
    top = {path.name for path in ROOT.iterdir()}
    assert {"manage.py", "pyproject.toml", "README.md"} <= top
    assert {"callcenter", "templates", "static", "tests"} <= top
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = {_name(line) for line in project["dependencies"]}
    assert set(DECLARED) <= runtime
    assert "pytest-django" in {_name(line) for line in project["optional-dependencies"]["dev"]}
    used = {name.split(".")[0] for path in sources() for name in imported(path)}
    used |= {name.split(".")[0] for name in settings.INSTALLED_APPS}
    assert set(DECLARED.values()) <= used
    in_tests = {name.split(".")[0] for path in sources(ROOT / "tests") for name in imported(path)}
    assert "pytest_django" in in_tests


def _name(requirement: str) -> str:
    return requirement.split("[")[0].split(">")[0].split("<")[0].split("=")[0].strip()


def test_no_import_hides_in_a_function() -> None:
    for path in sources():
        for function in ast.walk(tree_of(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden = [
                    n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)
                ]
                assert not hidden, f"{named(path)}:{function.lineno}"


def test_no_file_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "constants", "misc", "signals", "services"}
    assert not [named(path) for path in sources() if path.stem in drawers]


def test_b02_what_faces_people_reads_scoped_rows_only_through_the_principal() -> None:
    """`Model.objects` of a scoped model is followed by `visible_to` in views, admin and tasks."""
    for path in sources():
        if path.stem not in EDGES and path.parent.name not in EDGES:
            continue
        tree = tree_of(path)
        narrowed = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in NARROWING
        }
        for node in ast.walk(tree):
            if _is_manager_of_scoped(node):
                assert id(node) in narrowed, f"{named(path)}:{getattr(node, 'lineno', 0)}"


def _is_manager_of_scoped(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and isinstance(node.value, ast.Name)
        and node.value.id in SCOPED
    )


def test_b02_nobody_looks_a_scoped_model_up_by_its_class() -> None:
    lookups = {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                by_class = node.func.id in lookups and isinstance(first, ast.Name)
                assert not (by_class and first.id in SCOPED), (  # type: ignore[union-attr]
                    f"{named(path)}:{node.lineno}"
                )


def test_c33_no_request_is_unpacked_into_the_orm() -> None:
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and _verb(node.func) in ORM_VERBS:
                unpacked = [k.value for k in node.keywords if k.arg is None]
                unpacked += [a.value for a in node.args if isinstance(a, ast.Starred)]
                for value in unpacked:
                    assert not _mentions_request(value), f"{named(path)}:{node.lineno}"


def _verb(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _mentions_request(value: ast.expr) -> bool:
    sent = {"GET", "POST", "FILES", "headers", "META", "COOKIES", "body"}
    return any(isinstance(n, ast.Attribute) and n.attr in sent for n in ast.walk(value))


def test_c33_the_rule_sees_what_it_forbids() -> None:
    planted = ast.parse("rows.filter(**request.GET.dict())").body[0]
    assert isinstance(planted, ast.Expr)
    assert isinstance(planted.value, ast.Call)
    assert _mentions_request(planted.value.keywords[0].value)


def test_only_tasks_act_for_the_system() -> None:
    for path in sources():
        if path.stem == "tasks" or path.parent.name == "tasks":
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr == "system":
                assert ast.unparse(node.value) != "Principal", f"{named(path)}:{node.lineno}"


# Where every error becomes an answer in the dialect, and an unforeseen one a line in the log.
FUNNELS = {"callcenter/api/answering.py"}


def test_no_error_is_swallowed_without_its_name() -> None:
    """`except Exception` hides bugs as if they were refusals (rule 19), unless it raises again."""
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ExceptHandler):
                caught = node.type.id if isinstance(node.type, ast.Name) else ""
                broad = node.type is None or caught in {"Exception", "BaseException"}
                again = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                known = named(path) in FUNNELS
                assert again or known or not broad, f"{named(path)}:{node.lineno}"
