"""Our templates' `{% translate %}`, `{% url %}` and `{% static %}` say what Django's say."""

from collections.abc import Callable, Mapping

import pytest
from django.conf import settings
from django.template import Context, Template
from django.templatetags import i18n
from django.test import override_settings
from django.urls import NoReverseMatch, set_script_prefix
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


def says(shape: str, library: str) -> Callable[[Mapping[str, str]], set[str]]:
    """What Django's tag of this library says and what ours says twice, of a context."""
    djangos, ours = (Template(f"{{% load {name} %}}{shape}") for name in (library, "words"))
    return lambda context: {one.render(Context(context)) for one in (djangos, ours, ours)}


@pytest.mark.parametrize("shape", SHAPES)
def test_it_says_what_djangos_tag_says_in_each_language_however_often(shape: str) -> None:
    said = says(shape, "i18n")
    for language in ("en", "de", "en", "fr", "de"):
        with translation.override(language):
            assert len(said({"month": "January"})) == 1


def test_a_text_is_of_the_language_that_is_active() -> None:
    ours = Template("{% load words %}{% translate 'January' %}")
    said = []
    for language in ("de", "en", "de"):
        with translation.override(language):
            said.append(ours.render(Context()))
    assert said == ["Januar", "January", "Januar"]


@pytest.mark.parametrize(
    "shape",
    [
        "{% url 'calls:list' %}",
        "{% url 'calls:detail' 7 %}",
        "{% url 'calls:detail' pk=7 %}",
        "{% url name %}",
        "{% url 'calls:'|add:'due' %}",
        "{% url 'calls:list' as here %}<{{ here }}>",
        "{% url 'no:such' as here %}<{{ here }}>",
    ],
)
def test_an_address_is_djangos_under_each_prefix(shape: str) -> None:
    said = says(shape, "i18n")
    try:
        for prefix in ("/", "/desk/", "/"):
            set_script_prefix(prefix)
            [address] = said({"name": "calls:list"})
            assert address.strip("<>") == "" or address.strip("<").startswith(prefix)
    finally:
        set_script_prefix("/")


def test_an_address_that_is_not_there_is_an_error_each_time() -> None:
    ours = Template("{% load words %}{% url 'no:such' %}")
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            ours.render(Context())


@pytest.mark.parametrize(
    "shape",
    [
        "{% static 'img/mark.svg' %}",
        "{% static name %}",
        "{% static 'img/'|add:name %}",
        "{% static 'img/mark.svg' as here %}<{{ here }}>",
    ],
)
def test_a_file_is_where_django_says_with_each_storage(shape: str) -> None:
    said = says(shape, "static")
    for place in ("/static/", "/elsewhere/", "/static/"):
        with override_settings(STATIC_URL=place):
            [address] = said({"name": "mark.svg"})
        assert address.strip("<").startswith(place)


def test_it_has_all_of_djangos_tags_and_filters() -> None:
    assert set(words.register.tags) == set(i18n.register.tags) - {"language"} | {"url", "static"}
    assert set(words.register.filters) == set(i18n.register.filters)


def test_our_templates_load_it() -> None:
    pages = list((settings.BASE_DIR / "templates").rglob("*.html"))
    assert len(pages) > 100
    assert [page.name for page in pages if "i18n" in page.read_text()] == []
