"""Call logs: who rang from where and why, what was said since, and where the matter stands."""

from .attachments import Attachment, AttachmentQuerySet
from .call_logs import CallLog, CallLogQuerySet, CallLogReason, Direction, TimeFlag
from .callbacks import Callback, CallbackQuerySet, CallbackState
from .comments import (
    Comment,
    CommentKind,
    CommentQuerySet,
    CommentWithdrawal,
    HistoryAnchor,
    Visibility,
)
from .drafts import Draft
from .readings import MedicalNoteReading
from .reasons import Reason, ReasonQuerySet
from .statuses import OrganizationQuerySet, Status, StatusKind, StatusQuerySet

__all__ = [
    "Attachment",
    "AttachmentQuerySet",
    "CallLog",
    "CallLogQuerySet",
    "CallLogReason",
    "Callback",
    "CallbackQuerySet",
    "CallbackState",
    "Comment",
    "CommentKind",
    "CommentQuerySet",
    "CommentWithdrawal",
    "Direction",
    "Draft",
    "HistoryAnchor",
    "MedicalNoteReading",
    "OrganizationQuerySet",
    "Reason",
    "ReasonQuerySet",
    "Status",
    "StatusKind",
    "StatusQuerySet",
    "TimeFlag",
    "Visibility",
]
