"""The decision cards that a new organisation starts with (domain.md 5.1): a beginning to edit."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from callcenter.accounts.models import Organization

from .models import CardQuestion, DecisionCard, QuestionKind, Reason


class Ask(NamedTuple):
    """A question of a default card: yes or no unless it says otherwise."""

    text: str
    urgent: str = ""
    choices: str = ""
    unit: str = ""
    below: int | None = None
    above: int | None = None
    is_required: bool = False
    is_text: bool = False


CARDS: dict[str, tuple[str, tuple[Ask, ...]]] = {
    "el": (
        "any water that cannot be stopped, comes through a ceiling or nears electricity",
        (
            Ask("Is water still running?", "yu", is_required=True),
            Ask("The shut-off valve?", "", "c Closed\nt Stuck\nf Not found"),
            Ask("Does it come through a ceiling or reach another unit?", "y"),
            Ask("Is water near outlets, lights or the panel?", "yu"),
        ),
    ),
    "eh": (
        "heat below 60 °F outside, cooling above 80 °F, or somebody at risk",
        (
            Ask("How warm is it outside?", unit="°F", below=60, above=80, is_required=True),
            Ask("An infant, an elderly or an ill person at home?", "y"),
            Ask("Is the whole unit without it?"),
            Ask("Which of the two?", "", "h Heat\na Cooling"),
        ),
    ),
    "es": (
        "sewage inside, or no toilet left that works",
        (
            Ask("Is sewage coming up inside the unit?", "yu", is_required=True),
            Ask("Is there another toilet that works?", "n"),
            Ask("Has everybody stopped running water?"),
        ),
    ),
    "ep": (
        "the whole unit is dark, or equipment that keeps somebody well has no power",
        (
            Ask("Is the whole unit without power?", "y", is_required=True),
            Ask("Does somebody depend on powered medical equipment?", "yu"),
            Ask("Do the neighbours have power?"),
            Ask("Smoke, sparks or a burning smell?", "yu"),
        ),
    ),
    "eu": (
        "a ground floor or a door to the street that cannot be locked",
        (
            Ask("What cannot be locked?", "d", "d Door of the unit\nw Window\ng Gate, common door"),
            Ask("Can somebody get in from outside?", "yu", is_required=True),
            Ask("Is anybody in danger now? Then 911 first.", "y"),
        ),
    ),
    "ef": (
        "fire, smoke or an alarm that nobody can explain",
        (
            Ask("Is there fire or smoke? Then out, and 911 first.", "yu", is_required=True),
            Ask("Has the fire service been called?"),
            Ask("Is the alarm still sounding, without a known cause?", "y"),
        ),
    ),
    "eg": (
        "any smell of gas: out, 911 and the gas company first",
        (
            Ask("Do you smell gas now? Then out, no switches, and 911 first.", "ynu"),
            Ask("Is everybody outside?", "n", is_required=True),
            Ask("Has the gas company or 911 been called?"),
        ),
    ),
    "ev": (
        "anybody inside a stopped elevator",
        (
            Ask("Is somebody inside?", "yu", is_required=True),
            Ask("Is anybody unwell in there? Then 911 first.", "y"),
            Ask("Which elevator, near which floor?", is_text=True),
        ),
    ),
}


def give_default_cards(organization: Organization, reasons: dict[str, Reason]) -> None:
    """Give the emergency reasons, by mnemonic, their first cards; two statements."""
    rows = {
        mnemonic: DecisionCard(organization=organization, reason=reasons[mnemonic], rule=rule)
        for mnemonic, (rule, _) in CARDS.items()
    }
    DecisionCard.objects.bulk_create(rows.values())
    CardQuestion.objects.bulk_create(
        question for mnemonic, row in rows.items() for question in _questions(row, mnemonic)
    )


def _questions(card: DecisionCard, mnemonic: str) -> Iterator[CardQuestion]:
    for order, ask in enumerate(CARDS[mnemonic][1]):
        yield CardQuestion(
            organization_id=card.organization_id,
            card=card,
            order=order,
            text=ask.text,
            is_required=ask.is_required,
            **_answered(ask),
        )


def _answered(ask: Ask) -> dict[str, Any]:
    """The columns that say how a question is answered."""
    if ask.is_text:
        return {"kind": QuestionKind.TEXT}
    if ask.unit:
        limits = {"emergency_below": ask.below, "emergency_above": ask.above}
        return {"kind": QuestionKind.NUMBER, "unit": ask.unit} | limits
    if ask.choices:
        said = {"choices": ask.choices, "makes_emergency": ask.urgent}
        return {"kind": QuestionKind.CHOICE} | said
    return {"kind": QuestionKind.YES_NO, "makes_emergency": ask.urgent}
