"""`{% translate %}` as our templates load it: what Django's says, in each language."""

import pytest
from django.template import Context, Engine, Library, Template
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
    "{% autoescape off %}{% translate '\"<' %}{% endautoescape %}{% translate '\"<' %}",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_it_says_what_djangos_tag_says_in_each_language_however_often(shape: str) -> None:
    ours = Template(f"{{% load i18n %}}{shape}")
    for language in ("en", "de", "en", "fr", "de"):
        with translation.override(language):
            expected = plain(shape)
            assert ours.render(Context({"month": "January"})) == expected


def plain(shape: str) -> str:
    """What Django's own library says."""
    engine = Engine.get_default()
    ours, engine.template_libraries["i18n"] = engine.template_libraries["i18n"], i18n.register
    try:
        template = Template(f"{{% load i18n %}}{shape}")
    finally:
        engine.template_libraries["i18n"] = ours
    return template.render(Context({"month": "January"}))


def test_our_library_stands_where_templates_load_djangos() -> None:
    library = Engine.get_default().template_libraries["i18n"]
    assert isinstance(library, Library)
    assert library is words.register
    assert set(library.tags) == set(i18n.register.tags)
    assert set(library.filters) == set(i18n.register.filters)
