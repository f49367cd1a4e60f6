"""Where the dialects begin: what lies below their prefixes never meets sessions or cookies."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .connect.endpoint import PREFIX, answer
from .oneuptime import endpoint as oneuptime
from .voipnow import endpoint as voipnow
from .voipnow import receiver, tokens


class ApiMiddleware:
    """Answers requests of other systems, and lets the pages' middleware have the rest.

    Prefixes are compared after percent-decoding, without regard to case. A dialect answers
    every path below its prefix, also those that are none of its addresses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info.lower()
        if receiver.is_ours(path):
            return receiver.answer(request)
        if voipnow.is_ours(path):
            return voipnow.answer(request)
        if tokens.is_ours(path):
            return tokens.answer(request)
        if oneuptime.is_ours(path):
            return oneuptime.answer(request)
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            return answer(request)
        return self.get_response(request)
