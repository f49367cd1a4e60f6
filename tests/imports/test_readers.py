"""Broken files (F24): each line is taken or refused with its number and a reason; none is lost."""

import codecs
import io
import json
from datetime import date
from typing import Any

import pytest

from callcenter.imports.readers.call_logs import read_call_logs
from callcenter.imports.readers.columns import folded
from callcenter.imports.readers.dates import DateOrder, read_date
from callcenter.imports.readers.results import Line, LineError, Refused, UnreadableFileError
from callcenter.imports.readers.roster import RosterOptions, read_roster, split_name

HEADER = "Property,Unit number,First name,Last name,Phone,Email,Move in Date"
ANA = "Maple Court,12-B,Ana,Ruiz,(212) 555-0101,ana@example.com,2026-11-20"
BO = "Maple Court,14,Bo,Lee,,,"
GOOD = f"{HEADER}\n{ANA}\n{BO}\n"


def roster(content: bytes, **options: Any) -> list[Line | Refused]:
    _columns, lines = read_roster(io.BytesIO(content), RosterOptions(**options))
    return list(lines)


def outcome(content: bytes | str, **options: Any) -> str:
    """What becomes of a file, in short: "+" for a line taken, "-" and number for one refused."""
    raw = content if isinstance(content, bytes) else content.encode()
    try:
        lines = roster(raw, **options)
    except UnreadableFileError as error:
        return f"file: {error}"
    said = []
    for line in lines:
        if isinstance(line, Refused):
            assert line.reason
            json.dumps(line.data).encode("utf-8")
            said.append(f"-{line.number}")
        else:
            said.append("+")
    return " ".join(said)


