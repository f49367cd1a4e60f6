"""Scenes of what goes with a call: answered cards, files, a number that was remembered."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat

from callcenter.calls.attaching import receive, settle
from callcenter.calls.cards import cards_for, judge, read_answers
from callcenter.calls.models import (
    Attachment,
    CardAnswer,
    CardReply,
    Comment,
    CommentKind,
    Reason,
    RememberedCall,
    RememberedNumber,
    Remembering,
)
from callcenter.calls.rows import phone_said
from callcenter.calls.wording import describe_changes
from callcenter.properties.access import principal_for
from callcenter.properties.models import PhoneLabel, ResidentPhone

from . import pictures
from .cast import Cast
from .names import national
from .rows import Agent, LogRow
from .scribe import Call, Home, Said, Scribe

ATTACHED = "Attached {name}, {size}\nSHA-256 {digest}"  # as `calls.attaching` writes it
REMEMBERED = "Number {number} remembered for {name}."
METER = """Meter readings, read by the resident on the telephone

Kitchen, cold   004182.6
Bathroom, cold  003907.1
Bathroom, hot   002115.8
"""


def play(scribe: Scribe, cast: Cast) -> None:
    """All of them."""
    _answered_cards(scribe, cast)
    _files(scribe, cast)
    _remembered_number(scribe, cast)


def _answered_cards(scribe: Scribe, cast: Cast) -> None:
    """A gas smell and a leak that were emergencies, and weak heat that was none."""
    kim, priya, rosa = cast.kim, cast.priya, cast.desks["maintenance"]
    gas = Call(cast.ago(days=2, hours=4), cast.home(8, 3), ["eg"], "Gas smell near the stove")
    cold = Call(cast.ago(days=1, hours=5), cast.home(2, 7), ["eh"], "Bedroom cold, 68 F outside")
    leak = Call(cast.ago(days=4, hours=1), cast.home(1, 12), ["el"], "Burst hose under the sink")
    told: Sequence[tuple[Call, Agent, Sequence[str], str, str]] = (
        # the answers are in the order of the card
        (gas, priya, "yyy", "On-call supervisor informed.", "Gas company closed the valve."),
        (cold, kim, ("68", "n", "n", "h"), "Took it over.", "Valve of the radiator opened, warm."),
        (leak, kim, "ycnn", "Rang the on-call technician.", "Hose replaced, floor dry."),
    )
    for call, by, answers, begun, ended in told:
        at, reason = call.at, call.reasons[0]
        history = [
            Said(at + timedelta(minutes=4), by, begun, "In progress"),
            Said(at + timedelta(hours=2), rosa, ended, "Resolved"),
        ]
        row = scribe.write(call._replace(by=by, history=history))
        cast.later.append(partial(_answer, row, scribe.reasons[reason], answers, by))


def _answer(row: LogRow, reason: Reason, answers: Sequence[str], by: Agent) -> None:
    """The reply to the card of a call's reason, given while it was logged."""
    reader = principal_for(user_id=by.id, organization_id=row.organization_id, request_id="")
    if reader is None:
        return
    for card in cards_for([reason], row.property_id, reader):
        asked = zip(card.questions, answers, strict=False)
        said = read_answers([card], {question.pk: answer for question, answer in asked})
        reply = CardReply.objects.create(
            organization_id=row.organization_id,
            call_log_id=row.id,
            card=card.row,
            reason_name=reason.name,
            rule=card.row.rule,
            rule_of=card.rule_of,
            verdict=judge(card, said),
            author_id=by.id,
            author_name=by.name,
            created_at=row.created_at,
        )
        CardAnswer.objects.bulk_create(
            CardAnswer(
                organization_id=row.organization_id,
                reply=reply,
                question_id=pk,
                question_text=card.known[pk].text,
                answer_text=answer.text,
                value=answer.value,
                makes_emergency=answer.makes_emergency,
            )
            for pk, answer in said.items()
        )


def _files(scribe: Scribe, cast: Cast) -> None:
    """A leak with two pictures, this morning; a text with numbers that were read out."""
    kim, rosa, at = cast.kim, cast.desks["maintenance"], cast.ago(minutes=70)
    history = [
        Said(at + timedelta(minutes=3), kim, "Rang the on-call technician.", "Escalated"),
        Said(at + timedelta(minutes=21), kim, "Technician is there, valve closed.", "In progress"),
    ]
    leak = Call(
        at,
        cast.home(0, 10),
        ["el", "ms"],
        "Water through the ceiling",
        "Told to shut the valve. Bucket in place, lamp switched off.",
        kim,
        rosa,
        history=history,
    )
    pictured = (
        ("ceiling.png", pictures.stain(), at + timedelta(minutes=9)),
        ("valve under the sink.png", pictures.valve(), at + timedelta(minutes=24)),
    )
    _write_with_files(scribe, cast, leak, pictured)
    at = cast.ago(days=1, hours=2)
    balance = Call(at, cast.home(9, 4), ["pb"], "Disputes the water bill", "", cast.priya)
    told = (("meter readings.txt", METER.encode(), at + timedelta(minutes=5)),)
    answer = Said(at + timedelta(minutes=30), cast.priya, "Accounting has them.", "Resolved")
    _write_with_files(scribe, cast, balance._replace(history=[answer]), told)


