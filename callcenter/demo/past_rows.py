"""The demo's telephone calls as rows for COPY, with ids in the order of their times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from callcenter.calls.models import HandledMissedCall
from callcenter.properties.principals import Principal
from callcenter.telephony.models import Extension, PhoneCall, PhoneCallParty, Upstream
from callcenter.telephony.writing import call_columns, party_columns, wire_ids

from .copying import copy_tuples, reserve_ids
from .past import Past, Rest, Told
from .rows import Chunk


class PhoneCallRow(NamedTuple):
    """Columns of PhoneCall."""

    id: int
    organization_id: int
    upstream_id: int
    source: str
    external_id: str
    wire_id: str
    extension_id: int
    property_id: int | None
    flow: int
    caller_raw: str
    caller_e164: str
    caller_name: str
    caller_digits_reversed: str
    called_raw: str
    called_e164: str
    called_digits_reversed: str
    nonce: str
    published_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    disposition: int
    talk_seconds: int | None
    heard_at: datetime
    stored_at: datetime


class PartyRow(NamedTuple):
    """Columns of PhoneCallParty."""

    organization_id: int
    phone_call_id: int
    position: int
    extension_id: int
    sources: list[str]
    destinations: list[str]
    flow: int
    status: int
    caller_id: str
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime
    recording_at: datetime | None
    parked_at: datetime | None
    parked_pos: int | None
    parked_by: str
    on_hold_at: datetime | None
    holder: int | None
    disposition: int


class HandledRow(NamedTuple):
    """Columns of HandledMissedCall."""

    organization_id: int
    phone_call_id: int
    reason: str
    handled_by_id: int
    handled_by_name: str
    handled_at: datetime


@dataclass(slots=True)
class PastWriter:
    """Copies the calls of a past, once it has begun."""

    owner: Principal
    upstream: Upstream
    _past: Past | None = None
    _extensions: dict[str, int] = field(default_factory=dict)
    _places: dict[str, int | None] = field(default_factory=dict)
    _ids: dict[int, int] = field(default_factory=dict)

    def begin(self, past: Past, logs: Mapping[int, datetime]) -> None:
        """Copy the calls that nobody logged, and keep ids for those of the logs.

        `logs` are the times of all logs to come, by id.
        """
        self._past = past
        known = Extension.objects.visible_to(self.owner)
        self._extensions = dict(known.values_list("number", "pk"))
        self._places = dict(known.values_list("number", "property_id"))
        lately = {key: at for key, at in logs.items() if at >= past.since}
        rest = past.rest(len(lately))
        times = [told.facts.published_at for told, _ in rest] + list(lately.values())
        order = sorted(range(len(times)), key=times.__getitem__)
        given = dict(zip(order, reserve_ids(PhoneCall, len(times)), strict=True))
        self._ids = {key: given[n] for n, key in enumerate(lately, start=len(rest))}
        self._copy((given[n], told) for n, (told, _) in enumerate(rest))
        copy_tuples(HandledMissedCall, HandledRow, self._handled(rest, given))

    def tie(self, chunk: Chunk) -> None:
        """Copy the calls of these logs, which are not copied yet, and tie them."""
        if self._past is None:
            return
        found: list[tuple[int, Told]] = []
        for place, log in enumerate(chunk.logs):
            key = self._ids.get(log.id)
            told = self._past.of_log(log) if key is not None else None
            if key is not None and told is not None:
                chunk.logs[place] = log._replace(phone_call_id=key)
                found.append((key, told))
        self._copy(found)

    def _copy(self, calls: Iterable[tuple[int, Told]]) -> None:
        calls = list(calls)
        copy_tuples(PhoneCall, PhoneCallRow, (self._call(key, told) for key, told in calls))
        rows = (row for key, told in calls for row in self._parties(key, told))
        copy_tuples(PhoneCallParty, PartyRow, rows)

    def _call(self, key: int, told: Told) -> PhoneCallRow:
        facts, source = told.facts, self.upstream.source
        places = (self._places[view.extension] for view in facts.views)
        return PhoneCallRow(
            id=key,
            organization_id=self.owner.organization_id,
            upstream_id=self.upstream.pk,
            source=source,
            external_id=told.call_id,
            wire_id=next(wire_ids(source, told.call_id)),
            extension_id=self._extensions[facts.extension],
            property_id=next((place for place in places if place is not None), None),
            heard_at=facts.ended_at or facts.published_at,
            stored_at=facts.published_at,
            **call_columns(facts, self.owner),
        )

    def _parties(self, key: int, told: Told) -> Iterable[PartyRow]:
        for position, view in enumerate(told.facts.views):
            yield PartyRow(
                organization_id=self.owner.organization_id,
                phone_call_id=key,
                position=position,
                extension_id=self._extensions[view.extension],
                **party_columns(view),
            )

    def _handled(self, rest: Rest, given: Mapping[int, int]) -> Iterable[HandledRow]:
        of = self.owner.organization_id
        for n, (_, said) in enumerate(rest):
            if said is not None:
                yield HandledRow(of, given[n], said.reason, said.by.id, said.by.name, said.at)
