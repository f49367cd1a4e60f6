"""The indexes of call logs, each with the query that it serves."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Index, Q
from django.db.models.functions import Least

INDEXES = [
    # the list: newest first; property and status are judged inside the index
    Index(
        F("organization"),
        F("contacted_at").desc(),
        F("id").desc(),
        F("property"),
        F("status"),
        name="calllog_list",
        condition=Q(withdrawn_at=None),
    ),
    # what is open: the few that count, however many were closed since
    Index(
        F("organization"),
        F("contacted_at").desc(),
        F("id").desc(),
        F("property"),
        F("status_kind"),
        F("taken_by"),
        name="calllog_open",
        condition=Q(closed_at=None, withdrawn_at=None),
    ),
    # what has no place
    Index(
        F("organization"),
        F("contacted_at").desc(),
        F("id").desc(),
        name="calllog_unplaced",
        condition=Q(property=None, withdrawn_at=None),
    ),
    # a property's list, and a member's
    Index(
        F("property"),
        F("contacted_at").desc(),
        F("id").desc(),
        F("status"),
        name="calllog_property_list",
        condition=Q(withdrawn_at=None),
    ),
    # the memory of a place: last calls and open matters
    Index(
        F("unit"),
        F("contacted_at").desc(),
        F("id").desc(),
        F("status"),
        name="calllog_unit_list",
        condition=Q(withdrawn_at=None, unit__isnull=False),
    ),
    # the one box: is there an open matter, however many calls a unit has had
    Index(
        fields=["unit"],
        name="calllog_open_at_unit",
        condition=Q(closed_at=None, withdrawn_at=None, unit__isnull=False),
    ),
    Index(
        F("resident"),
        F("contacted_at").desc(),
        F("id").desc(),
        name="calllog_resident_list",
        condition=Q(withdrawn_at=None, resident__isnull=False),
    ),
    # my work: what I took and what is not closed
    Index(
        F("taken_by"),
        F("contacted_at").desc(),
        F("id").desc(),
        name="calllog_taken_list",
        condition=Q(withdrawn_at=None),
    ),
    Index(
        fields=["assignee", "status_kind"],
        name="calllog_assigned",
        condition=Q(closed_at=None, withdrawn_at=None, assignee__isnull=False),
    ),
    # my open calls that nobody else holds
    Index(
        F("taken_by"),
        F("contacted_at").desc(),
        F("id").desc(),
        name="calllog_taken_open",
        condition=Q(closed_at=None, withdrawn_at=None, assignee=None),
    ),
    # what is due next (worklists.NEXT_DUE)
    Index(
        F("organization"),
        Least("first_answer_due_at", "resolve_due_at"),
        F("id"),
        F("property"),
        F("assignee"),
        name="calllog_due",
        condition=Q(closed_at=None, withdrawn_at=None, clock_paused_at=None)
        & (Q(first_answer_due_at__isnull=False) | Q(resolve_due_at__isnull=False)),
    ),
    # what nobody handles (worklists.UNHANDLED)
    Index(
        F("organization"),
        F("contacted_at"),
        F("id"),
        F("property"),
        name="calllog_unhandled",
        condition=Q(closed_at=None, withdrawn_at=None)
        & (Q(property=None) | Q(taken_by=None, assignee=None)),
    ),
    Index(
        fields=["folded_into"],
        name="calllog_folded",
        condition=Q(folded_into__isnull=False),
    ),
    # what was written down of a telephone call
    Index(
        fields=["phone_call"],
        name="calllog_of_phone_call",
        condition=Q(phone_call__isnull=False),
    ),
    # any four trailing digits find the call
    Index(
        "organization_id",
        OpClass("phone_digits_reversed", name="text_pattern_ops"),
        name="calllog_trailing",
        condition=~Q(phone_digits_reversed=""),
    ),
    # words of call from, subject and notes; long text, so no trigrams
    GinIndex(fields=["search"], name="calllog_words"),
]
