"""The files of a call as its page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from .content import ACCEPT


@dataclass(frozen=True)
class Files:
    """The files that somebody sees, oldest first, and what may be added: endings and bytes.

    `rows` are the rows of the history that tell of them; none for a call that is not saved yet.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    accept: str = ACCEPT

    @property
    def max_bytes(self) -> int:
        """How large one file may be."""
        return int(settings.ATTACHMENT_MAX_BYTES)


def files_in(history: Iterable[dict[str, Any]]) -> Files:
    """The files of which a timeline tells, without those of calls that are folded into it."""
    own = (row for row in history if not row.get("origin"))
    return Files([row for row in own if row["attachment__pk"] is not None])
