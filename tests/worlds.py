"""A whole organisation with one word in every text of every row: what must never leave it."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from callcenter.accounts.models import Membership, OneTimeLink, Organization, Role, Wallboard
from callcenter.calls.attaching import receive
from callcenter.calls.models import (
    Attachment,
    BuildingEvent,
    Callback,
    CallLog,
    CallLogReason,
    CardAnswer,
    CardQuestion,
    CardReply,
    CommentWithdrawal,
    DecisionCard,
    Draft,
    EventCall,
    EventLine,
    ExportRecord,
    HandledMissedCall,
    HistoryAnchor,
    ListSettings,
    MedicalNoteReading,
    Presence,
    Reason,
    ReasonSet,
    RememberedCall,
    RememberedNumber,
    SavedView,
    Snippet,
    Status,
    WaitingFile,
)
from callcenter.core.audit import AuditEvent
from callcenter.escalations.models import (
    Escalation,
    EscalationItem,
    Finding,
    NightCheck,
    Policy,
    Responder,
    ResponderLine,
    Rule,
    Schedule,
    ScheduleOverride,
)
from callcenter.imports.models import ImportLine, ImportRun, ImportSource, SourceRow
from callcenter.properties.models import CredentialProperty, Property, PropertyLink
from callcenter.telephony.models import PhoneCall, PhoneCallEvent, UnreadRow, UpstreamPoll
from tests.factories import (
    make_api_request,
    make_call_log,
    make_comment,
    make_credential,
    make_extension,
    make_membership,
    make_organization,
    make_party,
    make_phone,
    make_phone_call,
    make_property,
    make_resident,
    make_unit,
    make_upstream,
    make_user,
)

SECRET_NUMBER = "+12125550177"
# Columns whose form the database checks, or that say nothing about anybody.
FORMED = {
    *("time_zone", "contacted_zone", "region", "mnemonic", "e164", "phone_e164", "request_id"),
    *("digits_reversed", "phone_digits_reversed", "password", "stored_as", "task", "sha256"),
    *("thumbnail_as", "media_type", "choices", "makes_emergency", "word"),
    *("phone", "caller_phone", "routing_phone"),
    *("permissions", "pepper_id", "last_four", "key", "writer"),
    *("own_line", "wire_id", "caller_e164", "called_e164"),
    *("caller_digits_reversed", "called_digits_reversed"),
}
FORMED_HERE = {("Extension", "number")}  # free elsewhere


def absent_key(like: Any, number: int) -> Any:
    """A key that nobody has, of the kind of `like`."""
    return uuid.UUID(int=number) if isinstance(like, uuid.UUID) else number


@dataclass(frozen=True)
class World:
    """An organisation, its people, and one row of each model by the model's name."""

    word: str
    organization: Organization
    owner: Membership
    admin: Membership
    member: Membership
    rows: dict[str, Any]

    def pk(self, name: str) -> Any:
        """The key of this world's row of a model."""
        return self.rows[name].pk


