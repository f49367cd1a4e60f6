"""`make messages`: collects the texts that people read, and compiles the catalogues with Babel.

English is the source; a translation is one more folder of `callcenter/locale`. With `--check`
nothing is collected: it says whether a catalogue lacks texts, and compiles.
"""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "callcenter" / "locale"
METHODS = [
    ("callcenter/**.py", "python"),
    ("templates/**.html", "callcenter.core.messages:extract_template"),
]
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extract_template(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Any]:
    """The texts of a Django template, for Babel."""
    code = templatize(file.read().decode())
    flush = "\n".join(line.lstrip() for line in code.splitlines())
    yield from extract_python(BytesIO(flush.encode()), keywords, comment_tags, options)


def collect() -> Catalog:
    """Every text of the code and the templates, with where it stands."""
    catalog = Catalog(project="callcenter", charset="utf-8", fuzzy=False)
    options: dict[str, dict[str, Any]] = {pattern: {} for pattern, _ in METHODS}
    found: Iterable[Any] = extract_from_dir(
        ROOT, method_map=METHODS, options_map=options, keywords=KEYWORDS, comment_tags=()
    )
    for name, _line, message, comments, context in found:
        if str(name).startswith(("callcenter/", "templates/")):
            catalog.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def catalogues() -> list[Path]:
    """The committed catalogues, one a language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def compile_catalogue(path: Path, catalog: Catalog) -> None:
    """Write the binary form that Django reads beside the catalogue."""
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


def main(arguments: list[str]) -> int:
    """0 when all is written, or with --check when no catalogue lacks a text."""
    texts = collect()
    missing = 0
    for path in catalogues():
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parts[-3])
        if "--check" in arguments:
            lacking = [m.id for m in texts if m.id and catalog.get(m.id, m.context) is None]
            missing += len(lacking)
            for text in lacking:
                sys.stderr.write(f"{path.relative_to(ROOT)} lacks {text!r}: run make messages\n")
        else:
            catalog.update(texts, no_fuzzy_matching=True, update_creation_date=False)
            catalog.obsolete.clear()
            with path.open("wb") as file:
                write_po(file, catalog, sort_output=True, include_lineno=False, width=99)
        compile_catalogue(path, catalog)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
