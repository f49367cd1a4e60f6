"""The documents of the dialects: for people and for machines, for everybody, the same for all."""

from functools import cache
from typing import Any

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .connect.dialect import CONNECT
from .dialects import Dialect
from .oneuptime.dialect import ONEUPTIME
from .openapi import document
from .reading import page_of
from .voipnow.dialect import VOIPNOW


@login_not_required
@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    """The dialect `connect` for people."""
    return _readable(request, CONNECT)


@login_not_required
@require_safe
def connect_openapi(_request: HttpRequest) -> HttpResponse:
    """The dialect `connect` for machines: OpenAPI 3.1."""
    return _for_machines(CONNECT)


@login_not_required
@require_safe
def oneuptime(request: HttpRequest) -> HttpResponse:
    """The dialect `oneuptime` for people."""
    return _readable(request, ONEUPTIME)


@login_not_required
@require_safe
def oneuptime_openapi(_request: HttpRequest) -> HttpResponse:
    """The dialect `oneuptime` for machines: OpenAPI 3.1."""
    return _for_machines(ONEUPTIME)


@login_not_required
@require_safe
def voipnow(request: HttpRequest) -> HttpResponse:
    """The dialect `voipnow` for people."""
    return _readable(request, VOIPNOW)


@login_not_required
@require_safe
def voipnow_openapi(_request: HttpRequest) -> HttpResponse:
    """The dialect `voipnow` for machines: OpenAPI 3.1."""
    return _for_machines(VOIPNOW)


def _readable(request: HttpRequest, dialect: Dialect) -> HttpResponse:
    context = {**_page(dialect), "openapi": f"docs:{dialect.name}_openapi"}
    return render(request, "api/dialect.html", context)


def _for_machines(dialect: Dialect) -> HttpResponse:
    return HttpResponse(_json(dialect), content_type="application/json; charset=utf-8")


@cache
def _json(dialect: Dialect) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document(dialect)), indent=1)


@cache
def _page(dialect: Dialect) -> dict[str, Any]:
    return page_of(dialect, document(dialect))
