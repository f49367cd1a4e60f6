"""Long lists to choose from."""

from django.template import Context, Template

HOSTILE = '"><script>alert(1)</script>'


def written(source: str, **said: object) -> str:
    return Template("{% load choosing %}" + source).render(Context(said))


def test_the_chosen_one_is_selected_and_words_stay_words() -> None:
    said = written("{% options pairs chosen %}", pairs=[(1, "Leak"), (12, HOSTILE)], chosen="12")
    assert said == (
        '<option value="1">Leak</option><option value="12" selected>'
        "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</option>"
    )


def test_what_is_no_choice_selects_nothing() -> None:
    for chosen in (None, "", "13", "1 ", HOSTILE):
        assert "selected" not in written(
            "{% options pairs chosen %}", pairs=[(1, "Leak")], chosen=chosen
        )


def test_names_follow_the_words_of_the_moment() -> None:
    assert (
        written("{% named_options names %}", names=["A & B"])
        == '<option value="A &amp; B"></option>'
    )
    assert written("{% named_options names %}", names=["C"]) == '<option value="C"></option>'
