"""Each guarantee that a model names has a test in which the database refuses."""

from pathlib import Path

from django.apps import apps
from django.db.models import UniqueConstraint

TESTS = Path(__file__).parent


def guarantees() -> set[str]:
    """The constraints of our models; keys that only serve composite foreign keys aside."""
    return {
        constraint.name
        for model in apps.get_models()
        if model.__module__.startswith("callcenter.")
        for constraint in model._meta.constraints
        if not (isinstance(constraint, UniqueConstraint) and "id" in constraint.fields)
    }


def test_every_named_constraint_is_refused_in_a_test() -> None:
    told = "".join(
        path.read_text(encoding="utf-8") for path in TESTS.rglob("test_database_refuses*.py")
    )
    assert {name for name in guarantees() if name not in told} == set()
