"""HTML written by Python where a page has hundreds of cells."""

from html import escape

from django.utils.safestring import SafeString


def markup(shape: str, *words: object) -> SafeString:
    """`shape` with these words in its places, escaped unless they are SafeStrings.

    As Django's `format_html`, at a third of its cost: it knows no other objects that say they are
    safe, and no words by name.
    """
    return SafeString(shape.format(*map(_safe, words)))


def _safe(word: object) -> str:
    return word if isinstance(word, SafeString) else escape(str(word))
