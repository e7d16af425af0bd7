"""Whether a PDF could act on whoever opens it, by its bytes (ours)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from chedang.terms.saying import SaidRefusal, said

MAX_PDF_BYTES: Final = 5 * 1024 * 1024
_MAX_UNPACKED_BYTES: Final = 32 * 1024 * 1024
_MAX_STREAMS: Final = 20_000
_BEGINNING_BYTES: Final = 4_096
_TOO_MUCH: Final = said("这个 PDF 展开后太大，请打印成普通 PDF，或改用照片。")
_HEX: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"stream\r?\n")
_ANY_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)")
_SAID: Final = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
_ESCAPED: Final = re.compile(rb"/[A-Za-z]{0,20}#[0-9A-Fa-f]{2}[0-9A-Za-z#]{0,60}")
"""A name with an escape in it."""
_MAX_ESCAPED: Final = 50_000
_PIECE_BYTES: Final = 4_096
_OBJECTS: Final = re.compile(rb"(?:\s|%[^\r\n]*[\r\n])*[0-9]+\s+[0-9]+\s")
"""How a stream of objects begins: with the number and the place of the first."""
_ACTIVE: Final = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR|GoToE|Movie|Sound|Rendition|Encrypt)"
    rb"(?![A-Za-z0-9])"
)
"""Actions that run or open something and what carries a file. An encrypted document cannot be looked into. Names of two
letters (JS, AA) do nothing without one of these, and pictures hold them by chance."""


class PdfRefused(SaidRefusal):
    """The document is not taken; it says why and what to do."""


def is_pdf(content: bytes) -> bool:
    """By how it begins."""
    return content.startswith(b"%PDF-")


def check_pdf(content: bytes) -> None:
    """Raises PdfRefused for a document that is too large, broken off or active.

    Names are looked for in the document as it stands, with their escapes undone, and inside its compressed streams of
    objects, where newer documents keep them.
    """
    if len(content) > MAX_PDF_BYTES:
        raise PdfRefused(said("PDF 超过 5 MB，请压缩或分开后再上传。"))
    if b"%%EOF" not in content[-2048:]:
        raise PdfRefused(said("这个 PDF 不完整，请重新导出后再上传。"))
    if _is_active(content) or any(map(_is_active, _streams_of_objects(content))):
        raise PdfRefused(said("这个 PDF 含有脚本、附件、加密或自动动作，不能上传。请打印成普通 PDF，或改用照片。"))


def _is_active(text: bytes) -> bool:
    """Does it name anything active, also in escapes? Raises PdfRefused for so many that reading them takes long."""
    if _ACTIVE.search(text):
        return True
    for count, found in enumerate(_ESCAPED.finditer(text)):
        if count >= _MAX_ESCAPED:
            raise PdfRefused(_TOO_MUCH)
        if _ACTIVE.match(_plain(found[0])):
            return True
    return False


def _plain(name: bytes) -> bytes:
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), name)


def _streams_of_objects(content: bytes) -> Iterator[bytes]:
    """Those among the compressed streams that can hold objects, unpacked; bounded in all.

    Raises PdfRefused, also for one that says that it holds objects and cannot be looked into: packed in another way.
    """
    left, view, stated = _MAX_UNPACKED_BYTES, memoryview(content), _ends_of_said(content)
    for count, start in enumerate(_STREAM.finditer(content)):
        if left <= 0 or count >= _MAX_STREAMS:
            raise PdfRefused(_TOO_MUCH)
        packed = view[start.end() :]
        beginning, _read = _unpack(packed[:_BEGINNING_BYTES], _BEGINNING_BYTES)
        if not _OBJECTS.match(beginning):
            continue
        unpacked, read = _unpack(packed, left)
        left -= len(unpacked) + read
        stated.discard(start.end())
        yield unpacked
    if left <= 0:
        raise PdfRefused(_TOO_MUCH)
    if stated:
        raise PdfRefused(said("这个 PDF 有一部分用了不常见的压缩，无法检查。请打印成普通 PDF，或改用照片。"))


def _ends_of_said(content: bytes) -> set[int]:
    """Where the streams begin that are said to hold objects: behind the next ``stream`` after the name."""
    names = [found.end() for found in _SAID.finditer(content)]
    names += [found.end() for found in _ESCAPED.finditer(content) if _plain(found[0]) == b"/ObjStm"]
    found = (_ANY_STREAM.search(content, name) for name in names[:_MAX_STREAMS])
    return {start.end() for start in found if start}


def _unpack(packed: memoryview, most_bytes: int) -> tuple[bytes, int]:
    """What can be read, broken off where it is broken, b'' for what is not compressed this way; and of how much."""
    unpacking, unpacked, read = zlib.decompressobj(), bytearray(), 0
    try:
        # Piece by piece: what stands behind the end would be copied.
        for place in range(0, len(packed), _PIECE_BYTES):
            read = place + _PIECE_BYTES
            unpacked += unpacking.decompress(packed[place:read], most_bytes - len(unpacked))
            if unpacking.eof or len(unpacked) >= most_bytes:
                break
    except zlib.error:
        pass
    return bytes(unpacked), read
