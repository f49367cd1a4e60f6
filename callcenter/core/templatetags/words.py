"""Django's i18n tags; a text without variables is looked up once for each language.

Our templates load it in the place of i18n: a page has more than a hundred such texts, and nearly a
tenth of its time went into looking them up.
"""

from typing import Any

from django import template
from django.template import Context
from django.template.base import Node, Parser, Token, Variable
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Words(Node):
    """What a `{% translate %}` of a fixed text says, by the language that is active."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.node = node
        self.said: dict[Any, str] = {}

    def render(self, context: Context) -> str:
        """The text; the same for every context."""
        key = get_language(), context.autoescape
        if key not in self.said:
            self.said[key] = self.node.render(context)
        return self.said[key]


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """As Django's tag of this name."""
    node = i18n.do_translate(parser, token)
    return Words(node) if _is_fixed(node) else node


register.tag("trans", translate)


def _is_fixed(node: i18n.TranslateNode) -> bool:
    """Whether it says a literal, as it is, where it stands."""
    said = node.filter_expression
    text = said.var.literal if isinstance(said.var, Variable) else None
    return isinstance(text, str) and not (said.filters or node.asvar or node.message_context)
