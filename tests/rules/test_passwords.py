"""Which passwords are taken: long ones that nobody tries first."""

from __future__ import annotations

import pytest

from rules.passwords import PasswordFault, fault


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        pytest.param("kettle on", PasswordFault.SHORT, id="nine characters"),
        pytest.param("kettle on!", None, id="ten characters"),
        pytest.param("बिजली वाला दफ़्तर", None, id="Hindi"),
        pytest.param("all small letters and blanks", None, id="no rule about ingredients"),
        pytest.param("x" * 9 + "yzabc" * 40, PasswordFault.LONG, id="two hundred and nine"),
        pytest.param("Password123!", PasswordFault.COMMON, id="the first one tried"),
        pytest.param("onewindow2026", PasswordFault.COMMON, id="the product's name"),
        pytest.param("karachikarachi", PasswordFault.COMMON, id="a city twice"),
        pytest.param("aaaaaaaaaaaa", PasswordFault.COMMON, id="a key held down"),
        pytest.param("abcabcabcabc", PasswordFault.COMMON, id="three keys"),
        pytest.param("1234567890", PasswordFault.COMMON, id="figures in a row"),
        pytest.param("abcdefghijklm", PasswordFault.COMMON, id="letters in a row"),
        pytest.param("Ashamehta99", PasswordFault.OWN_NAME, id="the user name"),
        pytest.param("Choudhury-2026", PasswordFault.OWN_NAME, id="the family name"),
    ],
)
def test_which_passwords_are_taken(password: str, wrong: PasswordFault | None) -> None:
    assert fault(password, "ashamehta", "Asha Choudhury") is wrong