def make_world(word: str) -> World:
    """An organisation whose every free text contains `word`."""
    organization = make_organization(name=word, slug=word)
    place = make_property(organization)
    elsewhere = make_property(organization)
    rows = _places(place) | _calls(organization, place, word) | _calls_rest(organization, word)
    people = {
        role: make_membership(
            organization,
            role,
            links=[place] if role == Role.MEMBER else [],
            email=f"{word}-{role}@example.com",
            name=f"{word} {role}",
        )
        for role in Role
    }
    rows |= _rest(organization, people[Role.OWNER], word)
    rows |= _lists(organization, people[Role.OWNER], word)
    rows |= _cards(rows["CallLog"], word)
    rows |= _remembered(rows, people[Role.OWNER], word)
    rows["Attachment"] = _attachment(rows["CallLog"], word)
    rows["WaitingFile"] = WaitingFile.objects.create(
        organization=organization,
        user=people[Role.OWNER].user,
        name=word,
        media_type="text/plain",
        byte_size=1,
        sha256=bytes(32),
        stored_as=secrets.token_hex(16),
    )
    rows |= _event(rows["CallLog"], place, word)
    rows |= _chains(rows["CallLog"], people[Role.MEMBER], word)
    rows |= _telephony(place, people[Role.MEMBER], word)
    rows["Property"], rows["elsewhere"] = place, elsewhere
    rows["Organization"], rows["Membership"] = organization, people[Role.MEMBER]
    rows["ApiCredential"], _ = make_credential(people[Role.MEMBER], properties=[place], name=word)
    rows["ApiRequest"] = make_api_request(rows["ApiCredential"], path=f"/api/{word}")
    rows["CredentialProperty"] = CredentialProperty.objects.get(credential=rows["ApiCredential"])
    rows["PropertyLink"] = PropertyLink.objects.get(membership=people[Role.MEMBER])
    rows["Status"] = Status.objects.get(organization=organization, name="New")
    rows["Reason"] = Reason.objects.filter(organization=organization).first()
    rows["CallLogReason"] = CallLogReason.objects.create(
        organization=organization, call_log=rows["CallLog"], reason=rows["Reason"], position=0
    )
    _write_word_everywhere(organization, word)
    for row in rows.values():
        row.refresh_from_db()
    return World(
        word,
        organization,
        people[Role.OWNER],
        people[Role.ADMIN],
        people[Role.MEMBER],
        rows,
    )


def _places(place: Property) -> dict[str, Any]:
    unit = make_unit(place)
    resident = make_resident(unit)
    phone = make_phone(resident, SECRET_NUMBER)
    reading = MedicalNoteReading.objects.create(
        organization=place.organization, unit=unit, reader_name=place.organization.name
    )
    rows = {"Unit": unit, "Resident": resident, "ResidentPhone": phone}
    return rows | {"MedicalNoteReading": reading}


def _calls(organization: Organization, place: Property, word: str) -> dict[str, Any]:
    log = make_call_log(organization, property=place)
    make_comment(log, text=word, author_name=word)
    withdrawn = make_comment(log, text=word, author_name=word, raw_time=word)
    withdrawal = CommentWithdrawal.objects.create(comment=withdrawn, reason=word)
    callback = Callback.objects.create(
        organization=organization, call_log=log, due_at=timezone.now() + timedelta(hours=1)
    )
    presence = Presence.objects.create(
        organization=organization, call_log=log, user=make_user(), typing="notes"
    )
    return {
        "Presence": presence,
        "CallLog": log,
        "Comment": withdrawn,
        "CommentWithdrawal": withdrawal,
        "Callback": callback,
    }


def _cards(log: CallLog, word: str) -> dict[str, Any]:
    organization = log.organization
    question = CardQuestion.objects.filter(organization=organization, kind="text").get()
    card = DecisionCard.objects.get(pk=question.card_id)
    reply = CardReply.objects.create(
        organization=organization,
        call_log=log,
        card=card,
        reason_name=word,
        rule=word,
        rule_of=word,
        verdict="open",
        author_name=word,
    )
    answer = CardAnswer.objects.create(
        organization=organization,
        reply=reply,
        question=question,
        question_text=word,
        answer_text=word,
        value=word,
    )
    return {
        "ReasonSet": ReasonSet.objects.create(organization=organization, name=word),
        "Snippet": Snippet.objects.create(organization=organization, word=word, text=word),
        "DecisionCard": card,
        "CardQuestion": question,
        "CardReply": reply,
        "CardAnswer": answer,
    }


def _attachment(log: CallLog, word: str) -> Attachment:
    file = receive(SimpleUploadedFile(f"{word}.txt", word.encode()))
    return Attachment.objects.create(
        organization=log.organization,
        call_log=log,
        comment=make_comment(log, text=word, author_name=word),
        name=file.name,
        media_type=file.media_type,
        byte_size=file.stored.size,
        sha256=file.stored.sha256,
        stored_as=file.stored.name,
        added_by_name=word,
    )