def lines_of(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


FILES: dict[str, tuple[bytes | str, str]] = {
    "plain": (GOOD, "+ +"),
    "with a mark": (codecs.BOM_UTF8 + GOOD.encode(), "+ +"),
    "utf-16 little end": (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), "+ +"),
    "utf-16 big end": (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), "+ +"),
    "utf-16 without a mark": (GOOD.encode("utf-16-le"), "+ +"),
    "utf-16 big without a mark": (GOOD.encode("utf-16-be"), "+ +"),
    "cp1252": (lines_of("Maple Court,1,Zoë,Núñez,,,").encode("cp1252"), "+"),
    "cp1252 inside utf-8": (
        lines_of("Maple Court,1,Zoë,A,,,").encode()
        + "Maple Court,2,Zoë,B,,,\n".encode("cp1252"),
        "+ +",
    ),
    "bytes that are no text": (f"{HEADER}\n".encode() + b"Maple,1,\x81\x8d,B,,,\n", "-2"),
    "lone carriage returns": (GOOD.replace("\n", "\r"), "+ +"),
    "windows line ends": (GOOD.replace("\n", "\r\n"), "+ +"),
    "mixed line ends": (f"{HEADER}\r\n{ANA}\r{BO}\n", "+ +"),
    "no end after the last line": (GOOD.rstrip("\n"), "+ +"),
    "tabs": (GOOD.replace(",", "\t"), "+ +"),
    "semicolons": (GOOD.replace(",", ";"), "+ +"),
    "bars": (GOOD.replace(",", "|"), "+ +"),
    "blank lines": (f"\n\n{HEADER}\n\n{ANA}\n   \n{BO}\n\n", "+ +"),
    "only separators": (lines_of(",,,,,,", ANA), "-2 +"),
    "too few cells": (lines_of("Maple Court,12-B,Ana", BO), "-2 +"),
    "too many cells": (lines_of(f"{ANA},more", BO), "-2 +"),
    "too many empty cells": (lines_of(f"{ANA},,,", BO), "+ +"),
    "cut in the middle": (lines_of(ANA) + "Maple Court,14,B", "+ -3"),
    "a NUL": (lines_of(ANA.replace("Ana", "A\x00na"), BO), "-2 +"),
    "a quote never closed": (lines_of(f'"{ANA}', BO, ANA), "-2 + +"),
    "a quote never closed on the last line": (lines_of(ANA, f'"{BO}'), "+ -3"),
    "two quotes never closed": (lines_of(f'"{ANA}', f'"{BO}', ANA), "-2 -3 +"),
    "a quote never closed before a quoted line": (
        lines_of(f'"{ANA}', '"Maple Court",1,"Bo",Lee,,,', BO), "-2 + +",
    ),
    "a cell of two lines": (lines_of('"Maple\nCourt",1,Ana,Ruiz,,,', BO), "+ +"),
    "a separator in quotes": (lines_of('"Maple, Court",1,Ana,Ruiz,,,', BO), "+ +"),
    "a quote inside a cell": (lines_of('Maple "M" Court,1,Ana,Ruiz,,,', BO), "+ +"),
    "a doubled quote": (lines_of('"Maple ""M""",1,Ana,Ruiz,,,', BO), "+ +"),
    "a cell of 200 kB": (lines_of(f"Maple Court,1,{'A' * 200_000},Ruiz,,,", BO), "-2 +"),
    "a quoted cell of 200 kB": (lines_of(f'Maple Court,1,"{"A" * 200_000}",Ruiz,,,', BO), "-2 +"),
    "a line of 2 MB": (lines_of("A" * 2_000_000, BO), "-2 +"),
    "a last line of 2 MB": (lines_of(BO, "A" * 2_000_000), "+ -3"),
    "the header again": (lines_of(ANA, HEADER, BO), "+ -3 +"),
    "a totals row": (lines_of(ANA, "Total,2 units,,,,,"), "+ -3"),
    "another totals row": (lines_of(ANA, "Maple Court,204 units,,,,,"), "+ -3"),
    "no name": (lines_of("Maple Court,1,,,,,", BO), "-2 +"),
    "no property": (lines_of(",1,Ana,Ruiz,,,", BO), "-2 +"),
    "two units in a cell": (lines_of("Maple Court,#203 / #204,Ana,Ruiz,,,", BO), "-2 +"),
    "a number whose digits are lost": (lines_of("Maple Court,1,Ana,Ruiz,2.12556E+09,,"), "-2"),
    "a letter in a number": (lines_of("Maple Court,1,Ana,Ruiz,212555O112,,"), "-2"),
    "no number": (lines_of("Maple Court,1,Ana,Ruiz,N/A,,"), "+"),
    "a broken address": (lines_of("Maple Court,1,Ana,Ruiz,,ines.prado@,"), "-2"),
    "an ambiguous date": (lines_of("Maple Court,1,Ana,Ruiz,,,03/04/26"), "-2"),
    "a date of zeros": (lines_of("Maple Court,1,Ana,Ruiz,,,0000-00-00"), "-2"),
    "a spreadsheet's date": (lines_of("Maple Court,1,Ana,Ruiz,,,45000"), "-2"),
    "the date that means none": (lines_of("Maple Court,1,Ana,Ruiz,,,01/01/1900"), "+"),
    "a formula": (lines_of("Maple Court,1,=cmd|' /C calc'!A0,Ruiz,,,"), "+"),
    "markup": (lines_of("Maple Court,1,<script>alert(1)</script>,Ruiz,,,"), "+"),
    "right to left": (lines_of("Maple Court,1,\u202eAna,\u05e8\u05d5\u05d9\u05d6,,,"), "+"),
    "empty": ("", "file: The file is empty."),
    "only blanks": (" \n\n \n", "file: The file is empty."),
    "only a mark": (codecs.BOM_UTF8, "file: The file is empty."),
    "only a header": (HEADER, "file: The file has a header and no lines."),
    "no header": (f"{ANA}\n{BO}\n", "file: No column is known. Is the first line the header?"),
    "no names": ("Property,Unit\nMaple,1\n", "file: There is no column with names of people."),
    "a header with a NUL": (
        f"Prop\x00erty{HEADER}\n",
        "file: The header cannot be read. The line holds a NUL character.",
    ),
    "a header twice": (
        "Property,First name,First name\nMaple,Ana,Bo\n",
        "file: Two columns are named First name: which one counts?",
    ),
    "blank headers": ("Property,,First name,\nMaple,x,Ana,y\n", "+"),
    "ten thousand columns": (
        ",".join(["Property", "First name", *["x"] * 10_000]) + "\n",
        "file: The file has 10002 columns. More than 1,000 are not read.",
    ),
    "no property column": (
        "First name,Last name\nAna,Ruiz\n",
        "file: There is no column that names the property. Choose it when sending the file.",
    ),
    "binary": (
        bytes(range(256)) * 20,
        "file: The header cannot be read. The line holds a NUL character.",
    ),
    "JSON": ('{"Total": 1}\n', "file: No column is known. Is the first line the header?"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_f24_each_line_of_a_broken_roster_ends_in_one_place(name: str) -> None:
    content, expected = FILES[name]
    assert outcome(content) == expected


def test_the_corpus_is_as_large_as_asked_for() -> None:
    assert len(FILES) + len(JSON_FILES) >= 90


def first(content: str, **options: Any) -> dict[str, Any]:
    line = roster(content.encode(), **options)[0]
    assert isinstance(line, Line), line.reason
    return line.data


def test_a_buildium_row_is_read_with_asterisks_in_the_header() -> None:
    header = "*Property,*Unit number,*First name,*Last name,Email,Mobile Phone #,Lease end date"
    assert first(f"{header}\nMaple Court,0101,Ana,Ruiz,,2125550101,\n") == {
        "property": "Maple Court",
        "unit": "0101",
        "number_key": "0101",
        "first_name": "Ana",
        "last_name": "Ruiz",
        "search_name": "ana ruiz",
        "phones": [
            {
                "label": "cell",
                "raw": "2125550101",
                "e164": "+12125550101",
                "extension": "",
                "digits_reversed": "1010555212",
            }
        ],
    }


def test_a_blank_cell_says_nothing_and_a_future_move_out_is_only_a_date() -> None:
    header = "Building,First Name,Last Name,Email,Future Move-Out Date"
    data = first(f"{header}\n4,Ana,Ruiz,,12/31/2027\n", property_name="Maple Court")
    assert data["property"] == "Maple Court"
    assert data["building"] == "4"
    assert data["move_out"] == "2027-12-31"
    assert "email" not in data


def test_a_building_inside_the_unit_is_taken_out() -> None:
    data = first(f"{HEADER}\nMaple Court,Bldg 4 #203,Ana,Ruiz,,,\n")
    assert (data["building"], data["unit"]) == ("4", "203")


def test_cp1252_and_utf8_give_the_same_name_b21() -> None:
    row = f"{HEADER}\nMaple Court,1,Zoë,Núñez,,,\n"
    assert roster(row.encode()) == roster(row.encode("cp1252"))


@pytest.mark.parametrize(
    ("full", "parts"),
    [("Ana Ruiz", ("Ana", "Ruiz")), ("Ruiz, Ana", ("Ana", "Ruiz")), ("Cher", ("", "Cher"))],
)
def test_full_names_are_split(full: str, parts: tuple[str, str]) -> None:
    assert split_name(full) == parts


@pytest.mark.parametrize("header", ["Unit #", "unit_", "UNIT*", "Unit."])
def test_headers_are_known_in_any_dress(header: str) -> None:
    assert folded(header) == "unit"


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("11/20/2026", "", date(2026, 11, 20)),
        ("20/11/2026", "", date(2026, 11, 20)),
        ("03/04/2026", "month_first", date(2026, 3, 4)),
        ("03/04/2026", "day_first", date(2026, 4, 3)),
        ("3.4.26", "day_first", date(2026, 4, 3)),
        ("05/05/26", "", date(2026, 5, 5)),
        ("2026-11-20", "", date(2026, 11, 20)),
        ("2026-11-20 00:00:00", "", date(2026, 11, 20)),
        ("Nov 3, 2026", "", date(2026, 11, 3)),
        ("3-Nov-26", "", date(2026, 11, 3)),
        ("1900-01-01", "", None),
        ("", "", None),
    ],
)
def test_dates_are_read(text: str, order: str, expected: date | None) -> None:
    assert read_date(text, DateOrder(order), "Move in") == expected


