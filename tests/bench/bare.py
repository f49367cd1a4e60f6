"""What our pages are compared with: a bare Django view and raw SQL, running the same statements.

The bare view has Django's session, user and CSRF middleware and a template of a dozen lines. It
runs the statements that our page ran, as they were captured, so it shows what all the rest of
our page costs. The raw one is a WSGI function: the same statements through psycopg, then json.
"""

import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import psycopg
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import override_settings
from django.urls import path

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
NOT_COUNTED = re.compile(
    r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET )|set_config\(", re.IGNORECASE
)
OF_MIDDLEWARE = re.compile(
    r'"django_session"|FROM "accounts_user" WHERE "accounts_user"."id" = \d+ LIMIT'
)
NEW_CALL = re.compile(r'^INSERT INTO "calls_calllog" .*RETURNING', re.DOTALL)
TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><p>{{ user }}</p><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>
"""
CELLS = 8


@dataclass
class Script:
    """The statements of one page. `old` are ids and keys in them that each run needs anew."""

    statements: list[str]
    old_key: str = ""
    old_call: str = ""

    @property
    def writes(self) -> bool:
        """Whether it is to run in a transaction."""
        return any(s.startswith(("INSERT", "UPDATE")) for s in self.statements)

    def run(self, execute: Any) -> list[tuple[Any, ...]]:
        """Run all and return the rows of the statement that had the most."""
        most: list[tuple[Any, ...]] = []
        key, call = str(uuid.uuid4()), ""
        for statement in self.statements:
            if self.old_key:
                statement = statement.replace(self.old_key, key)
            if call:
                statement = re.sub(rf"\b{self.old_call}\b", call, statement)
            rows = execute(statement)
            if self.old_call and NEW_CALL.match(statement):
                call = str(rows[0][0])
            if len(rows) > len(most):
                most = rows
        return most


@dataclass
class Stage:
    """The script that the bare view and the raw one play at the moment."""

    script: Script = field(default_factory=lambda: Script([]))


STAGE = Stage()
_template = Engine(debug=False).from_string(TEMPLATE)


def _through_django(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def page(request: HttpRequest) -> HttpResponse:
    """The bare view."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    script = STAGE.script
    if script.writes:
        with transaction.atomic():
            script.run(_through_django)
        return HttpResponse(status=302, headers={"Location": "/"})
    rows = [row[:CELLS] for row in script.run(_through_django)]
    context = Context({"title": "Bare", "user": str(request.user), "rows": rows})
    return HttpResponse(_template.render(context))


urlpatterns = [path("<path:anything>", lambda request, anything: page(request)), path("", page)]


class BareHandler(WSGIHandler):
    """Django with the least middleware and one view."""

    def __init__(self) -> None:
        with override_settings(MIDDLEWARE=MIDDLEWARE):
            super().__init__()

    def get_response(self, request: HttpRequest) -> Any:
        """Answer with the bare view, whatever the address."""
        request.urlconf = __name__
        return super().get_response(request)


class Raw:
    """The statements through one psycopg connection, and json."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        script = STAGE.script
        if script.writes:
            with self._connection.transaction():
                rows = script.run(self._execute)
        else:
            rows = script.run(self._execute)
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(rows, default=str).encode()]

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _execute(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def counted(statements: Iterable[str]) -> list[str]:
    """Those that are counted: not what opens, ends or labels transactions."""
    return [s for s in statements if not NOT_COUNTED.search(s[:200])]


def domain(statements: Iterable[str]) -> list[str]:
    """Those that the bare view runs itself: not those of Django's own middleware."""
    return [s for s in counted(statements) if not OF_MIDDLEWARE.search(s)]


KEY = re.compile(r"'([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})'")


def script_of(statements: Iterable[str], newest_call: int) -> Script:
    """The script of captured statements, with the key and the call that must be new each time.

    `newest_call` is the id of the call that they made, if they made one.
    """
    script = Script(domain(statements))
    for statement in script.statements:
        if "accounts_idempotencyrecord" in statement and (found := KEY.search(statement)):
            script.old_key = found[1]
        if NEW_CALL.match(statement):
            script.old_call = str(newest_call)
    return script