def _remembered(rows: dict[str, Any], owner: Membership, word: str) -> dict[str, Any]:
    number = RememberedNumber.objects.create(
        organization=owner.organization,
        resident=rows["Resident"],
        phone=rows["ResidentPhone"],
        asked_by=owner.user,
    )
    call = RememberedCall.objects.create(
        organization=owner.organization,
        remembered=number,
        call_log=rows["CallLog"],
        call_from_before=word,
    )
    return {"RememberedNumber": number, "RememberedCall": call}


def _lists(organization: Organization, owner: Membership, word: str) -> dict[str, Any]:
    """A saved view, how somebody likes the list, and an export on record."""
    mine: dict[str, Any] = {"organization": organization, "user": make_user()}
    view = SavedView.objects.create(
        organization=organization, owner=owner.user, name=word, query=word, columns=word
    )
    return {
        "SavedView": view,
        "ListSettings": ListSettings.objects.create(**mine, columns=word),
        "ExportRecord": ExportRecord.objects.create(**mine, user_name=word, query=word),
    }


def _event(log: CallLog, place: Property, word: str) -> dict[str, Any]:
    """A building event that the call joined."""
    of = {"organization": log.organization}
    event = BuildingEvent.objects.create(
        **of,
        property=place,
        title=word,
        opened_by_name=word,
        closed_at=timezone.now(),
        closing_status=Status.objects.get(organization=log.organization, name="Resolved"),
        outcome=word,
    )
    line = EventLine.objects.create(**of, event=event, text=word, author_name=word)
    joined = EventCall.objects.create(
        **of, event=event, call_log=log, settled_at=timezone.now(), refusal=word
    )
    return {"BuildingEvent": event, "EventLine": line, "EventCall": joined}


def _chains(log: CallLog, member: Membership, word: str) -> dict[str, Any]:
    """A chain as it is planned, and one that was run from the call."""
    of = {"organization": log.organization}
    responder = Responder.objects.create(**of, name=word, user=member.user)
    line = ResponderLine.objects.create(**of, responder=responder, raw=word, e164=SECRET_NUMBER)
    schedule = Schedule.objects.create(**of, name=word)
    turn = schedule.turns.create(**of, weekday=0, starts_at=time(18), responder=responder)
    override = ScheduleOverride.objects.create(
        **of,
        schedule=schedule,
        starts_on=date(2026, 11, 1),
        starts_at=time(18),
        ends_on=date(2026, 11, 2),
        ends_at=time(6),
    )
    policy = Policy.objects.create(**of, property=log.property, name=word, slug=word)
    rule = Rule.objects.create(**of, policy=policy, order=1, schedule=schedule)
    escalation = Escalation.objects.create(
        **of, policy=policy, property=log.property, call_log=log, started_by_name=word
    )
    item = EscalationItem.objects.create(
        **of, escalation=escalation, rule=rule, responder=responder, status=word
    )
    check = NightCheck.objects.create(**of, day=date(2026, 11, 1), checked_at=timezone.now())
    finding = Finding.objects.create(
        **of,
        kind="missed",
        responder=responder,
        found_in=check,
        handled_at=timezone.now(),
        handled_by_name=word,
        comment=word,
    )
    plan = (responder, line, schedule, turn, override, policy, rule)
    rows = (*plan, escalation, item, check, finding)
    return {type(row).__name__: row for row in rows}


