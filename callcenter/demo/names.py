"""Names and numbers of people who do not exist (domain.md 6.4 and 7)."""

import random


def _each(words: str) -> tuple[str, ...]:
    return tuple(words.split())


FIRST: tuple[str, ...] = _each(
    "Ana Luis Kim Dana Marcus Priya Wei Fatima Olga Tom Grace Ruth Ahmed Sofia Noah Emma Liam"
    " Olivia Mateo Chloe Ivan Leila Jonas Maya Samuel Nina Victor Rosa Pablo Irene Hugo Clara"
    " Derek Alma Felix June Otis Pearl Quentin Ramona Stella Umar Vera Walter Xenia Yusuf Zoe"
    " Angela Brian Carmen Dmitri Esther Frank Gloria Hannah Isaac Janet Keith Lorna Miguel"
)
LAST: tuple[str, ...] = _each(
    "Ruiz Osei Okafor Lindqvist Novak Patel Chen Haddad Petrova Walsh Adeyemi Romero Khan"
    " Schmidt Fischer Moreau Rossi Silva Costa Nguyen Tran Park Tanaka Sato Ali Hassan Brown"
    " Clark Davis Evans Foster Green Harris Irving Jensen Keller Lopez Mason Nolan Owens Price"
    " Quinn Reyes Stone Turner Underwood Vargas Weber Young Zimmer Abbott Barlow Castillo Duarte"
    " Espinoza Ferrari Gallagher Holm Ibrahim Jovanovic Kowalski"
)
# First, middle and last names that break careless code: NFC and NFD accents, particles, two
# surnames, one-word names, couples, estates, suffixes, right-to-left, capitals, blanks.
ODD: tuple[tuple[str, str, str], ...] = (
    ("Jos\u00e9", "", "Mu\u00f1oz"),
    ("Jose\u0301", "", "Mun\u0303oz"),
    ("Mar\u00eda", "", "Garc\u00eda L\u00f3pez"),
    ("Ludwig", "", "van der Berg"),
    ("Aoife", "", "O'Brien"),
    ("Anne-Marie", "D'", "Souza"),
    ("Madonna", "", ""),
    ("", "", "Suharto"),
    ("Charles & Peggy", "", "Whitfield"),
    ("", "", "ESTATE OF HAROLD BLOOM"),
    ("Robert", "", "Dawes Jr."),
    ("Henry", "J.", "Pope III"),
    ("\u05d3\u05d5\u05d3", "", "\u05db\u05d4\u05df"),
    ("\u0644\u064a\u0644\u0649", "", "\u062d\u062f\u0627\u062f"),
    ("JANICE", "", "MOORE"),
    ("Peter ", "", "Lang "),
    ("Nguy\u1ec5n", "Th\u1ecb", "Hoa"),
    ("\u738b", "", "\u5c0f\u660e"),
    ("Bj\u00f6rk", "", "\u00de\u00f3rsd\u00f3ttir"),
    ("Call 212-555-0199", "", "first"),
)
# Who lives there, by the unit's key: the desk and README teach with these.
TAUGHT_AT = "Maple Court"
TAUGHT: dict[str, tuple[str, str, str]] = {
    "12b": ("Ana", "", "de la Cruz"),
    "14c": ("Paolo", "", "Marchetti"),
}
AREA_CODES: dict[str, tuple[str, ...]] = {
    "America/New_York": _each(
        "212 646 718 917 347 929 516 914 201 551 609 732 973 203 860 617 508 781 215 267 484 410"
        " 301 202 703 804 305 786 407 813"
    ),
    "America/Chicago": _each("312 773 630 708 847 414 608 612 651 314 816 913 214 972 713"),
    "America/Denver": _each("303 720 970 719 505 801"),
    "America/Los_Angeles": _each("213 310 323 415 510 619 626 650 714 818 206 503 702"),
    "America/Phoenix": _each("602 480 623 520 928"),
    "America/St_Johns": ("709", "506", "902"),
}


def name(rng: random.Random) -> tuple[str, str, str]:
    """First, middle and last name; one in thirty is odd."""
    if rng.random() < 1 / 30:
        return rng.choice(ODD)
    middle = rng.choice("ABCDEFGHJKLMRST") + "." if rng.random() < 0.1 else ""
    return rng.choice(FIRST), middle, rng.choice(LAST)


# Ofcom's numbers for drama, a thousand behind each: mobile and London first, then other places.
BRITISH_FEW = ("+442079460", "+447700900", "+441632960")
BRITISH_MORE = (
    *(f"+44{place}4960" for place in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)),
    *("+441914980", "+442896496", "+442920180", "+443069990", "+448081570"),
)


class Numbers:
    """Deals out telephone numbers that ring nobody, each once as long as they last.

    Small loads get fiction ranges; large ones also get area codes that are not assigned,
    written with their country code, because the fiction ranges hold too few.
    """

    def __init__(self, rng: random.Random, *, many: bool) -> None:
        self._rng = rng
        self._many = many
        self._given: set[str] = set()

    def deal(self, zone: str) -> str:
        """An E.164 number that fits the zone."""
        for _ in range(50):
            e164 = self._any(zone)
            if e164 not in self._given:
                break
        self._given.add(e164)
        return e164

    def _any(self, zone: str) -> str:
        rng = self._rng
        if zone == "Europe/London":
            begin = rng.choice(BRITISH_FEW if not self._many else BRITISH_FEW + BRITISH_MORE)
            return f"{begin}{rng.randrange(1000):03d}"
        if self._many and rng.random() < 0.9:
            return f"+1{rng.randrange(2, 10)}9{rng.randrange(10)}{rng.randrange(2_000_000, 10**7)}"
        area = rng.choice(AREA_CODES[zone])
        return f"+1{area}55501{rng.randrange(100):02d}"


def national(e164: str) -> str:
    """The digits without the country code."""
    return e164[3:] if e164.startswith("+44") else e164[2:]


def typed(e164: str, extension: str, rng: random.Random) -> str:
    """The number as somebody might have typed it; reads back as the same number."""
    digits = national(e164)
    tail = rng.choice((" x{}", " ext. {}", "#{}")).format(extension) if extension else ""
    if e164.startswith("+44"):
        return rng.choice(("+44 {0}", "+44 (0){0}", "+44{0}")).format(digits) + tail
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    if area[1] == "9":
        forms: tuple[str, ...] = (f"+1{digits}", f"+1 ({area}) {exchange}-{line}")
    else:
        forms = (
            f"({area}) {exchange}-{line}",
            f"({area}) {exchange}-{line}",
            f"{area}-{exchange}-{line}",
            f"{area}.{exchange}.{line}",
            f"{area}/{exchange}-{line}",
            digits,
            f"1-{area}-{exchange}-{line}",
            f"+1 {area} {exchange} {line}",
            f"tel:+1-{area}-{exchange}-{line}",
            f"\u202d{area}\u00a0{exchange}\u00a0{line}",
        )
    form = rng.choice(forms)
    if not tail and rng.random() < 0.04:
        tail = rng.choice((" (cell)", " home", " after 6pm"))
    return form + tail
