"""Decision cards: which one counts, what an answer means, what is kept with a new call."""

from typing import Any

import pytest

from callcenter.accounts.models import Organization, Role
from callcenter.calls.actions import log_call
from callcenter.calls.cards import cards_for, judge, read_answers
from callcenter.calls.models import CallLog, CardAnswer, CardQuestion, CardReply, DecisionCard
from callcenter.calls.values import NewCall
from callcenter.core.errors import RuleError
from callcenter.properties.models import Property
from callcenter.properties.principals import Principal
from tests.factories import make_organization, make_principal, make_property, reason_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization(name="Northgate")


@pytest.fixture
def owner(organization: Organization) -> Principal:
    return make_principal(organization, Role.OWNER)


def questions(organization: Organization, mnemonic: str) -> list[int]:
    """The ids of the default card's questions, in order."""
    rows = CardQuestion.objects.filter(card__reason=reason_named(organization, mnemonic))
    return list(rows.order_by("order").values_list("pk", flat=True))


def log(owner: Principal, mnemonics: str, answers: dict[int, str] | None, **fields: Any) -> CallLog:
    reasons = [reason_named(owner.organization, one).pk for one in mnemonics.split()]
    call = NewCall(call_from="Ana", reason_ids=reasons, answers=answers, **fields)
    return log_call(call=call, actor=owner)


@pytest.mark.parametrize(
    ("mnemonic", "typed", "verdict"),
    [
        ("eh", {}, "open"),
        ("eh", {0: "70", 1: "n"}, "routine"),
        ("eh", {0: "59.5"}, "emergency"),
        ("eh", {0: "60"}, "open"),
        ("eh", {0: "81"}, "emergency"),
        ("eh", {0: "70", 1: "y"}, "emergency"),
        ("el", {0: "n", 2: "n", 3: "n"}, "routine"),
        ("el", {0: "u"}, "emergency"),
        ("el", {0: "n", 1: "t", 2: "n"}, "open"),
        ("eg", {0: "n"}, "emergency"),
    ],
)
def test_one_urgent_answer_decides_and_all_rules_must_be_answered_to_say_no(
    owner: Principal, mnemonic: str, typed: dict[int, str], verdict: str
) -> None:
    (card,) = cards_for([reason_named(owner.organization, mnemonic)], None, owner)
    ids = [question.pk for question in card.questions]
    said = read_answers([card], {ids[place]: text for place, text in typed.items()})
    assert judge(card, said) == verdict


def test_answers_are_kept_with_the_words_and_the_rule_of_that_time(
    owner: Principal, maple: Property
) -> None:
    running, valve, *_ = questions(owner.organization, "el")
    call = log(owner, "el ms", {running: "y", valve: "t"}, property_id=maple.pk)
    CardQuestion.objects.filter(pk=running).update(text="Wet?", makes_emergency="")
    DecisionCard.objects.update(rule="never")
    reply = CardReply.objects.get(call_log=call)
    assert (reply.verdict, reply.rule_of, reply.author_name) == (
        "emergency",
        "Northgate",
        owner.user_name,
    )
    assert "through a ceiling" in reply.rule
    said = reply.answers.order_by("pk").values_list("question_text", "answer_text", "value")
    assert list(said) == [
        ("Is water still running?", "Yes", "y"),
        ("The shut-off valve?", "Stuck", "t"),
    ]
    assert list(reply.answers.filter(makes_emergency=True).values_list("question_id")) == [
        (running,)
    ]


def test_a_property_has_a_card_of_its_own_instead(
    owner: Principal, maple: Property, organization: Organization
) -> None:
    reason = reason_named(organization, "al")
    own = DecisionCard.objects.create(organization=organization, reason=reason, property=maple)
    asked = CardQuestion.objects.create(
        organization=organization, card=own, text="A child inside?", makes_emergency="y"
    )
    assert cards_for([reason], None, owner) == []
    call = log(owner, "al", {asked.pk: "y"}, property_id=maple.pk)
    reply = CardReply.objects.get(call_log=call)
    assert (reply.verdict, reply.rule_of) == ("emergency", "Maple Court")
    elsewhere = make_property(organization)
    with pytest.raises(RuleError, match="no such question"):
        log(owner, "al", {asked.pk: "y"}, property_id=elsewhere.pk)
    stranger = make_principal(organization, Role.MEMBER, links=[elsewhere])
    assert cards_for([reason], maple.pk, stranger) == []


@pytest.mark.parametrize(
    ("place", "typed", "said"),
    [
        (0, "warm", "takes a number"),
        (0, "NaN", "takes a number"),
        (0, "1e9", "takes a number"),
        (0, "-", "takes a number"),
        (1, "maybe", "no answer"),
        (3, "z", "no answer"),
        (1, "y\x00", "cannot be kept"),
        (0, "9" * 400, "longer than"),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_logged(
    owner: Principal, place: int, typed: str, said: str
) -> None:
    pk = questions(owner.organization, "eh")[place]
    with pytest.raises(RuleError, match=said) as refused:
        log(owner, "eh", {pk: typed})
    assert refused.value.field == f"card-{pk}"
    assert not CallLog.objects.exists()


def test_b03_a_question_of_another_card_or_house_is_refused(owner: Principal) -> None:
    foreign = questions(make_organization(), "el")[0]
    for pk in (foreign, questions(owner.organization, "ep")[0], 10**12):
        with pytest.raises(RuleError, match="no such question"):
            log(owner, "el", {pk: "y"})
    assert not CardAnswer.objects.exists()


def test_a_question_that_was_disabled_while_it_was_asked_still_takes_its_answer(
    owner: Principal,
) -> None:
    first = questions(owner.organization, "el")[0]
    CardQuestion.objects.filter(pk=first).update(is_enabled=False)
    call = log(owner, "el", {first: "y"})
    assert CardReply.objects.get(call_log=call).verdict == "emergency"


def test_required_questions_hold_a_call_back_only_where_that_is_wanted(owner: Principal) -> None:
    first = questions(owner.organization, "el")[0]
    log(owner, "el", {})
    Organization.objects.filter(pk=owner.organization_id).update(requires_answers=True)
    owner.organization.refresh_from_db()
    with pytest.raises(RuleError, match="Is water still running") as refused:
        log(owner, "el", {})
    assert refused.value.field == f"card-{first}"
    log(owner, "el", None)  # an API shows no cards
    log(owner, "el", {first: "n"})
    assert CardReply.objects.count() == 1


def test_cards_cost_nothing_when_nobody_answers(
    owner: Principal, django_assert_max_num_queries: Any
) -> None:
    def statements(answers: dict[int, str] | None) -> int:
        with django_assert_max_num_queries(40) as counted:
            log(owner, "el", answers)
        return len(counted)

    first = questions(owner.organization, "el")[0]
    assert statements({first: ""}) == statements(None) == statements({})
    assert statements({first: "y"}) == statements(None) + 4