def _telephony(place: Property, member: Membership, word: str) -> dict[str, Any]:
    """A call at the member's extension, and the system that told of it."""
    organization = place.organization
    of = {"organization": organization}
    extension = make_extension(organization, user=member.user, property=place)
    upstream = make_upstream(organization, name=word, base_url=word, client_id=word)
    call = make_phone_call(
        organization,
        upstream=upstream,
        extension=extension,
        property=place,
        caller_raw=SECRET_NUMBER,
        caller_e164=SECRET_NUMBER,
        told={"word": word},
    )
    told: dict[str, Any] = {"upstream": upstream, "raw": {"word": word}}
    event = PhoneCallEvent.objects.create(
        **of, **told, call_id=word, kind="dial-in", extension=extension.number
    )
    unread = UnreadRow.objects.create(**of, **told, digest=bytes(32), reason=word)
    board = Wallboard.objects.create(
        **of, name=word, secret_hmac=secrets.token_bytes(32), created_by=member.user
    )
    rows = (
        *(extension, upstream, call, event, unread, board),
        UpstreamPoll.objects.create(**of, upstream=upstream, error=word),
        make_party(call, extension=extension, sources=[SECRET_NUMBER]),
        HandledMissedCall.objects.create(**of, phone_call=call, reason=word, handled_by_name=word),
    )
    return {type(row).__name__: row for row in rows}


def _calls_rest(organization: Organization, word: str) -> dict[str, Any]:
    return {
        "unplaced": make_call_log(organization),
        "withdrawn": make_call_log(
            organization, withdrawn_at=timezone.now(), withdrawn_reason=word
        ),
    }


def _rest(organization: Organization, owner: Membership, word: str) -> dict[str, Any]:
    source = ImportSource.objects.create(
        organization=organization, key=word, name=word, kind="roster", options={"word": word}
    )
    run = ImportRun.objects.create(
        organization=organization,
        source=source,
        requested_by=owner.user,
        file_name=word,
        sha256=bytes(32),
        byte_size=1,
    )
    kept = {"organization": organization, "natural_key": word}
    anchor = {"first_comment_id": 1, "last_comment_id": 2, "comments": 2, "digest": bytes(32)}
    return {
        "HistoryAnchor": HistoryAnchor.objects.create(organization=organization, **anchor),
        "ImportSource": source,
        "ImportRun": run,
        "ImportLine": ImportLine.objects.create(
            **kept, run=run, number=1, outcome="rejected", reason=word, data={"word": word}
        ),
        "SourceRow": SourceRow.objects.create(
            **kept, source=source, row_hash=bytes(32), object_id=1, values={"word": word}
        ),
        "Draft": Draft.objects.create(
            organization=organization, user=owner.user, key="new", data=[["notes", word]]
        ),
        "OneTimeLink": OneTimeLink.objects.create(
            organization=organization,
            kind="invitation",
            role="member",
            email=f"{word}@example.com",
            token_digest=word.encode(),
            created_by=owner.user,
            expires_at=timezone.now() + timedelta(days=1),
        ),
    }


def scoped_models() -> list[type[models.Model]]:
    """Every model of ours whose rows belong to an organisation; not their audit events."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("callcenter.")
        and not issubclass(model, AuditEvent)
        and any(field.name == "organization" for field in model._meta.fields)
    ]


def only_grows(model: type[models.Model]) -> bool:
    """Whether the app may not change rows of this model."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'UPDATE')", [model._meta.db_table])
        return not cursor.fetchone()[0]


def free_texts(model: type[models.Model]) -> list[models.Field]:
    """The columns of a model that hold what people typed."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.generated
        and field.name not in FORMED
        and (model.__name__, field.name) not in FORMED_HERE
    ]


def _write_word_everywhere(organization: Organization, word: str) -> None:
    numbered = Concat(Value(word), Cast(F("pk"), models.TextField()))
    for model in scoped_models():
        if only_grows(model):
            continue
        fields = {field.name: numbered for field in free_texts(model)}
        rows: Any = model._default_manager.filter(organization=organization)
        if model in (CallLog, Escalation, EscalationItem, PhoneCall):
            fields.pop("withdrawn_reason")
        if fields:
            rows.update(**fields)
