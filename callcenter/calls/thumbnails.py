"""Small pictures of pictures: the only part of an upload that a page ever shows.

They are painted anew, so nothing of the upload but its colours gets in: no position, no camera,
no script, no second format hidden behind the first.
"""

import io
import threading
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")  # the decoders that are tried, and no others
SIDE = 256  # pixels; twice what pages show, for fine screens
PIXELS = 40_000_000  # of the picture as it says of itself; more is not unpacked
QUALITY = 80
MEDIA_TYPE = "image/jpeg"
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)

_one_at_a_time = threading.Lock()  # unpacked pictures are large


def thumbnail_of(file: BinaryIO) -> bytes | None:
    """A JPEG of at most SIDE pixels, the right way up; None for what is too large or no picture."""
    file.seek(0)
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _painted(file)
        except UNREADABLE:
            return None


def _painted(file: BinaryIO) -> bytes | None:
    with Image.open(file, formats=FORMATS) as picture:
        if picture.width * picture.height > PIXELS:
            return None
        picture.draft("RGB", (SIDE * 2, SIDE * 2))  # lets a JPEG be unpacked at a fraction
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((SIDE, SIDE), reducing_gap=2.0)
        shown = upright.convert("RGBA")
    clean = Image.new("RGB", shown.size, "white")
    clean.paste(shown, mask=shown)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
