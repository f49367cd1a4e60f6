"""What the tables of the dialect are put together of (wire/oneuptime.md 2.1)."""

from dataclasses import replace
from typing import Any

from .columns import Column, Kind, Relation

WHOLE = "Project Owner", "Project Admin"
ROLES = (*WHOLE, "Project Member")
READ_ALL = "Read All Project Resources"
ITEM, LOG = "Incoming Call Log Item", "Incoming Call Log"
POLICY, RULE = "Incoming Call Policy", "Incoming Call Policy Escalation Rule"
PROJECT, USER, SCHEDULE = "Project", "User", "On-Call Schedule"
PHONE, TEXT, LONG = 30, 100, 500  # characters


def kept() -> tuple[Column, ...]:
    """The columns of every model. What was withdrawn is never seen, so `deletedAt` is null."""
    return (
        Column("_id", Kind.KEY, "id", "Id of the row.", through=True, is_nullable=False),
        Column(
            "createdAt", Kind.DATE, "created_at", "When it was created.", "", "created_at",
            through=True, creates=True, is_nullable=False,
        ),
        Column(
            "updatedAt", Kind.DATE, "updated_at", "When it was last changed.",
            through=True, is_nullable=False,
        ),
        Column("deletedAt", Kind.DATE, "withdrawn_at", "Always null.", through=True),
        Column(
            "version", Kind.NUMBER, "version", "1 at first, and one more with each change.",
            through=True, is_nullable=False,
        ),
    )  # fmt: skip


def project() -> tuple[Column | Relation, ...]:
    """The organisation, which the key decides."""
    return (
        Relation("project", PROJECT, "organization", "projectId", "The organisation."),
        Column(
            "projectId", Kind.OBJECT_ID, "organization__uuid", "Id of the organisation.",
            through=True, is_nullable=False,
        ),
    )  # fmt: skip


def text(name: str, path: str, said: str, longest: int = TEXT, **more: Any) -> Column:
    """A text of at most `longest` characters."""
    return replace(Column(name, Kind.TEXT, path, said, "", path, longest=longest), **more)


def number(name: str, path: str, said: str, **more: Any) -> Column:
    """A whole number of four bytes."""
    return replace(Column(name, Kind.NUMBER, path, said, "", path), **more)


def date(name: str, path: str, said: str, **more: Any) -> Column:
    """A moment."""
    return replace(Column(name, Kind.DATE, path, said, "", path), **more)


def people(creator: str, deleter: str) -> tuple[Column | Relation, ...]:
    """Who created a row, which is told, and who deleted it, which is not."""
    live = "created_by__withdrawn_at"
    return (
        Relation(creator, USER, "created_by", f"{creator}Id", "Who made it.", live, creates=True),
        Column(
            f"{creator}Id", Kind.OBJECT_ID, "created_by_id", "Who created it; null where that"
            " account is nobody who can be rung.", live, "created_by_id", creates=True,
        ),
        Relation(deleter, USER, "", f"{deleter}Id", is_readable=False),
        Column(f"{deleter}Id", Kind.OBJECT_ID, "", is_readable=False),
    )  # fmt: skip


BOTH: dict[str, Any] = {"creates": True, "updates": True}
