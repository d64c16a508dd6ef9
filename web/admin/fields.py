"""Fields of the administrator's forms: how long a text may be, what a telephone number is, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from languages.catalog import OWN_NAMES
from languages.catalog import gettext as _
from web.forms import too_long

PHONE = re.compile(r"\+?[0-9][0-9 -]{2,18}")
LONGEST = {"label": 80, "names": 80, "titles": 120}
OTHERWISE = 400


def text_faults(
    form: Mapping[str, str], key: str, languages: tuple[str, ...], *, optional: bool = False
) -> dict[str, str]:
    """What is wrong with a text in each language, by field; one left out in all of them is sound where it is `optional`."""
    texts = {f"{key}-{language}": form.get(f"{key}-{language}", "") for language in languages}
    if optional and not any(texts.values()):
        return {}
    errors = {}
    for language, (name, text) in zip(languages, texts.items(), strict=True):
        missing = "" if text else _("Write it in %(language)s too.", language=OWN_NAMES[language])
        if fault := too_long(text, LONGEST.get(key, OTHERWISE)) or missing:
            errors[name] = fault
    return errors


def phone_fault(text: str) -> str:
    """What is wrong with a telephone number; "" for a sound one."""
    if PHONE.fullmatch(text):
        return ""
    return _("Write a telephone number: digits, with blanks between them if you like.")


def field_words(name: str) -> str:
    """What a field is called; of one that is asked in each language ("names-hi") also which."""
    key, _dash, language = name.partition("-")
    words = {
        "label": _("Name"),
        "names": _("Name"),
        "titles": _("Title"),
        "descriptions": _("What it is, in one sentence"),
        "message": _("What is said before it is filed"),
        "addresses": _("Address"),
        "texts": _("Text"),
        "hours": _("Open hours, in words"),
        "icon": _("Picture"),
        "place": _("Place among the pictures of the first page"),
        "emergency": _("The emergency number stands first"),
        "causes": _("Causes an officer can choose"),
        "phone": _("Telephone number"),
        "value": _("Telephone number"),
        "pin": _("PIN code"),
        "live_from": _("Live from"),
        "ring": _("Whom to ring until then"),
        "zone": _("Zone"),
        "area_class": _("Kind of area"),
        "office": _("Office"),
        "role": _("Role"),
        "localities": _("Localities"),
        "successor": _("Now part of"),
        "able": _("It handles"),
        "most_tasks": _("At most so many open at once"),
        "most": _("At most so many open at once"),
        "sibling": _("It has the officers, times and flags of"),
        "note": _("Note"),
        "in_force": _("In force"),
        "rights": _("What it may do"),
        "scope": _("How far"),
        "sms": _("Text message"),
        "subject": _("Subject of the e-mail"),
        "text": _("E-mail"),
    }
    return ", ".join(filter(None, [words.get(key, key.replace("_", " ")), OWN_NAMES.get(language, language)]))
