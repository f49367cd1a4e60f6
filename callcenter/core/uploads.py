"""How much a request may carry, judged before anything of it is read (B-15)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


def takes_files[V: Callable[..., Any]](limit: Callable[[], int]) -> Callable[[V], V]:
    """Let a view's forms carry `limit()` bytes of files; all others carry hardly any."""

    def mark(view: V) -> V:
        view.upload_limit = limit  # type: ignore[attr-defined]
        return view

    return mark


class BoundedUploadHandler(FileUploadHandler):
    """Refuses a body that is longer than the forms of its view send."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 (Django's name)
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """RequestDataTooBig before the first byte is read; words have room beside the files."""
        match = getattr(self.request, "resolver_match", None)
        limit = getattr(match.func, "upload_limit", None) if match else None
        allowed = (limit() if limit else 0) + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if content_length > allowed:
            raise RequestDataTooBig(f"{content_length} bytes, {allowed} are taken here")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """The bytes, for the handlers that keep them."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Nothing: the handlers behind this one have the file."""
