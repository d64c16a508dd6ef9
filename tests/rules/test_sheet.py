"""A table from a spreadsheet program: what is wrong with it is said by line, and nothing is guessed."""

from __future__ import annotations

import pytest

from rules.sheet import MOST_FAULTS, Columns, read

COLUMNS = Columns(("username", "post"), ("name",), {"username": 8})


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        pytest.param(b"username,post\nasha,ro-1\n", [], id="plain"),
        pytest.param("\ufeffusername;post\nasha;ro-1\n".encode(), [], id="semicolons and a mark of order"),
        pytest.param("Username,Post,Name\r\nasha,ro-1,आशा\r\n".encode(), [], id="capitals and Hindi"),
        pytest.param(b"", ["line 1, username: this column is missing", "line 1, post: this column is missing",
                           "line 1: there are no"], id="empty"),
        pytest.param(b"username,post\n", ["line 1: there are no lines below"], id="no lines"),
        pytest.param(b"username\nasha\n", ["line 1, post: this column is missing"], id="a column missing"),
        pytest.param(b"username,post,pots\na,b,c\n", ["line 1, pots: there is no such column"], id="a column misspelt"),
        pytest.param(b"username,post,post\na,b,c\n", ["line 1, post: this column is there twice"], id="a column twice"),
        pytest.param(b"username,post\nasha,ro-1\nb\xe9n,ro-2\n", ["line 3: this is not UTF-8 (byte 0xe9)"], id="Latin 1"),
        pytest.param("username,post\n".encode("utf-16"), ["line 1: this file is UTF-16"], id="UTF-16"),
        pytest.param(b"PK\x03\x04 and so on", ["line 1: this file is a workbook"], id="a workbook"),
        pytest.param(b"username,post\nasha\0,ro\n", ["line 2: this line holds a zero byte"], id="zero byte"),
        pytest.param(b"username,post\nasha,ro,more\n", ["line 2: there are 3 cells, but 2 columns"], id="too many cells"),
        pytest.param(b"username,post\n\n,ro\n", ["line 3, username: this is empty"], id="an empty cell after an empty line"),
        pytest.param(b"username,post\nlonger-than-that,ro\n", ["line 2, username: this is longer than 8"], id="too long"),
        pytest.param(b'username,post\n"asha,ro\n', ["line 2: this is no line of a table"], id="a quote never closed"),
        pytest.param(b'username,post,name\na,b,"two\nlines"\n,c,d\n', ["line 4, username: this is empty"], id="a cell of two lines"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_line(data: bytes, faults: list[str]) -> None:
    sheet = read(data, COLUMNS)
    found = [str(fault) for fault in sheet.faults]
    assert len(found) == len([one for one in faults if not one.endswith("there are no")])
    for fault, told in zip(found, faults, strict=False):
        assert fault.startswith(told)


def test_faults_beyond_the_first_thousand_are_counted() -> None:
    sheet = read(b"username,post\n" + b",x\n" * (MOST_FAULTS + 5), COLUMNS)
    assert (len(sheet.faults), sheet.more) == (MOST_FAULTS, 5)
