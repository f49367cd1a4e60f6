"""Names of uploaded files: for people to read, never a path (B-16, B-21)."""

from django.utils.translation import gettext as _

LONGEST = 255


def shown_name(name: str) -> str:
    """The last part of a name, without what cannot be seen and cut to 255 characters.

    Controls, marks that reorder the text around them and zero-width characters are dropped; a
    long name keeps its ending.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    seen = (c if c.isprintable() else " " if c.isspace() else "" for c in base)
    clean = " ".join("".join(seen).split())
    if clean.strip(". ") == "":
        return _("file")
    stem, dot, ending = clean.rpartition(".")
    if len(clean) <= LONGEST or not dot or len(ending) > LONGEST // 2:
        return clean[:LONGEST]
    return f"{stem[: LONGEST - 1 - len(ending)]}.{ending}"


def ending_of(name: str) -> str:
    """What stands after the last dot, in lower case; "" without a dot or before the first one."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""