@pytest.mark.parametrize(
    "text", ["03/04/2026", "31/31/2026", "2026-02-30", "0000-00-00", "soon", "45000", "1 Foo 2026"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(LineError):
        read_date(text, DateOrder.UNKNOWN, "Move in")


def call(**members: Any) -> dict[str, Any]:
    return {
        "LogId": 1, "CallFrom": "Ana", "ModuleStatusId": 3, "CreatedOn": "2026-11-20T09:03:11Z",
    } | members  # fmt: skip


def text_of(*elements: Any) -> str:
    return json.dumps({"Total": 9, "Elements": list(elements)})


ONE = json.dumps(call())
JSON_FILES: dict[str, tuple[bytes | str, str]] = {
    "one": (text_of(call()), "+"),
    "with a mark": (codecs.BOM_UTF8 + text_of(call()).encode(), "+"),
    "utf-16": (text_of(call()).encode("utf-16"), "+"),
    "camel case": (f'{{"total": 1, "elements": [{ONE.replace("LogId", "logId")}]}}', "+"),
    "a bare list": (f"[{ONE}, {ONE}]", "+ +"),
    "members behind the list": (f'{{"Elements": [{ONE}], "Total": 7}}', "+"),
    "an id in digits": (text_of(call(LogId="17")), "+"),
    "no id": (text_of(call(LogId=None), call()), "-1 +"),
    "id 0": (text_of(call(LogId=0)), "-1"),
    "an id that is none": (text_of(call(LogId="x1")), "-1"),
    "a fraction as id": (text_of(call(LogId=1.5)), "-1"),
    "true as id": (text_of(call(LogId=True)), "-1"),
    "an id too large": (text_of(call(LogId=2**31)), "-1"),
    "an id of 5,000 digits": (
        text_of(call()).replace('"LogId": 1', f'"LogId": {"9" * 5_000}'), "-1",
    ),
    "NaN": (text_of(call()).replace('"LogId": 1', '"LogId": NaN'), "-1"),
    "infinity": (text_of(call()).replace('"LogId": 1', '"LogId": 1e999'), "-1"),
    "a member twice": (f'[{ONE[:-1]}, "Subject": "a", "subject": "b"}}]', "-1"),
    "no caller": (text_of(call(CallFrom=" ")), "-1"),
    "no status": (text_of(call(ModuleStatusId=0)), "-1"),
    "no time": (text_of(call(CreatedOn="yesterday")), "-1"),
    "year 0": (text_of(call(CreatedOn="0000-01-01T00:00:00Z")), "-1"),
    "year 1 east of Greenwich": (text_of(call(CreatedOn="0001-01-01T00:00:00+05:00")), "-1"),
    "a text as reasons": (text_of(call(LogReasons="9")), "-1"),
    "a number as subject": (text_of(call(Subject=7)), "-1"),
    "a comment that is a text": (text_of(call(OldComments=["x"])), "-1"),
    "a subject too long": (text_of(call(Subject="x" * 301)), "-1"),
    "notes of 200 kB": (text_of(call(Notes="x" * 200_000), call()), "-1 +"),
    "a NUL": (text_of(call(Notes="a\x00b")), "-1"),
    "half a surrogate": (text_of(call(Notes="a\ud800b")), "-1"),
    "cp1252 inside": (text_of(call(Subject="Zo?")).replace("?", "ë").encode("cp1252"), "+"),
    "an element that is no object": (text_of(7, call()), "-1 +"),
    "nested a thousand deep": (f'[{"[" * 100_000}', "-1"),
    "cut in the second element": (f"[{ONE}, {ONE[:30]}", "+ -2"),
    "cut before the comma": (f"[{ONE}", "+ -2"),
    "words behind an element": (f"[{ONE} oops, {ONE}]", "+ -2"),
    "an element of 3 MB": (f'[{ONE}, {{"LogId": 2, "Notes": "{"x" * 3_000_000}"}}, {ONE}]', "+ -2"),
    "empty": ("", "file: The file is not JSON."),
    "CSV": (GOOD, "file: The file is not JSON."),
    "no list": ('{"Total": 1}', "file: The file holds no list of call logs (Elements)."),
    "null as list": ('{"Elements": null}', "file: The file holds no list of call logs (Elements)."),
    "an empty list": ('{"Total": 0, "Elements": []}', "file: The list of call logs is empty."),
}  # fmt: skip


@pytest.mark.parametrize("name", JSON_FILES)
def test_b18_each_element_of_a_broken_json_file_ends_in_one_place(name: str) -> None:
    content, expected = JSON_FILES[name]
    raw = content if isinstance(content, bytes) else content.encode()
    said, lines = "", []
    try:
        lines = list(read_call_logs(io.BytesIO(raw)))
    except UnreadableFileError as error:
        said = f"file: {error}"
    words = [f"-{line.number}" if isinstance(line, Refused) else "+" for line in lines]
    assert (said or " ".join(words)) == expected
    for line in lines:
        json.dumps(line.data, ensure_ascii=False).encode("utf-8")


def test_seven_fraction_digits_are_cut_and_the_text_is_kept() -> None:
    text = json.dumps([call(CreatedOn="2025-12-24T05:27:30.1590936-05:00")])
    line = next(iter(read_call_logs(io.BytesIO(text.encode()))))
    assert line.data["at"] == "2025-12-24T10:27:30.159093+00:00"
    assert line.data["contacted_text"] == "2025-12-24T05:27:30.1590936-05:00"
