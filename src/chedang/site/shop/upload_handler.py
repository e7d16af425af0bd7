"""An uploaded file stays in memory until it is sealed: Django's own handlers would put large ones on disk, open."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

from chedang.intake.files.model import MAX_FILE_BYTES


class BoundedMemoryHandler(MemoryFileUploadHandler):
    """Takes files up to the size that is read, whatever the request says of its length."""

    most_bytes = MAX_FILE_BYTES
    is_too_much = False
    """Whether a file went beyond it; nothing of that one is kept, and what stood behind it in the form is lost."""

    def handle_raw_input(self, *_args: Any, **_keywords: Any) -> None:
        self.activated = True
        self._left = self.most_bytes + 1  # one more byte, so that the reader sees that it is too much

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._left -= len(raw_data)
        if self._left < 0:
            self.is_too_much = True
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)
