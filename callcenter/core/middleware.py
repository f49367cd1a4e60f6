"""What wraps every request: its id, its log line, and refusals that no view caught."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_structlog.middlewares.request import RequestMiddleware

from .error_pages import refusal
from .errors import RuleError
from .htmx import wants_partial
from .logs import SECRET_IN_PATH

REQUEST_ID_HEADER = "X-Request-ID"


class RequestLogMiddleware(RequestMiddleware):
    """One line for each request, without its query; every answer names the request's id."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path, without what people search for and secrets (B-40, B-54)."""
        return f"{request.method} {SECRET_IN_PATH.sub(r'\1...', request.path)}"

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Write the line and put the id on the answer."""
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        response.headers.setdefault(REQUEST_ID_HEADER, str(request_id))
        super().handle_response(request, response)


class RefusalMiddleware:
    """Shows a RuleError that a view let through, with its own status (rule 19 of the style)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page, or for htmx a line of words; None leaves everything else to Django."""
        if not isinstance(error, RuleError):
            return None
        if wants_partial(request):
            return render(request, "_refusal.html", {"error": error}, status=error.http_status)
        return refusal(request, error)
