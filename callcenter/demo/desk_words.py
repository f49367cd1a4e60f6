"""What the demo's agents say, write and look at: scripts, snippets, cards, reasons, views."""

from collections.abc import Mapping
from urllib.parse import urlencode

from callcenter.accounts.models import Organization
from callcenter.calls.models import (
    CardQuestion,
    DecisionCard,
    Direction,
    QuestionKind,
    Reason,
    ReasonSet,
    Snippet,
)
from callcenter.calls.saving_views import save_view
from callcenter.properties.access import principal_for

from .places import Site
from .rows import Agent

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
# By the first name of whose they are.
OWN_SNIPPETS: dict[str, tuple[tuple[str, str], ...]] = {
    "Kim": (
        ("hi", "This is {agent} at the desk, calling back about {unit}."),
        ("key", "Key is with the courtesy officer, ID needed. {time}"),
    ),
    "Priya": (("es", "Speaks Spanish; {agent} translates. Rang at {time}."),),
    "Marcus": (("owner", "Passed on to the owner of {property} at {time}, answer by mail."),),
}
# What the front office of the towers is asked: the rest is found under "all".
FRONT_OFFICE = "Front office"
FRONT_OFFICE_AT = "Harbor Point Towers"
FRONT_OFFICE_REASONS = ("ck", "ca", "ch", "ag", "af", "al", "ms", "mp", "el", "eh", "ev", "pb")
# Name, who keeps it (shared when that is an admin's), and the filters.
VIEWS: tuple[tuple[str, str, bool, dict[str, str]], ...] = (
    ("Open emergencies: leaks", "Marcus", True, {"reason": "el", "state": "open"}),
    ("Waits for a place", "Marcus", True, {"place": "none", "state": "open"}),
    ("Maple Court, open", "Marcus", True, {"state": "open", "property": "Maple Court"}),
    ("Mine, waiting", "Kim", False, {"state": "waiting", "taken_by": "me"}),
    ("Noise at Albion Wharf", "Priya", False, {"reason": "cn", "property": "Albion Wharf"}),
)
# At the first property heat counts earlier: its boilers are slow.
OWN_RULE = "heat below 50 °F inside, or below 65 °F outside at night"


def give_words(organization: Organization, sites: list[Site], agents: list[Agent]) -> None:
    """Give the demo its scripts, snippets, a reason set, and a card of its own at one property."""
    reasons = {r.mnemonic: r for r in Reason.objects.filter(organization=organization)}
    for mnemonic, script in SCRIPTS.items():
        Reason.objects.filter(pk=reasons[mnemonic].pk).update(script=script)
    shared = [
        Snippet(organization=organization, word=word, text=text, reason=reasons.get(mnemonic))
        for word, text, mnemonic in SNIPPETS
    ]
    own = [
        Snippet(organization=organization, owner_id=agent.id, word=word, text=text)
        for agent in agents
        for word, text in OWN_SNIPPETS.get(agent.name.split()[0], ())
    ]
    Snippet.objects.bulk_create(shared + own)
    _give_reason_set(organization, sites, reasons)
    _give_own_card(organization, reasons["eh"], sites[0].row.id)


def give_views(organization: Organization, agents: list[Agent]) -> None:
    """Save the lists that people come back to, each as the one who keeps it."""
    ids = {r.mnemonic: str(r.pk) for r in Reason.objects.filter(organization=organization)}
    by_name = {agent.name.split()[0]: agent for agent in agents}
    for name, keeper, is_shared, filters in VIEWS:
        actor = principal_for(
            user_id=by_name[keeper].id, organization_id=organization.pk, request_id="demo_data"
        )
        if actor is not None:
            said = {key: ids[v] if key == "reason" else v for key, v in filters.items()}
            query = urlencode(said)
            save_view(name=name, query=query, columns="", is_shared=is_shared, actor=actor)


def _give_reason_set(
    organization: Organization, sites: list[Site], reasons: Mapping[str, Reason]
) -> None:
    offered = ReasonSet.objects.create(
        organization=organization, name=FRONT_OFFICE, direction=Direction.INBOUND
    )
    offered.reasons.set([reasons[mnemonic] for mnemonic in FRONT_OFFICE_REASONS])
    offered.properties.set([site.row.id for site in sites if site.row.name == FRONT_OFFICE_AT])


def _give_own_card(organization: Organization, reason: Reason, property_id: int) -> None:
    card = DecisionCard.objects.create(
        organization=organization, reason=reason, property_id=property_id, rule=OWN_RULE
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
