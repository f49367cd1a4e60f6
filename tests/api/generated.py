"""What tests by generated requests share; the fixture `unhurried` belongs to them."""

from collections.abc import Callable, Iterable
from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from callcenter.api.dialects import Dialect
from callcenter.api.openapi import document

type App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# no 5xx, no HTML, no answer outside the schema
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
lasting = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Counted:
    """The application, with the number of requests that it was asked."""

    def __init__(self) -> None:
        self.app: App = get_wsgi_application()
        self.calls = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.calls += 1
        return self.app(environ, start)


def loaded(
    app: Counted, max_examples: int, *, dialect: Dialect, covers: bool = True
) -> OpenApiSchema:
    """The document as schemathesis reads it; every run asks the same.

    `covers` adds the systematic requests to the random ones. The credential is always ours: how
    it is asked for is a check of its own.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": 20261124,
            "phases": {"coverage": {"enabled": covers}},
            "generation": {
                "max-examples": max_examples,
                "deterministic": True,
                "database": "none",
                "no-shrink": True,
                "with-security-parameters": False,
            },
        }
    )
    schema = schemathesis.openapi.from_dict(document(dialect), config=config)
    schema.app = app
    return schema
