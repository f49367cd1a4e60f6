"""What lists told of a call, kept so that nothing of it is forgotten: pure.

`PhoneCall.told` is {"object": the last object as it came, "left": [{"view": ..., "at": ...}]}:
the parties of earlier objects that a later one of the same live call did not list any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from .facts import Facts, View, same_extension
from .reading import facts_told, views_in

type Told = Mapping[str, Any]


def told_with(before: Told | None, raw: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """What is kept when `raw` is the newest object of a call, listed at `at`."""
    left = list(before["left"]) if before else []
    if before:
        now = {_key(view) for view in views_in(raw)}
        known = now | {_key(one["view"]) for one in left}
        gone = [view for view in views_in(before["object"]) if _key(view) not in known]
        left += [{"view": view, "at": at.isoformat()} for view in gone]
    return {"object": raw, "left": left}


def views_left(facts: Facts, left: Sequence[Mapping[str, Any]], *, zone: tzinfo) -> Facts:
    """The facts with the parties that left, ended when they were first missed.

    One that the object lists again only learns when it left, if it is the history that lists it.
    """
    views = list(facts.views)
    for one in left:
        at = datetime.fromisoformat(one["at"])
        (view,) = facts_told({"phoneCallView": [one["view"]]}, zone=zone, heard_at=at).views
        place = next((n for n, known in enumerate(views) if _is_same(known, view)), None)
        if place is None:
            views.append(replace(view, ended_at=at))
        elif views[place].disposition is not None:
            views[place] = replace(views[place], ended_at=at)
    return replace(facts, views=tuple(views))


def _is_same(one: View, other: View) -> bool:
    if one.key and other.key:
        return one.key == other.key
    return same_extension(one.extension, other.extension)


def _key(view: Mapping[str, Any]) -> tuple[str, str]:
    return str(view.get("id") or ""), str(view.get("extension") or "")
