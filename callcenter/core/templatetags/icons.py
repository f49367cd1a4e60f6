"""Icons of the vendored sprite, and statuses drawn with them.

Tags of Python on purpose: a list shows more than a hundred of them, and an include each takes
longer than all the rest of the page.
"""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

from callcenter.core.markup import markup

register = template.Library()

SHAPES = {"closed": "check-circle", "waiting": "pause-circle"}
OPEN_SHAPE = "circle"


@register.simple_tag
@lru_cache(maxsize=256, typed=True)
def icon(name: str) -> SafeString:
    """The decorative picture `name`; the word beside it carries the meaning."""
    shape = '<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>'
    return markup(shape, static("img/sprite.svg"), name)


@register.simple_tag
@lru_cache(maxsize=1024, typed=True)
def status(name: str, kind: str) -> SafeString:
    """A status: its word, and a shape by its kind (open, waiting, closed), never a colour."""
    shape = icon(SHAPES.get(kind, OPEN_SHAPE))
    return markup('<span class="status">{}<span>{}</span></span>', shape, name)
