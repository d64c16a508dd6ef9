"""The strict reading of pages still finds what is wrong where everything in the page was read before."""

from __future__ import annotations

import pytest
from html5lib.html5parser import ParseError

from tests.wellformed import shortened, well_formed

LINK = '<p>Call <a href="/call">us</a></p>'
FORM = '<form action="/send"><button>Send</button></form>'
READ_BEFORE = f"{LINK}<div>{FORM}</div><ul><li>One</li></ul><table><tr><td>{LINK}</td></tr></table><h2>Two</h2>"


@pytest.fixture(autouse=True)
def nothing_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever pages other tests of this process looked at."""
    monkeypatch.setattr("tests.wellformed.READ", set())


def page(body: str) -> str:
    """A page with this in its body."""
    return f'<!doctype html>\n<html lang="en"><head><title>A page</title></head><body>{body}</body></html>'


@pytest.mark.parametrize(
    "body",
    [
        f"<p><div>{FORM}</div></p>",
        f"<form><div>{FORM}</div></form>",
        f"<form><section><div>{FORM}</div></section></form>",
        f'<a href="/"><section>{LINK}</section></a>',
        f"<table><div>{FORM}</div></table>",
        f"<div>{LINK}",
        f"<div>{LINK}</section>",
        "<h2><h2>Two</h2></h2>",
        "<p>this & that &there</p>",
        "<p class='a' class='b'>twice</p>",
        "<ul><li>One</ul></li>",
        "<p><ul><li>One</li></ul></p>",
        "<div><b>bold</div></b>",
        f"<table><tr><td>{LINK}</td></tr>{LINK}</table>",
    ],
)
def test_what_is_wrong_around_what_was_read_before_is_found(body: str) -> None:
    well_formed(page(READ_BEFORE))
    well_formed(page(f"<section><div>{FORM}</div></section><section>{LINK}</section>"))
    for _ in range(2):
        with pytest.raises(ParseError):
            well_formed(page(body))


def test_only_what_is_new_is_read() -> None:
    well_formed(page(READ_BEFORE))
    other = READ_BEFORE.replace("us", "them") + "<p>New</p>"
    short, new = shortened(page(other))
    assert "them" not in short
    assert "<p>New</p>" in short
    assert new
    assert len(short) < len(page(other)) / 1.5
