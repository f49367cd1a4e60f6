"""Any order of acts by any of several people, against a model in plain Python (safety.md 5).

Invariants 1 (append-only), 2 (order without gaps), 3 (audited), 4 (refused changes change
nothing), 5 (version), 6 (idempotent create), 11 (isolation) and 14 (list = detail).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from callcenter.accounts.idempotency import once
from callcenter.accounts.models import Role
from callcenter.calls.actions import (
    append_comment,
    change_status,
    correct_call_log,
    edit_notes,
    log_call,
    withdraw_call_log,
)
from callcenter.calls.models import CallLog, Comment, Direction, Status
from callcenter.calls.values import ContactTime, Correction, NewCall
from callcenter.core.errors import NotAllowedError, NotFoundError, RuleError, StaleError
from callcenter.properties.principals import Principal
from tests.factories import make_organization, make_principal, make_property

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
PEOPLE = ("owner", "admin", "here", "there", "stranger")


@dataclass
class Known:
    """What the model believes of a call."""

    place: str | None
    status: str
    version: int = 1
    notes: str = ""
    subject: str = ""
    call_from: str = "FedEx driver"
    withdrawn: bool = False
    history: list[tuple[str, str]] = field(default_factory=list)


class Desk(RuleBasedStateMachine):
    """Two properties, five people, calls at either place or nowhere."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        organization = make_organization()
        self.organization = organization
        self.places = {name: make_property(organization) for name in ("here", "there")}
        self.people: dict[str, Principal] = {
            "owner": make_principal(organization, Role.OWNER),
            "admin": make_principal(organization, Role.ADMIN),
            "here": make_principal(organization, Role.MEMBER, links=[self.places["here"]]),
            "there": make_principal(organization, Role.MEMBER, links=[self.places["there"]]),
            "stranger": make_principal(make_organization(), Role.OWNER),
        }
        rows = Status.objects.filter(organization=organization).prefetch_related("allowed_next")
        self.statuses = {row.name: row for row in rows}
        self.next = {row.name: {s.name for s in row.allowed_next.all()} for row in rows}
        self.model: dict[int, Known] = {}
        self.seen: dict[int, list[tuple[Any, ...]]] = {}
        self.keys = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def may_see(self, who: str, known: Known) -> bool:
        if who == "stranger" or known.withdrawn:
            return False
        return who in ("owner", "admin") or known.place in (who, None)

    def attempt(self, pk: int, expected: type[RuleError] | None, act: Callable[[], Any]) -> None:
        """Do it; when the model expects a refusal, that very one comes and nothing changes."""
        if expected is None:
            act()
            return
        before = self.fingerprint(pk)
        with pytest.raises(RuleError) as caught, transaction.atomic():
            act()
        assert type(caught.value) is expected
        assert self.fingerprint(pk) == before

    def fingerprint(self, pk: int) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c::text, (SELECT count(*) FROM calls_comment WHERE call_log_id = c.id),"
                " (SELECT count(*) FROM calls_calllogauditevent WHERE pgh_obj_id = c.id)"
                " FROM calls_calllog c WHERE c.id = %s",
                [pk],
            )
            return tuple(cursor.fetchone() or ())

    @rule(
        target=calls,
        who=st.sampled_from(PEOPLE),
        place=st.sampled_from(["here", "there", None]),
        notes=TEXTS,
    )
    def log(self, who: str, place: str | None, notes: str) -> Any:
        actor = self.people[who]
        property_id = self.places[place].pk if place else None
        call = NewCall(property_id=property_id, call_from="FedEx driver", notes=notes)
        self.keys += 1
        body = {"property": property_id, "notes": notes}

        def effect() -> dict[str, Any]:
            return {"id": log_call(call=call, actor=actor).pk}

        def send(sent: Any) -> dict[str, Any]:
            return once(
                actor=actor, endpoint="log", key=f"key-{self.keys}", body=sent, effect=effect
            )

        allowed = place is None or who in ("owner", "admin", place)
        if not allowed:
            with pytest.raises(RuleError):
                send(body)
            return multiple()
        pk = send(body)["id"]
        assert send(body)["id"] == pk
        with pytest.raises(StaleError):
            send(body | {"notes": json.dumps(notes) + "other"})
        if who == "stranger":
            return multiple()
        self.model[pk] = Known(place, "New", notes=notes)
        return pk

    @rule(pk=calls, who=st.sampled_from(PEOPLE), text=TEXTS)
    def comment(self, pk: int, who: str, text: str) -> None:
        known = self.model[pk]
        expected = None
        if not text.strip():
            expected = RuleError
        elif not self.may_see(who, known):
            expected = NotFoundError
        actor = self.people[who]
        self.attempt(pk, expected, lambda: append_comment(call_log_id=pk, text=text, actor=actor))
        if expected is None:
            known.version += 1
            known.history.append(("comment", known.status))

    @rule(
        pk=calls,
        who=st.sampled_from(PEOPLE),
        to=st.sampled_from(["New", "In progress", "Escalated", "Resolved", "Closed", "Duplicate"]),
        text=st.sampled_from(["", "done"]),
        lag=st.sampled_from([0, 0, 0, 1]),
    )
    def move(self, pk: int, who: str, to: str, text: str, lag: int) -> None:
        known, actor = self.model[pk], self.people[who]
        expected = self.refusal_of_move(known, who, to, text, lag)
        self.attempt(
            pk,
            expected,
            lambda: change_status(
                call_log_id=pk,
                status_id=self.statuses[to].pk,
                seen_version=known.version - lag,
                actor=actor,
                comment=text,
            ),
        )
        if expected is None and to != known.status:
            known.version += 1
            known.status = to
            known.history.append(("status", to))
        elif expected is None and text:
            known.version += 1
            known.history.append(("comment", to))

    def refusal_of_move(
        self, known: Known, who: str, to: str, text: str, lag: int
    ) -> type[RuleError] | None:
        if not self.may_see(who, known):
            return NotFoundError
        if lag:
            return StaleError
        if to == known.status:
            return None
        before, after = self.statuses[known.status], self.statuses[to]
        if to == "Duplicate" or to not in self.next[known.status]:
            return RuleError
        reopens = before.kind == "closed" and after.kind != "closed"
        return RuleError if reopens and not text else None

    @rule(pk=calls, who=st.sampled_from(PEOPLE), notes=TEXTS, lag=st.sampled_from([0, 0, 1]))
    def notes(self, pk: int, who: str, notes: str, lag: int) -> None:
        known, actor = self.model[pk], self.people[who]
        expected: type[RuleError] | None = None
        if not self.may_see(who, known):
            expected = NotFoundError
        elif lag and notes != known.notes:
            expected = StaleError
        self.attempt(
            pk,
            expected,
            lambda: edit_notes(
                call_log_id=pk, notes=notes, seen_version=known.version - lag, actor=actor
            ),
        )
        if expected is None and notes != known.notes:
            known.notes = notes
            known.version += 1
            known.history.append(("edit", known.status))

    @rule(
        pk=calls,
        who=st.sampled_from(PEOPLE),
        place=st.sampled_from(["here", "there", None]),
        subject=st.sampled_from(["", "Leak", "Noise"]),
        why=st.sampled_from(["", "typing error"]),
        lag=st.sampled_from([0, 0, 0, 1]),
    )
    def correct(
        self, pk: int, who: str, place: str | None, subject: str, why: str, lag: int
    ) -> None:
        known, actor = self.model[pk], self.people[who]
        log = CallLog.objects.get(pk=pk)
        correction = Correction(
            property_id=self.places[place].pk if place else None,
            unit_id=None,
            resident_id=None,
            call_from=known.call_from,
            reason_ids=[],
            subject=subject,
            direction=Direction.INBOUND,
            contacted=ContactTime(at=log.contacted_at, zone=log.contacted_zone),
        )
        same = (place, subject) == (known.place, known.subject)
        expected: type[RuleError] | None = None
        if not self.may_see(who, known):
            expected = NotFoundError
        elif lag:
            expected = StaleError
        elif not (place in (None, who) or who in ("owner", "admin")) or not (same or why):
            expected = RuleError
        self.attempt(
            pk,
            expected,
            lambda: correct_call_log(
                call_log_id=pk,
                correction=correction,
                comment=why,
                seen_version=known.version - lag,
                actor=actor,
            ),
        )
        if expected is None and not same:
            known.place, known.subject = place, subject
            known.version += 1
            known.history.append(("edit", known.status))

    @rule(pk=calls, who=st.sampled_from(PEOPLE), reason=st.sampled_from(["", "test call"]))
    def withdraw(self, pk: int, who: str, reason: str) -> None:
        known, actor = self.model[pk], self.people[who]
        expected: type[RuleError] | None = None
        if who in ("here", "there"):
            expected = NotAllowedError
        elif not reason:
            expected = RuleError
        elif not self.may_see(who, known):
            expected = NotFoundError
        self.attempt(
            pk,
            expected,
            lambda: withdraw_call_log(
                call_log_id=pk, reason=reason, seen_version=None, actor=actor
            ),
        )
        if expected is None:
            known.withdrawn = True
            known.version += 1
            known.history.append(("edit", known.status))

    @invariant()
    def inv1_and_inv2_history_only_grows_in_order(self) -> None:
        for pk, known in self.model.items():
            rows = list(Comment.objects.filter(call_log_id=pk).order_by("seq"))
            assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
            assert [(row.kind, row.status_name) for row in rows] == known.history
            told = [(row.pk, row.text, row.author_id, bytes(row.hash)) for row in rows]
            before = self.seen.get(pk, [])
            assert told[: len(before)] == before
            self.seen[pk] = told

    @invariant()
    def inv5_the_row_and_its_version_are_those_of_the_model(self) -> None:
        for log in CallLog.objects.filter(pk__in=self.model).select_related("status"):
            known = self.model[log.pk]
            assert (log.version, log.status.name) == (known.version, known.status)
            assert (log.notes, log.subject) == (known.notes, known.subject)
            assert (log.closed_at is not None) == (log.status.kind == "closed")
            assert (log.withdrawn_at is not None) == known.withdrawn

    @invariant()
    def inv3_every_accepted_change_is_audited_once_with_its_state(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pgh_obj_id, array_agg(version ORDER BY pgh_id),"
                " bool_and(pgh_context ->> 'user' IS NOT NULL)"
                " FROM calls_calllogauditevent WHERE pgh_obj_id = ANY (%s) GROUP BY pgh_obj_id",
                [list(self.model)],
            )
            for pk, versions, named in cursor.fetchall():
                assert versions == list(range(1, self.model[pk].version + 1))
                assert named

    @invariant()
    def inv11_and_inv14_each_sees_exactly_what_the_model_says(self) -> None:
        for who, principal in self.people.items():
            expected = {pk for pk, known in self.model.items() if self.may_see(who, known)}
            visible = CallLog.objects.visible_to(principal)
            listed = set(
                visible.filter(organization=self.organization).values_list("pk", flat=True)
            )
            assert listed == expected
            opened = {pk for pk in self.model if visible.filter(pk=pk).exists()}
            assert opened == expected
            texts = Comment.objects.visible_to(principal).filter(call_log_id__in=self.model)
            assert set(texts.values_list("call_log_id", flat=True)) <= expected


def run(examples: int, steps: int) -> None:
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    run_state_machine_as_test(Desk, settings=bounds)


def test_invariants_hold_whatever_is_done_in_whatever_order(committed_db: str) -> None:
    run(examples=6, steps=20)


@pytest.mark.slow
def test_invariants_hold_for_long(committed_db: str) -> None:
    run(examples=400, steps=50)
