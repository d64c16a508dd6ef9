"""The public number, and what people put into the tracking field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from rules.reference import FIRST, LAST, is_well_formed, look, new, normalise, shown
from tests.rules.oracle import QUICK

numbers = st.integers(FIRST, LAST)


@QUICK
@given(numbers)
def test_the_check_digit_is_damms(number: int) -> None:
    assert new(number) == f"{number}{damm.calc_check_digit(str(number))}"
    assert is_well_formed(new(number))


@QUICK
@given(numbers, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: int, place: int, by: int) -> None:
    digits = list(new(number))
    digits[place] = str((int(digits[place]) + by) % 10)
    assert not is_well_formed("".join(digits))


@QUICK
@given(numbers, st.integers(0, 7))
def test_two_neighbours_exchanged_are_found(number: int, place: int) -> None:
    reference = new(number)
    exchanged = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert exchanged == reference or not is_well_formed(exchanged)


@QUICK
@given(st.text(alphabet="0123456789", min_size=7, max_size=11))
def test_well_formed_is_nine_digits_that_damm_takes(text: str) -> None:
    assert is_well_formed(text) == (len(text) == 9 and text[0] != "0" and damm.is_valid(text))


@pytest.mark.parametrize("number", [FIRST - 1, LAST + 1, 0, -FIRST])
def test_a_number_outside_its_range_makes_no_reference(number: int) -> None:
    with pytest.raises(ValueError, match="reference"):
        new(number)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("482719368", id="plain"),
        pytest.param(" 4827 1936 8\n", id="spaces"),
        pytest.param("4827-1936-8", id="as shown"),
        pytest.param("4827–1936−8", id="dash and minus"),
        pytest.param("\u2066\u200e4827\u00a01936\u200f8\u2069\ufeff", id="direction marks and hard spaces"),
        pytest.param("४८२७-१९३६-८", id="Devanagari"),
        pytest.param("٤٨٢٧-١٩٣٦-٨", id="Arabic-Indic"),
        pytest.param("۴۸۲۷-۱۹۳۶-۸", id="Extended Arabic-Indic"),
    ],
)
def test_a_reference_is_recognised_however_it_is_typed(typed: str) -> None:
    assert normalise(typed) == "482719368"
    assert look(typed) == ("reference", "482719368")


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        pytest.param("482719369", "check digit", "482719369", id="mistyped"),
        pytest.param("048271936", "check digit", "048271936", id="nine digits from nought"),
        pytest.param("98765 43210", "mobile", "+919876543210", id="Indian mobile"),
        pytest.param("09876543210", "mobile", "+919876543210", id="Indian mobile with nought"),
        pytest.param("+91-98765-43210", "mobile", "+919876543210", id="Indian mobile with country"),
        pytest.param("९८७६५ ४३२१०", "mobile", "+919876543210", id="Indian mobile in Devanagari"),
        pytest.param("0300-1234567", "mobile", "+923001234567", id="Pakistani mobile"),
        pytest.param("0092 300 1234567", "mobile", "+923001234567", id="Pakistani mobile from abroad"),
        pytest.param("3001234567", "mobile", "+923001234567", id="Pakistani mobile without nought"),
        pytest.param("60012345678", "account", "60012345678", id="eleven-digit account"),
        pytest.param("0400001234567", "account", "0400001234567", id="thirteen-digit account"),
        pytest.param("123456", "account", "123456", id="six digits"),
        pytest.param("12345", "other", "12345", id="too short"),
        pytest.param("12345678901234", "other", "12345678901234", id="too long"),
        pytest.param("no light", "other", "nolight", id="words"),
        pytest.param("", "other", "", id="nothing"),
        pytest.param("4827-1936-八", "other", "48271936八", id="a digit that is a word"),
    ],
)
def test_other_numbers_are_told_apart(typed: str, kind: str, value: str) -> None:
    assert look(typed) == (kind, value)


@QUICK
@given(st.text(max_size=40))
def test_any_text_is_read_as_something(text: str) -> None:
    reading = look(text)
    assert reading.kind != "reference" or is_well_formed(reading.value)


def test_a_reference_is_shown_in_groups() -> None:
    assert shown("482719368") == "4827-1936-8"
