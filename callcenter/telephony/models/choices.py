"""The words and numbers of telephone calls.

Flow, status and disposition are kept as the numbers of the phone-call dialect
(wire/voipnow.md 4), because its filters, sorts and statistics ask for these numbers.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UpstreamKind(models.TextChoices):
    """Which language another telephone system speaks."""

    VOIPNOW = "voipnow", _("4PSA VoipNow")


class Flow(models.IntegerChoices):
    """Whose call it is, seen from the extension (wire/voipnow.md 4)."""

    LOCAL = 2, _("Local")
    OUTGOING = 4, _("Outgoing")
    INCOMING = 8, _("Incoming")


class ViewStatus(models.IntegerChoices):
    """What a party is doing; one that ended keeps its last one (wire/voipnow.md 4)."""

    UNKNOWN = 0, _("Unknown")
    OFF_HOOK = 1, _("Off hook")
    TRYING = 2, _("Trying")
    RINGING = 3, _("Ringing")
    FAR_RINGING = 4, _("Far side ringing")
    ON_CALL = 5, _("On call")


class Disposition(models.IntegerChoices):
    """What came of it (wire/voipnow.md 4)."""

    ANSWERED = 0, _("Answered")
    BUSY = 1, _("Busy")
    FAILED = 2, _("Failed")
    NO_ANSWER = 3, _("No answer")
    UNKNOWN = 4, _("Unknown")
    NOT_ALLOWED = 5, _("Not allowed")


class EventKind(models.TextChoices):
    """What a pushed event tells; the words of its address (wire/voipnow.md 9)."""

    DIAL_IN = "dial-in", _("Rings here")
    DIAL_OUT = "dial-out", _("Rings there")
    ANSWER = "answer", _("Answered")
    HANGUP = "hangup", _("Hung up")
