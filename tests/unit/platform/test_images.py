"""Photos are told by content, bounded and written anew."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from chedang.platform.images import MAX_PHOTO_BYTES, PhotoRefused, clean_photo


def photo(kind: str = "JPEG", size: tuple[int, int] = (64, 40), *, mode: str = "RGB", exif: bool = False) -> bytes:
    written = BytesIO()
    block = Image.Exif()
    if exif:
        block[0x010F] = "a maker"  # Make
        block[0x0112] = 6  # Orientation: to be turned by 90 degrees
        block.get_ifd(0x8825)[2] = (30.0, 15.0, 0.0)  # GPSLatitude
    Image.new(mode, size, "red").save(written, kind, **({"exif": block} if exif else {}))
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("BMP", "RGB")],
)
def test_each_kind_comes_out_as_a_jpeg(kind: str, mode: str) -> None:
    with Image.open(BytesIO(clean_photo(photo(kind, mode=mode)))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (64, 40))


def test_place_and_maker_are_left_out_and_the_picture_stands_upright() -> None:
    sent = photo(exif=True)
    assert b"a maker" in sent
    written = clean_photo(sent)
    assert b"a maker" not in written
    assert b"Exif" not in written
    with Image.open(BytesIO(written)) as picture:
        assert picture.size == (40, 64)
        assert not picture.getexif()


def test_a_large_photo_is_made_smaller() -> None:
    with Image.open(BytesIO(clean_photo(photo(size=(3000, 1500))))) as picture:
        assert picture.size == (2000, 1000)


def test_what_only_is_called_a_photo_is_refused_with_words() -> None:
    gif = photo("GIF", mode="P")
    for content in (b"", b"<svg/>", b"%PDF-1.7", gif, photo()[:200], b"\xff\xd8\xff" + b"\0" * 50):
        with pytest.raises(PhotoRefused, match="不是能读的照片"):
            clean_photo(content)
    with pytest.raises(PhotoRefused, match="8 MB"):
        clean_photo(bytes(MAX_PHOTO_BYTES + 1))


@pytest.mark.parametrize("side", [8_000, 30_000])
def test_a_small_file_of_very_many_pixels_is_refused_before_it_is_unpacked(side: int) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    with pytest.raises(PhotoRefused, match="像素太多"):
        clean_photo(bomb)
