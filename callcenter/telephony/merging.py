"""What events say and what the upstream lists, as one: pure (wire/voipnow.md 9, 11).

The upstream's own times win over times of receipt, since it heard them first; a hangup that was
pushed stays final, whatever a list still shows.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from .facts import (
    Facts,
    View,
    disposition_of,
    earliest,
    flow_of,
    latest,
    same_extension,
)
from .models import Disposition

TOLD = frozenset(field.name for field in fields(View)) - {"status", "ended_at", "opened_at"}


@dataclass(frozen=True)
class Gone:
    """A call was found to go on no more: at this time, and what its open parties came to.

    None: nobody knows yet, the upstream's history will tell.
    """

    at: datetime
    disposition: Disposition | None = None


def merged(heard: Facts | None, told: Facts | None, *, is_final: bool, gone: Gone | None) -> Facts:
    """The one state of a call that events (`heard`), lists (`told`) and its being gone make.

    One of the two is there at least. `is_final`: told by the history, so that it is over.
    """
    assert heard or told  # noqa: S101 (a call is known because somebody told of it)
    facts = _joined(heard, told) if heard and told else heard or told
    assert facts is not None  # noqa: S101 (see above)
    views = tuple(_ended(view, gone) for view in facts.views) if gone else facts.views
    if is_final:
        least = latest(facts.published_at, facts.answered_at)
        views = tuple(_over(view, gone.at if gone else least) for view in views)
    return _whole(replace(facts, views=views), is_final=is_final, gone=gone)


def _joined(heard: Facts, told: Facts) -> Facts:
    views = _joined_views(heard.views, told.views)
    return Facts(
        published_at=told.published_at,
        extension=told.extension or heard.extension,
        flow=flow_of(views),
        caller=told.caller or heard.caller,
        caller_name=told.caller_name or heard.caller_name,
        called=heard.called or told.called,
        nonce=told.nonce,
        answered_at=told.answered_at or heard.answered_at,
        talk_seconds=heard.talk_seconds,
        views=views,
    )


def _joined_views(heard: tuple[View, ...], told: tuple[View, ...]) -> tuple[View, ...]:
    """The listed parties in their order, each with what events say of it; then the others.

    A party whose extension no event named is the one listed, if there is one.
    """
    left = list(heard)
    if told and len(left) == 1 and not left[0].extension:
        anonymous = replace(left[0], extension=told[0].extension)
        left = [anonymous] if len(told) == 1 else []
    views = []
    for view in told:
        mine = next((one for one in left if same_extension(one.extension, view.extension)), None)
        if mine is not None:
            left.remove(mine)
        views.append(_joined_view(mine, view) if mine else view)
    return (*views, *left)


def _joined_view(heard: View, told: View) -> View:
    said = {name: value for name in TOLD if (value := getattr(told, name)) not in ("", (), None)}
    if "*" not in told.extension:
        said["extension"] = heard.extension
    return replace(
        heard,
        **said,
        status=max(heard.status, told.status),
        ended_at=earliest(heard.ended_at, told.ended_at),
    )


def _ended(view: View, gone: Gone) -> View:
    """The party, ended with the call, unless it was said to take part after that."""
    if view.ended_at or (view.opened_at and view.opened_at > gone.at):
        return view
    known = view.disposition
    answered = Disposition.ANSWERED if view.answered_at else None
    came_to = gone.disposition if gone.disposition is not None else answered
    return replace(view, ended_at=gone.at, disposition=came_to if known is None else known)


def _over(view: View, at: datetime | None) -> View:
    """The party as the history tells it: ended, at the latest time that is known."""
    known = view.disposition
    return replace(
        view,
        ended_at=view.ended_at or latest(at, view.answered_at, view.ringing_at),
        disposition=Disposition.UNKNOWN if known is None else known,
    )


def _whole(facts: Facts, *, is_final: bool, gone: Gone | None) -> Facts:
    """The call as its parties have it, all times in order."""
    views = tuple(_in_order(view) for view in facts.views)
    ends = [view.ended_at for view in views]
    ended = None if not ends or None in ends else latest(*ends)
    if ended is None and not views and (is_final or gone):
        ended = gone.at if gone else facts.published_at
    first = facts.answered_at or earliest(*(view.answered_at for view in views))
    answered = latest(first, facts.published_at) if first else None
    return replace(
        facts,
        flow=flow_of(views) if views else facts.flow,
        answered_at=answered,
        ended_at=latest(ended, answered, facts.published_at) if ended else None,
        disposition=_came_to(facts, views, gone) if ended else None,
        talk_seconds=facts.talk_seconds if ended else None,
        views=views,
    )


def _came_to(facts: Facts, views: tuple[View, ...], gone: Gone | None) -> Disposition | None:
    if facts.disposition == Disposition.ANSWERED:
        return facts.disposition
    if views:
        return disposition_of(views)
    return gone.disposition if gone and facts.disposition is None else facts.disposition


def _in_order(view: View) -> View:
    """Ringing, answered, ended, none before the one before; what came to nothing is unsaid."""
    answered = latest(view.answered_at, view.ringing_at) if view.answered_at else None
    ended = latest(view.ended_at, answered, view.ringing_at) if view.ended_at else None
    disposition = view.disposition if ended else None
    return replace(view, answered_at=answered, ended_at=ended, disposition=disposition)
