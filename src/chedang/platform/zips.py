"""ZIP archives that are written while they are sent: memory holds one piece, however large the whole is."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from chedang.terms.dates import SHANGHAI

_PIECE_BYTES: Final = 64 * 1024


class _Sink(io.RawIOBase):
    """Takes what is written until it is fetched. Cannot be wound back, so that ZipFile does not try."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        written = bytes(piece)  # type: ignore[call-overload]  # whatever ZipFile hands over
        self.held += written
        return len(written)

    def take(self) -> bytes:
        taken = bytes(self.held)
        self.held.clear()
        return taken


def zip_pieces(files: Iterable[tuple[str, Iterable[str | bytes]]], *, made_at: datetime) -> Iterator[bytes]:
    """An archive of these files (name, pieces), piece by piece; text as UTF-8. A file is made as it is read."""
    sink = _Sink()
    at = made_at.astimezone(SHANGHAI)
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, pieces in files:
            info = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
            with archive.open(info, "w", force_zip64=True) as entry:
                for piece in pieces:
                    entry.write(piece if isinstance(piece, bytes) else as_bytes(piece))
                    if len(sink.held) >= _PIECE_BYTES:
                        yield sink.take()
    yield sink.take()


def as_bytes(text: str) -> bytes:
    """A text as it stands in an archive."""
    return text.encode("utf-8", "surrogatepass")
