"""Demand notes and certificates as PDFs: the values stand on them in every language, and nothing but the values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import typst
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from languages.catalog import LANGUAGES, use
from languages.money import money
from web.pdf import sheets
from web.pdf.answer import sheet_answer
from web.pdf.typeset import HERE, TEMPLATES, _typeset, fonts
from web.pdf.values import DemandNote, Issuer, NoDues

AT = datetime(2027, 5, 10, 20, 0, tzinfo=UTC)
TRACK = "https://onewindow.example/track/482719360"
ISSUER = Issuer("Demo Electric", "Gizri office", "12, Beach Road", "+91 55500 00100", ZoneInfo("Asia/Kolkata"))
NOTE = DemandNote(
    reference="482719360",
    number="DN-2027-000123",
    name="Rubina Example",
    address="House 7, Gizri Lane",
    lines=(("Service line", 12_345_50), ("Security deposit", 3_000_00)),
    total=15_345_50,
    paid=500_00,
    issued_at=AT,
    expires_at=datetime(2027, 6, 10, 18, 30, tzinfo=UTC),
    pay_at=TRACK,
)
CERTIFICATE = NoDues(
    "482719360",
    "ND-45",
    "Rubina Example",
    "House 7, Gizri Lane",
    "100200300",
    AT,
    AT,
    "https://onewindow.example/check",
)


def read(pdf: bytes) -> str:
    """What can be selected on the sheet, pages one after the other."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_demand_note_says_what_is_owed_until_when_and_where(language: str) -> None:
    text = read(sheets.demand_note(NOTE, ISSUER, language))
    for said in ("4827-1936-0", "DN-2027-000123", "12,345.50", "15,345.50", "14,845.50", TRACK, "2027"):
        assert said in text, said


def test_days_are_those_of_the_utility() -> None:
    text = read(sheets.demand_note(NOTE, ISSUER, "en"))
    assert "Issued on 11 May 2027" in text
    assert "Pay by 11 June 2027" in text
    without = read(sheets.demand_note(replace(NOTE, expires_at=None, paid=0), ISSUER, "en"))
    assert "Pay by" not in without
    assert "Paid already" not in without
    assert "can no longer be paid" not in without


def test_what_was_paid_too_much_is_not_asked_for() -> None:
    assert "To pay now Rs 0" in read(sheets.demand_note(replace(NOTE, paid=99_999_00), ISSUER, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_says_for_which_account_nothing_is_owed(language: str) -> None:
    text = read(sheets.no_dues(CERTIFICATE, ISSUER, language))
    for said in ("100200300", "ND-45", "4827-1936-0", "https://onewindow.example/check"):
        assert said in text, said


def test_a_note_of_many_lines_goes_on_over_the_page() -> None:
    lines = tuple((f"Line number {number}", 100) for number in range(80))
    pdf = sheets.demand_note(replace(NOTE, lines=lines), ISSUER, "en")
    assert len(PdfReader(BytesIO(pdf)).pages) > 1
    said = read(pdf)
    assert all(f"Line number {number} " in said for number in range(80))


@pytest.mark.parametrize(
    "name", ['#panic("x")', "*bold* _slanted_ $x^2$ @ref <label>", '\\ " ] #} {{ }}', "/* gone */ // too", "#import"]
)
def test_no_name_is_read_as_anything_but_a_name(name: str) -> None:
    text = read(sheets.demand_note(replace(NOTE, name=name, lines=((name, 100),)), replace(ISSUER, office=name), "en"))
    assert text.count(name) == 3


def test_the_same_values_are_the_same_bytes_and_others_are_not() -> None:
    first = sheets.demand_note(NOTE, ISSUER, "ur")
    _typeset.cache_clear()
    assert sheets.demand_note(NOTE, ISSUER, "ur") == first
    assert sheets.demand_note(replace(NOTE, paid=0), ISSUER, "ur") != first
    assert sheets.demand_note(NOTE, ISSUER, "hi") != first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_typesetter_has_nothing_to_say(language: str) -> None:
    with use(language):
        for template, words in (
            ("demand_note", sheets.note_words(NOTE, ISSUER)),
            ("no_dues", sheets.certificate_words(CERTIFICATE, ISSUER)),
        ):
            data = json.dumps(sheets.sheet(ISSUER, TRACK) | words)
            _, warnings = typst.compile_with_warnings(
                TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=fonts(), sys_inputs={"data": data}
            )
            assert [str(warning) for warning in warnings] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_fonts_have_every_letter_of_our_words(language: str) -> None:
    with use(language):
        words = [sheets.note_words(NOTE, ISSUER), sheets.certificate_words(CERTIFICATE, ISSUER)]
        said = json.dumps([sheets.sheet(ISSUER, TRACK), *words, money(1)], ensure_ascii=False)
    drawn = {letter for font in (HERE / "fonts").glob("*.ttf") for letter in TTFont(font).getBestCmap()}
    unseen = {"\u2066", "\u2069", "\u200c", "\u200d"}
    assert {letter for letter in said if ord(letter) not in drawn} <= unseen


def test_the_fonts_are_those_that_were_fetched_with_their_licences() -> None:
    folder = HERE / "fonts"
    for line in (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
        if name.endswith("-LICENSE"):
            assert "SIL OPEN FONT LICENSE" in (folder / name).read_text(encoding="utf-8").upper()
    assert fonts().families() == ["Noto Nastaliq Urdu", "Noto Sans", "Noto Sans Devanagari"]


async def test_a_sheet_is_saved_and_cannot_act_in_anybodys_name() -> None:
    answer = await sheet_answer(partial(sheets.demand_note, NOTE, ISSUER, "en"), "demand-note-482719360")
    assert answer.headers["content-disposition"] == 'attachment; filename="demand-note-482719360.pdf"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.body[:5] == b"%PDF-"
