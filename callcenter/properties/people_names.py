"""Names of people as one hears them, parted into first, middle and last."""

PARTICLES = frozenset(
    [
        *("de", "del", "della", "di", "da", "das", "dos", "do", "du", "des", "la", "las", "le"),
        *("los", "el", "al", "bin", "ibn", "ben", "abu", "van", "von", "der", "den", "ter", "ten"),
        *("te", "zu", "zur", "zum", "vom", "af", "av", "mac", "mc", "st", "st.", "san", "santa"),
        *("d'", "o'", "y", "e"),
    ]
)
SUFFIXES = frozenset(["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "md", "esq", "esq."])


def part_name(name: str) -> tuple[str, str, str]:
    """(first, middle, last) of a name as typed; no letter is lost.

    "Cruz, Ana" has the last name first. A last name begins at its particles ("de la Cruz") and
    keeps what stands behind it ("Dawes Jr."). A single word is a last name.
    """
    before, comma, behind = (part.strip() for part in name.partition(","))
    if comma and behind and behind.casefold() not in SUFFIXES:
        first, _, middle = " ".join(behind.split()).partition(" ")
        return first, middle, " ".join(before.split())
    words = name.replace(",", " ").split()
    if not words:
        return "", "", ""
    at = _last_name_at(words)
    return " ".join(words[:1] if at else []), " ".join(words[1:at]), " ".join(words[at:])


def _last_name_at(words: list[str]) -> int:
    """Where the last name begins."""
    end = len(words)
    while end > 1 and words[end - 1].casefold() in SUFFIXES:
        end -= 1
    for at in range(1, end - 1):
        if words[at].casefold() in PARTICLES:
            return at
    return end - 1
