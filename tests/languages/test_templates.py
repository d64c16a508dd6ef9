"""No page or message has a text that only English readers would understand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from languages import extract

JINJA = re.compile(r"\{#.*?#\}|\{%-?\s*trans\b.*?\{%-?\s*endtrans.*?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
UNREAD = re.compile(r"<!--.*?-->|<(style|script)\b.*?</\1>|<!doctype[^>]*>", re.DOTALL | re.IGNORECASE)
READ_ALOUD = re.compile(r"\b(?:aria-label|title|alt|placeholder|aria-description|content)=\"([^\"]*)\"")
NOT_READ = re.compile(r"<meta[^>]*>|<link[^>]*>", re.DOTALL)
BODY_CLASS = re.compile(r"\{% block body %\}.*?\{% endblock %\}")
TAG = re.compile(r"<[^>]*>|[\w-]+=\"[^\"]*\"", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = {"Onewindow"}


def templates() -> list[Path]:
    return [path for path in extract.sources() if path.suffix != ".py"]


def english(template: str) -> Iterator[str]:
    """Words that stand in the template itself, as text or in an attribute that is read aloud."""
    plain = NOT_READ.sub("", UNREAD.sub("", JINJA.sub("", BODY_CLASS.sub("", template))))
    for attribute in READ_ALOUD.findall(plain):
        yield from WORD.findall(attribute)
    yield from WORD.findall(TAG.sub(" ", plain))


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(extract.ROOT).as_posix())
def test_every_text_of_a_template_is_marked_for_translation(path: Path) -> None:
    assert set(english(path.read_text("utf-8"))) <= NAMES


def test_a_text_that_is_not_marked_is_found() -> None:
    page = (
        '<p title="Close">{{ _("yes") }} {# no #}{% if a %}<b class="x">Hello</b>{% endif %}</p><script>let a</script>'
    )
    assert list(english(page)) == ["Close", "Hello"]
