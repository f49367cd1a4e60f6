"""Call logs: who rang from where and why, what was said since, and where the matter stands."""

from .attachments import Attachment, AttachmentQuerySet, WaitingFile
from .building_events import BuildingEvent, BuildingEventQuerySet, EventCall, EventLine
from .call_logs import (
    CallLog,
    CallLogQuerySet,
    CallLogReason,
    Direction,
    TimeFlag,
    main_reason_of,
)
from .callbacks import Callback, CallbackQuerySet, CallbackState
from .card_replies import CardAnswer, CardReply, CardReplyQuerySet, Verdict
from .cards import MOST_QUESTIONS, CardQuestion, DecisionCard, Option, QuestionKind
from .comments import (
    Comment,
    CommentKind,
    CommentQuerySet,
    CommentWithdrawal,
    HistoryAnchor,
    Visibility,
)
from .drafts import Draft
from .exports import ExportRecord, ExportRecordQuerySet
from .list_views import ListSettings, SavedView, SavedViewQuerySet
from .missed import HandledMissedCall, HandledMissedCallQuerySet
from .presence import Presence, Typing
from .readings import MedicalNoteReading
from .reason_sets import ReasonSet
from .reasons import Reason, ReasonQuerySet
from .remembered import (
    RememberedCall,
    RememberedNumber,
    RememberedNumberQuerySet,
    Remembering,
)
from .snippets import LONGEST_SNIPPET, Snippet
from .statuses import OrganizationQuerySet, Status, StatusKind, StatusQuerySet

__all__ = [
    "LONGEST_SNIPPET",
    "MOST_QUESTIONS",
    "Attachment",
    "AttachmentQuerySet",
    "BuildingEvent",
    "BuildingEventQuerySet",
    "CallLog",
    "CallLogQuerySet",
    "CallLogReason",
    "Callback",
    "CallbackQuerySet",
    "CallbackState",
    "CardAnswer",
    "CardQuestion",
    "CardReply",
    "CardReplyQuerySet",
    "Comment",
    "CommentKind",
    "CommentQuerySet",
    "CommentWithdrawal",
    "DecisionCard",
    "Direction",
    "Draft",
    "EventCall",
    "EventLine",
    "ExportRecord",
    "ExportRecordQuerySet",
    "HandledMissedCall",
    "HandledMissedCallQuerySet",
    "HistoryAnchor",
    "ListSettings",
    "MedicalNoteReading",
    "Option",
    "OrganizationQuerySet",
    "Presence",
    "QuestionKind",
    "Reason",
    "ReasonQuerySet",
    "ReasonSet",
    "RememberedCall",
    "RememberedNumber",
    "RememberedNumberQuerySet",
    "Remembering",
    "SavedView",
    "SavedViewQuerySet",
    "Snippet",
    "Status",
    "StatusKind",
    "StatusQuerySet",
    "TimeFlag",
    "Typing",
    "Verdict",
    "Visibility",
    "WaitingFile",
    "main_reason_of",
]
