"""What the demo's agents say and write: scripts, snippets, and the rule of one property."""

from callcenter.accounts.models import Organization
from callcenter.calls.models import (
    CardQuestion,
    DecisionCard,
    QuestionKind,
    Reason,
    Snippet,
)

SCRIPTS = {
    "eg": "Ask them to leave now, without touching a switch, and to call 911 from outside.",
    "ef": "Out first, then 911. We go on when they are safe.",
    "ev": "Stay on the line until the technician has called back. Nobody opens the doors.",
    "al": "Ask for the full name on the lease before anybody is sent.",
    "cn": "Thank them, and say that we write down each call and do not tell who called.",
}
# Word, text, the mnemonic of the reason that it is a template for.
SNIPPETS = (
    ("closed", "Technician closed the valve at {time}.", ""),
    ("noanswer", "Rang {resident} at {time}: no answer, left a message.", ""),
    ("sent", "Sent to {property}, {unit}; {agent} told {resident} to expect a call.", ""),
    ("leak", "Where it comes through:\nSince when:\nWhat is wet:\nValve:", "el"),
    ("noise", "What is heard:\nFrom which unit:\nSince when:\nSpoken to the neighbour:", "cn"),
)
# At the first property heat counts earlier: its boilers are slow.
OWN_RULE = "heat below 50 °F inside, or below 65 °F outside at night"


def give_words(organization: Organization, property_id: int) -> None:
    """Give the demo its scripts, shared snippets, and a card of its own at one property."""
    reasons = {r.mnemonic: r for r in Reason.objects.filter(organization=organization)}
    for mnemonic, script in SCRIPTS.items():
        Reason.objects.filter(pk=reasons[mnemonic].pk).update(script=script)
    Snippet.objects.bulk_create(
        Snippet(organization=organization, word=word, text=text, reason=reasons.get(mnemonic))
        for word, text, mnemonic in SNIPPETS
    )
    card = DecisionCard.objects.create(
        organization=organization, reason=reasons["eh"], property_id=property_id, rule=OWN_RULE
    )
    own = {"organization": organization, "card": card}
    number = {"kind": QuestionKind.NUMBER, "unit": "°F"}
    CardQuestion.objects.bulk_create(
        [
            CardQuestion(
                **own, **number, order=0, text="How warm is it inside?", emergency_below=50
            ),
            CardQuestion(
                **own, **number, order=1, text="And outside?", emergency_below=65, is_required=True
            ),
            CardQuestion(
                **own,
                order=2,
                text="An infant, an elderly or an ill person at home?",
                makes_emergency="y",
            ),
            CardQuestion(**own, order=3, text="Do the neighbours have heat?"),
        ]
    )