def _write_with_files(
    scribe: Scribe, cast: Cast, call: Call, files: Sequence[tuple[str, bytes, datetime]]
) -> None:
    """Write a call down whose history tells of these files, in the order of their moments."""
    by = call.by or cast.kim
    lines = {}
    for name, content, at in files:
        digest = hashlib.sha256(content).hexdigest()
        text = ATTACHED.format(name=name, size=filesizeformat(len(content)), digest=digest)
        lines[Said(at, by, text, kind=CommentKind.EDIT)] = (name, content)
    history = sorted([*call.history, *lines], key=lambda said: said.at)
    row = scribe.write(call._replace(history=history))
    for seq, said in enumerate(history, start=1):
        if said in lines:
            cast.later.append(partial(_attach, row, seq, said, *lines[said]))


def _attach(row: LogRow, seq: int, said: Said, name: str, content: bytes) -> None:
    """The file of a line of history; it moves to its place when the load is committed."""
    file = receive(SimpleUploadedFile(name, content))
    Attachment.objects.create(
        organization_id=row.organization_id,
        call_log_id=row.id,
        comment=Comment.objects.get(call_log_id=row.id, seq=seq),
        name=file.name,
        media_type=file.media_type,
        byte_size=file.stored.size,
        sha256=file.stored.sha256,
        stored_as=file.stored.name,
        thumbnail_as=file.thumbnail_as,
        added_by_id=said.by.id,
        added_by_name=said.by.name,
        added_at=said.at,
    )
    transaction.on_commit(partial(settle, [file]), robust=True)


def _remembered_number(scribe: Scribe, cast: Cast) -> None:
    """A number that rang twice before anybody knew whose it is, and then was remembered."""
    home, priya = cast.home(11, 3), cast.priya
    number = _unknown_number(cast)
    told_at = cast.ago(days=1, hours=3)
    label = " ".join(part for part in (home.unit.building, home.unit.number) if part)
    rows = []
    for at, caller, reason, subject in (
        (cast.ago(days=8, hours=1), "won't say", "ck", "Package not in the locker"),
        (cast.ago(days=5, hours=6), "somebody for a neighbour", "cp", "Car in my space"),
    ):
        differences = {
            "property": (None, home.site.row.name),
            "unit": (None, label),
            "resident": (None, home.person.full_name),
            "call_from": (caller, home.person.full_name),
        }
        said = REMEMBERED.format(
            number=phone_said(number[1], number[0]), name=home.person.full_name
        )
        text = f"{said}\n{describe_changes(differences)}"
        history = [
            Said(at + timedelta(hours=1), priya, "Answered on the phone.", "Resolved"),
            Said(told_at, priya, text, kind=CommentKind.EDIT),
        ]
        call = Call(at, home, [reason], subject, "", priya, phone=number, history=history)
        rows.append((scribe.write(call), caller))
    cast.later.append(partial(_remember, home, number, rows, priya, told_at))


def _remember(
    home: Home,
    number: tuple[str, str, str],
    rows: Sequence[tuple[LogRow, str]],
    by: Agent,
    at: datetime,
) -> None:
    organization_id = home.site.row.organization_id
    phone = ResidentPhone.objects.create(
        organization_id=organization_id,
        resident_id=home.person.id,
        label=PhoneLabel.OTHER,
        raw=number[0],
        e164=number[1],
        digits_reversed=number[2],
    )
    remembered = RememberedNumber.objects.create(
        organization_id=organization_id,
        resident_id=home.person.id,
        phone=phone,
        asked_by_id=by.id,
        state=Remembering.LINKED,
        linked_count=len(rows),
        created_at=at,
    )
    RememberedCall.objects.bulk_create(
        RememberedCall(
            organization_id=organization_id,
            remembered=remembered,
            call_log_id=row.id,
            call_from_before=caller,
        )
        for row, caller in rows
    )


def _unknown_number(cast: Cast) -> tuple[str, str, str]:
    """A number that no resident has: as typed, as E.164, its digits backwards."""
    known = {row.e164 for site in cast.sites for person in site.people for row in person.phones}
    wanted = (f"+1{area}5550{line}" for area in (609, 732, 973) for line in range(100, 200))
    e164 = next(number for number in wanted if number not in known)
    digits = national(e164)
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", e164, digits[::-1]
