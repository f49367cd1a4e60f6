"""The words of chains that both of its tables of evidence use."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Word(models.TextChoices):
    """The usual words of a status, of a chain or a ring; other systems may say any other.

    One list for both (wire/oneuptime.md 3).
    """

    INITIATED = "Initiated", _("Initiated")
    RINGING = "Ringing", _("Ringing")
    CONNECTED = "Connected", _("Connected")
    ESCALATED = "Escalated", _("Escalated")
    NO_ANSWER = "NoAnswer", _("No answer")
    FAILED = "Failed", _("Failed")
    COMPLETED = "Completed", _("Completed")
    CALLER_HUNG_UP = "CallerHungUp", _("Caller hung up")
    BUSY = "Busy", _("Busy")


class Outcome(models.TextChoices):
    """What came of a ring, in the word of the agent who rang."""

    NO_ANSWER = "no_answer", _("No answer")
    VOICEMAIL = "voicemail", _("Voicemail")
    BUSY = "busy", _("Busy")
    DECLINED = "declined", _("Declined")
    BAD_NUMBER = "bad_number", _("Bad number")
    ACCEPTED = "accepted", _("Accepted")
    CALLER_HUNG_UP = "caller_hung_up", _("Caller hung up")
