"""The files of a call as its page shows them."""

from dataclasses import dataclass

from django.conf import settings

from callcenter.properties.principals import Principal

from .content import ACCEPT
from .models import Attachment, AttachmentQuerySet


@dataclass(frozen=True)
class Files:
    """The files that somebody sees, oldest first, and what may be added: endings and bytes.

    None for a call that is not saved yet.
    """

    rows: AttachmentQuerySet | None = None
    accept: str = ACCEPT

    @property
    def max_bytes(self) -> int:
        """How large one file may be."""
        return int(settings.ATTACHMENT_MAX_BYTES)


def files_of(principal: Principal, call_log_id: int) -> Files:
    """The files of a call that the principal sees; read when they are shown."""
    return Files(Attachment.objects.visible_to(principal).of_call(call_log_id))
