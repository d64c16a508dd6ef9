"""The forms of a page as a browser without script has them: where each is sent, and what it is sent with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib

FIELDS = ("input", "select", "textarea")
PRESSED = ("submit", "button", "image", "reset", "file")
WRITTEN = ("text", "search", "tel", "email", "url")


@dataclass(frozen=True)
class Shown:
    """A form that is posted: its address, each field with what stands in it ("" where nothing is chosen), and which of
    them one writes in."""

    address: str
    fields: dict[str, str]
    written: frozenset[str] = frozenset()


def read(page: str) -> Element:
    """The page as a tree."""
    tree: Element = html5lib.parse(page, namespaceHTMLElements=False)
    return tree


def links_of(tree: Element) -> list[str]:
    """Where its links lead, as they stand."""
    return [link.get("href", "") for link in tree.iter("a")]


def forms_of(tree: Element) -> Iterator[Shown]:
    """Every form of it that is posted, once more for each button that sends it elsewhere."""
    for form in tree.iter("form"):
        inside = [*form.iter(), *(one for one in tree.iter() if one.get("form") and one.get("form") == form.get("id"))]
        used = [one for one in inside if one.tag in FIELDS and sent(one)]
        fields = {one.get("name", ""): value_of(one) for one in used}
        written = frozenset(one.get("name", "") for one in used if is_written(one))
        buttons = [one for one in inside if one.tag == "button" and one.get("type", "submit") == "submit"]
        for button in buttons or [Element("button")]:
            method = button.get("formmethod") or form.get("method", "get")
            pressed = {button.get("name", ""): button.get("value", "")} if button.get("name") else {}
            if method.lower() == "post":
                yield Shown(button.get("formaction") or form.get("action", ""), fields | pressed, written)


def sent(field: Element) -> bool:
    """Whether a field has a name and is none that is pressed, holds a file or cannot be used."""
    return bool(field.get("name")) and field.get("type", "text") not in PRESSED and field.get("disabled") is None


def is_written(field: Element) -> bool:
    """Whether one writes what one likes in it."""
    return field.tag == "textarea" or (field.tag == "input" and field.get("type", "text") in WRITTEN)


def value_of(field: Element) -> str:
    """What a field is sent with when nobody touches it."""
    if field.tag == "textarea":
        return field.text or ""
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None] or options[:1]
        return next((one.get("value", one.text or "") for one in chosen), "")
    return field.get("value", "")
