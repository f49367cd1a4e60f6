"""`{% translate %}` as our templates load it: what Django's says, in each language."""

import pytest
from django.conf import settings
from django.template import Context, Template
from django.templatetags import i18n
from django.utils import translation

from callcenter.core.templatetags import words

SHAPES = (
    "{% translate 'January' %}",
    "{% trans 'January' %}",
    "{% translate 'January' noop %}",
    "{% translate 'January' as month %}<{{ month }}>",
    "{% translate month %}",
    "{% translate 'January'|upper %}",
    "{% translate 'May' context 'abbrev. month' %}",
    "{% translate '100%% <b>' %}",
    "{% translate _('January') %}",
    "{% autoescape off %}{% translate '<' %}{% endautoescape %}{% translate '<' %}",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_it_says_what_djangos_tag_says_in_each_language_however_often(shape: str) -> None:
    djangos, ours = (Template(f"{{% load {name} %}}{shape}") for name in ("i18n", "words"))
    for language in ("en", "de", "en", "fr", "de"):
        with translation.override(language):
            said = [one.render(Context({"month": "January"})) for one in (djangos, ours, ours)]
        assert len(set(said)) == 1


def test_a_text_is_of_the_language_that_is_active() -> None:
    ours = Template("{% load words %}{% translate 'January' %}")
    said = []
    for language in ("de", "en", "de"):
        with translation.override(language):
            said.append(ours.render(Context()))
    assert said == ["Januar", "January", "Januar"]


def test_it_has_all_of_djangos_tags_and_filters() -> None:
    assert set(words.register.tags) == set(i18n.register.tags)
    assert set(words.register.filters) == set(i18n.register.filters)


def test_our_templates_load_it() -> None:
    pages = list((settings.BASE_DIR / "templates").rglob("*.html"))
    assert len(pages) > 100
    assert [page.name for page in pages if "i18n" in page.read_text()] == []
