"""A page with the real scripts and styles under the real policy, but without a server."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.csp import build_policy
from playwright.sync_api import Page, Request, Route

from callcenter.core.templatetags.times import time_words

ORIGIN = "http://desk.test"
HEAD = """<!doctype html><html lang="en" data-theme="light"{attributes}><head><title>Stage</title>
<meta name="htmx-config" content='{{"allowEval": false, "includeIndicatorStyles": false,
 "responseHandling": [{{"code": "[23]..", "swap": true}}, {{"code": "409|422", "swap": true}},
 {{"code": "[45]..", "swap": false, "error": true}}]}}'>
<link rel="stylesheet" href="/static/vendor/bootstrap-5.3.9/bootstrap.min.css">
{sheets}
<script src="/static/django_htmx/htmx-2.min.js" defer></script>
<script src="/static/js/app.js" type="module"></script></head>
<body data-busy="saving…" data-times='{times}' data-sign-in="/accounts/login/">
<main id="main">"""
SHEETS = "".join(
    f'<link rel="stylesheet" href="/static/css/{name}.css">'
    for name in ("tokens", "base", "frame", "controls", "parts", "rows", "media")
)
TAIL = """</main>{sheet}{notices}
<div class="visually-hidden" id="announce" role="status"></div></body></html>"""

Answer = Callable[[Request], dict[str, Any]]


class Stage:
    """Pages of ORIGIN: static files from the disk, other answers as the test says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers: dict[str, Answer] = {}
        self.asked: list[Request] = []
        page.route(f"{ORIGIN}/**", self._answer)

    def show(self, body: str, *, attributes: str = "") -> None:
        """Open a page with this in its main element."""
        times = time_words().replace("'", "&#39;")
        head = HEAD.format(attributes=attributes, sheets=SHEETS, times=times)
        context: dict[str, Any] = {}
        tail = TAIL.format(
            sheet=render_to_string("_sheet.html", context),
            notices=render_to_string("_notices.html", context),
        )
        policy = build_policy(settings.SECURE_CSP)
        self.answers["/"] = lambda _: {
            "body": head + body + tail,
            "content_type": "text/html; charset=utf-8",
            "headers": {"content-security-policy": policy},
        }
        self.page.goto(f"{ORIGIN}/")

    def sent(self, path: str) -> int:
        """How many requests for this path came."""
        return sum(request.url == f"{ORIGIN}{path}" for request in self.asked)

    def _answer(self, route: Route, request: Request) -> None:
        path = request.url.removeprefix(ORIGIN).partition("?")[0].partition("#")[0]
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            route.fulfill(path=str(found)) if found else route.fulfill(status=404)
            return
        self.asked.append(request)
        if path not in self.answers:
            route.fulfill(status=200, body=f"<title>{path}</title>", content_type="text/html")
        else:
            route.fulfill(**self.answers[path](request))
