"""HTML written by Python: as `format_html` writes it."""

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from callcenter.core.markup import markup

HOSTILE = '<b>"it\'s" & more</b>'
WORDS = ["plain", HOSTILE, SafeString("<b>&</b>"), 7, None, gettext_lazy("Call"), ""]


@pytest.mark.parametrize("word", WORDS, ids=repr)
def test_words_are_escaped_as_by_format_html(word: object) -> None:
    said = markup('<td title="{}">{}</td>', word, "x")
    assert said == format_html('<td title="{}">{}</td>', word, "x")
    assert isinstance(said, SafeString)
