"""Small pictures that stand for what residents photograph, drawn here so that nobody took them."""

import io

from PIL import Image, ImageDraw

SIZE = (640, 480)


def stain() -> bytes:
    """A ceiling with a wet stain and drops, as PNG."""
    picture = Image.new("RGB", SIZE, "#e9e6df")
    draw = ImageDraw.Draw(picture)
    for x in range(0, SIZE[0], 80):
        draw.line((x, 0, x - 60, SIZE[1]), fill="#dedad1", width=2)
    for grow, colour in ((0, "#cbbd9c"), (26, "#bda97f"), (60, "#a8915f"), (96, "#8f7a4d")):
        draw.ellipse((150 + grow, 90 + grow // 2, 500 - grow, 350 - grow // 2), fill=colour)
    for x, y in ((286, 300), (332, 372), (318, 430)):
        draw.ellipse((x, y, x + 14, y + 24), fill="#7fa3bf")
    return _png(picture)


def valve() -> bytes:
    """A pipe with a closed valve, as PNG."""
    picture = Image.new("RGB", SIZE, "#4a4f57")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 220, SIZE[0], 280), fill="#b0752f")
    draw.rectangle((0, 232, SIZE[0], 244), fill="#d39a52")
    draw.rectangle((270, 190, 370, 310), fill="#8d9299")
    draw.rectangle((308, 110, 332, 200), fill="#70757c")
    draw.rounded_rectangle((220, 86, 420, 122), radius=18, fill="#c23b32")
    draw.ellipse((120, 380, 520, 460), fill="#3b5f7a")
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
