"""Photos that people send: told by their content, bounded, and written anew without what the camera put in.

Where a photo was taken, when and with what stands in its EXIF block; nothing of that is kept. What comes out is always
one JPEG, whatever came in, so that nothing hides behind a picture.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from chedang.terms.saying import SaidRefusal, said

MAX_PHOTO_BYTES: Final = 8 * 1024 * 1024
MAX_PHOTO_PIXELS: Final = 60_000_000
"""Ours: more than phones of today take; a picture is refused by its header, before it fills the memory."""
LONGEST_SIDE_PIXELS: Final = 2_000
_QUALITY: Final = 85
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP")
_WHITE: Final = (255, 255, 255)


class PhotoRefused(SaidRefusal):
    """The photo is not taken; it says why and what to do."""


def clean_photo(content: bytes) -> bytes:
    """The picture as a JPEG of at most 2,000 pixels a side, upright, without EXIF, place or maker.

    Takes JPEG, PNG, WebP and BMP by what the bytes are, whatever their name. Raises PhotoRefused.
    """
    if len(content) > MAX_PHOTO_BYTES:
        raise PhotoRefused(said("照片超过 8 MB，请缩小后再上传。"))
    try:
        return _write_anew(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except PhotoRefused:
        raise
    except Exception:  # whatever the readers of four formats raise for hostile bytes
        raise PhotoRefused(said("这个文件不是能读的照片，请上传 JPG、PNG、WebP 或 BMP 格式的照片。")) from None


def _write_anew(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=_FORMATS) as picture:
        if picture.width * picture.height > MAX_PHOTO_PIXELS:
            raise _too_many_pixels()
        picture.draft("RGB", (LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS))
        written = BytesIO()
        _on_white(upright).save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Pixels alone, on a new picture: nothing that came with the old one goes along."""
    seen = picture.convert("RGBA")
    paper = Image.new("RGB", seen.size, _WHITE)
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused(said("照片的像素太多，请缩小后再上传。"))
