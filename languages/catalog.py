"""The texts in three languages: English stands in the source, Hindi and Urdu in `locale/`, read at first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment

LANGUAGES = ("en", "hi", "ur")
SOURCE = "en"
OWN_NAMES: Mapping[str, str] = {"en": "English", "hi": "हिन्दी", "ur": "اردو"}
LOCALE = Path(__file__).parent / "locale"

_in_use: ContextVar[str] = ContextVar("language", default=SOURCE)


def po_file(language: str) -> Path:
    """Where the texts of `language` lie."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=len(LANGUAGES))
def translations(language: str) -> NullTranslations:
    """The texts of `language`; the source's own for English. Raises ValueError for a language not in LANGUAGES."""
    if language not in LANGUAGES:
        raise ValueError(f"no texts in {language!r}; there are {', '.join(LANGUAGES)}")
    if language == SOURCE:
        return NullTranslations()
    with po_file(language).open("rb") as po:
        catalog = read_po(po, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def current() -> str:
    """The language in use here and now."""
    return _in_use.get()


def speak(language: str | None) -> str:
    """Use `language` from here on in this task; the source's where it is unknown or None. Answers the one in use."""
    chosen = language if language in LANGUAGES else SOURCE
    _in_use.set(chosen)
    return chosen


@contextmanager
def use(language: str | None) -> Iterator[str]:
    """Use `language` inside the block; None keeps the one in use, an unknown one means the source's."""
    token = _in_use.set(current() if language is None else language if language in LANGUAGES else SOURCE)
    try:
        yield _in_use.get()
    finally:
        _in_use.reset(token)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text % values if values else text


def gettext(message: str, /, **values: object) -> str:
    """`message` in the language in use, with `%(name)s` filled from `values`."""
    return _filled(translations(current()).gettext(message), values)


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """`singular` or `plural` by `count` in the language in use; `%(num)s` is the count."""
    return _filled(translations(current()).ngettext(singular, plural, count), {"num": count, **values})


def pgettext(context: str, message: str, /, **values: object) -> str:
    """`message` as meant in `context`, in the language in use."""
    return _filled(translations(current()).pgettext(context, message), values)


def npgettext(context: str, singular: str, plural: str, count: int, /, **values: object) -> str:
    """`singular` or `plural` by `count` as meant in `context`; `%(num)s` is the count."""
    text = translations(current()).npgettext(context, singular, plural, count)
    return _filled(text, {"num": count, **values})


def N_(message: str) -> str:  # noqa: N802 - the name by which extraction knows it
    """`message` itself: marks a text that is translated later, where it is shown."""
    return message


def direction(language: str | None = None) -> str:
    """ "ltr" or "rtl"."""
    return str(Locale(language or current()).text_direction)


def preferred(accept_language: str | None) -> str:
    """The best of LANGUAGES for an Accept-Language header; the source's where none fits."""
    wishes: list[tuple[float, str]] = []
    for part in (accept_language or "").split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        code = tag.strip().lower().partition("-")[0]
        if code in LANGUAGES and weight > 0:
            wishes.append((-weight, code))
    return min(wishes, key=lambda wish: wish[0])[1] if wishes else SOURCE


def named(labels: Mapping[str, str], language: str | None = None) -> str:
    """The label in `language` (the one in use for None), else the English one, else any; "" where there is none."""
    wanted = language or current()
    return labels.get(wanted) or labels.get(SOURCE) or next(iter(labels.values()), "")


def install(environment: Environment) -> None:
    """Give templates `_`, `gettext`, `ngettext`, `pgettext` and `trans` blocks (white space trimmed), in the language in use."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, _plural, newstyle=True, pgettext=pgettext, npgettext=_plural_in_context
    )


def _plural(singular: str, plural: str, count: int) -> str:
    return translations(current()).ngettext(singular, plural, count)


def _plural_in_context(context: str, singular: str, plural: str, count: int) -> str:
    return translations(current()).npgettext(context, singular, plural, count)
