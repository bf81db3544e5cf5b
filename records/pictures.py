"""A picture as a terminal received it becomes one that may be kept: a JPEG of sensible size that says nothing but what it shows. Pure.

Everything is decoded and drawn anew, so that no place (GPS), camera, comment or hidden rest of the sent file is kept, and nothing but pixels ever
reaches a clerk's browser.
"""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from PIL import Image, ImageOps

from records.errors import RecordsError

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000  # the largest common telephone cameras; 150 MB while it is decoded
LONGEST_SIDE = 2560  # pixels: the small print of an A4 page photographed whole stays readable
QUALITY = 85  # of 95; letters keep clean edges
FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"


class PictureError(RecordsError):
    """A picture that cannot be kept. reason: "too_large" (bytes or pixels) or "not_a_picture" (of none of FORMATS, or broken)."""

    def __init__(self, reason: Literal["too_large", "not_a_picture"]) -> None:
        super().__init__(f"the picture is {reason}: send a JPEG, PNG or WebP of at most {MOST_BYTES // 1024 // 1024} MB")
        self.reason = reason


def clean(content: bytes) -> bytes:
    """The picture upright, as a JPEG of at most LONGEST_SIDE pixels a side, without metadata. Takes up to a second. Raises PictureError."""
    if len(content) > MOST_BYTES:
        raise PictureError("too_large")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as sent:
            if sent.width * sent.height > MOST_PIXELS:
                raise PictureError("too_large")
            sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is then decoded no larger than needed
            upright = ImageOps.exif_transpose(sent)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            opaque = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError("too_large") from None
    except Exception as wrong:  # decoders raise OSError, SyntaxError, ValueError, struct.error …: all mean the same
        raise PictureError("not_a_picture") from wrong
    drawn = Image.new("RGB", opaque.size, "white")  # a new one: pictures carry comments and profiles along when saved
    drawn.paste(opaque, mask=opaque if opaque.mode == "RGBA" else None)
    kept = BytesIO()
    drawn.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()
