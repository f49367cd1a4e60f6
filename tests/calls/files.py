"""Real files of every kind, made on the spot, and such as calls must not take."""

import io
import struct
import wave
import zipfile
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

WORD = (
    b"<Types><Override ContentType='application/vnd.openxmlformats-officedocument."
    b"wordprocessingml.document.main+xml'/></Types>"
)
SHEET = WORD.replace(b"wordprocessingml.document", b"spreadsheetml.sheet")


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, content)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), *, color: Any = "navy", **options: Any
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind, **options)
    return out.getvalue()


def photograph() -> bytes:
    """A JPEG as a phone makes it: lying on its side, red above, and with the place it was taken."""
    shot = Image.new("RGB", (400, 200), "blue")
    shot.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter to the right to see it upright
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 42.0, 46.0), 3: "W", 4: (74.0, 0.0, 21.0)})
    out = io.BytesIO()
    shot.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def archive(**members: bytes) -> bytes:
    """A zip of these members; "__" in a name stands for "/", "DOT" for "."."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/").replace("DOT", "."), content)
    return out.getvalue()


def office(types: bytes = WORD, **members: bytes) -> bytes:
    """A document as Microsoft's programs write it."""
    return archive(**{"[Content_Types]DOTxml": types, "word__documentDOTxml": b"<w/>"} | members)


def open_document(kind: str = "text", **members: bytes) -> bytes:
    """A document as LibreOffice writes it."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive(mimetype=mimetype, contentDOTxml=b"<office/>", **members)


def sound() -> bytes:
    """A tenth of a second of silence as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as tape:
        tape.setnchannels(1)
        tape.setsampwidth(2)
        tape.setframerate(8000)
        tape.writeframes(bytes(1600))
    return out.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of few bytes that would unpack to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    squeezed = zlib.compress(bytes(1_000_000), 9)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", squeezed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


TAKEN: dict[str, tuple[bytes, str]] = {
    "ceiling.jpg": (picture("JPEG"), "image/jpeg"),
    "plan.png": (picture("PNG"), "image/png"),
    "drip.gif": (picture("GIF"), "image/gif"),
    "door.webp": (picture("WEBP"), "image/webp"),
    "scan.tif": (picture("TIFF"), "image/tiff"),
    "old.bmp": (picture("BMP"), "image/bmp"),
    "phone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "image/heic"),
    "lease.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj\n%%EOF", "application/pdf"),
    "note.txt": ("Wasser läuft, 12:30\r\n".encode(), "text/plain"),
    "latin.txt": ("Schlüssel fehlt\n".encode("cp1252"), "text/plain"),
    "notepad.txt": ("\ufeffWasser läuft\r\n".encode("utf-16-le"), "text/plain"),
    "list.csv": (b"unit,name\r\n12B,Ana\r\n", "text/plain"),
    "voicemail.wav": (sound(), "audio/x-wav"),
    "voice.mp3": (b"ID3\x03\0\0\0\0\0\x0f" + bytes(64), "audio/mpeg"),
    "memo.m4a": (b"\0\0\0\x18ftypM4A \0\0\0\0mp42isom" + bytes(64), "audio/mp4"),
    "letter.docx": (
        office(),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "rent.xlsx": (
        office(SHEET),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "letter.odt": (open_document(), "application/vnd.oasis.opendocument.text"),
}

# By what they are; each is sent under a name that would be taken.
REFUSED: dict[str, bytes] = {
    "program for windows": b"MZ\x90\0\x03\0\0\0" + bytes(200),
    "program for linux": b"\x7fELF\x02\x01\x01" + bytes(200),
    "program for mac": b"\xcf\xfa\xed\xfe\x07\0\0\x01" + bytes(200),
    "java class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(200),
    "page": b"<!doctype html><script>alert(1)</script>",
    "page after blanks": b"\n\n  \t<html onload=alert(1)>",
    "page in 16 bits": "\ufeff<script>alert(1)</script>".encode("utf-16-le"),
    "page after a mark": b"\xef\xbb\xbf<svg/onload=alert(1)>",
    "drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    "php": b"<?php system($_GET['c']); ?>",
    "script of a shell": b"#!/bin/sh\nrm -rf /\n",
    "postscript": b"%!PS-Adobe-3.0\n",
    "archive": archive(aDOTtxt=b"hello"),
    "program in an archive": archive(setupDOTexe=b"MZ"),
    "nothing but an end of an archive": b"PK\x05\x06" + bytes(18),
    "half an archive": office()[:80],
    "document with macros": office(word__vbaProjectDOTbin=b"x"),
    "document that says it has macros": office(WORD + b"application/vnd.ms-word.macroEnabled"),
    "document with old macro sheets": office(SHEET, xl__macrosheets__sheet1DOTxml=b"x"),
    "document with activex": office(word__activeX__activeX1DOTbin=b"x"),
    "open document with scripts": open_document(Basic__Standard__ModuleDOTxml=b"x"),
    "open document of another kind": open_document("formula"),
    "old document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "rich text": b"{\\rtf1\\ansi\0}",
    "film": b"\0\0\0\x18ftypisom\0\0\0\0mp42isom" + bytes(64),
    "flash": b"FWS\x09" + bytes(64),
    "bytes": bytes(range(256)),
    "text with a hole": b"hello\0world",
    "text that ends as a program": b"a" * 2_000_000 + b"\0\x01\x02",
    "packed": b"\x1f\x8b\x08\0\0\0\0\0" + bytes(64),
    "disk image": b"7z\xbc\xaf\x27\x1c" + bytes(64),
}
