"""Django's i18n tags, `{% url %}` and `{% static %}`; what every page says alike is looked up once.

Our templates load it in the place of i18n: a page has more than a hundred fixed texts and dozens of
fixed addresses, and a seventh of its time went into looking them up.
"""

from typing import Any, override

from django import template
from django.conf import settings
from django.template import Context
from django.template.base import Node, Parser, Token, Variable
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags import i18n
from django.templatetags.static import StaticNode, do_static
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)
del register.tags["language"]  # within a template the language stays what it is
PLACE = "callcenter.core.words"


class Fixed(Node):
    """A node that says the same in every context, by the language and the addresses in force."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        self.node = node
        self.said: dict[Any, str] = {}

    @override
    def render(self, context: Context) -> str:
        key = context.render_context.get(PLACE), context.autoescape
        if key[0] is None:
            key = _place(), context.autoescape
            context.render_context[PLACE] = key[0]
        if key not in self.said:
            self.said[key] = self.node.render(context)
        return self.said[key]


def _place() -> tuple[Any, ...]:
    """What texts and addresses depend on; none of it changes while a template is rendered."""
    files = settings.STATIC_URL, settings.STORAGES["staticfiles"]["BACKEND"]
    return get_language(), get_script_prefix(), get_urlconf(), settings.ROOT_URLCONF, *files


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """As Django's tag of this name."""
    node = i18n.do_translate(parser, token)
    said = node.filter_expression
    is_plain = not (node.asvar or node.message_context)
    return Fixed(node) if is_plain and _is_literal(said) else node


register.tag("trans", translate)


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """As Django's tag of this name."""
    node: URLNode = django_url(parser, token)
    is_plain = not (node.args or node.kwargs or node.asvar)
    return Fixed(node) if is_plain and _is_literal(node.view_name) else node


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """As Django's tag of this name."""
    node: StaticNode = do_static(parser, token)
    return Fixed(node) if not node.varname and _is_literal(node.path) else node


def _is_literal(said: Any) -> bool:
    """Whether an expression is a text in quotes, as it is."""
    text = said.var.literal if isinstance(said.var, Variable) else said.var
    return isinstance(text, str) and not said.filters
