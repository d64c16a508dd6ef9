"""Collect every text of the product from the source and bring the Hindi and Urdu files up to it: `python -m languages.extract`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from languages.catalog import LANGUAGES, SOURCE, po_file

ROOT = Path(__file__).resolve().parent.parent
PLACES = {
    "languages": "*.py",
    "rules": "policy.py",
    "web": "*.py",
    "web/templates": "*.html",
    "activities": "*.py",
    "activities/messages": "*.*",
}
"""Where texts stand: folder and pattern, searched to any depth."""

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "N_": None,
    "setting": (2,),
}
TEMPLATES = {"encoding": "utf-8", "trimmed": "true", "silent": "false"}


def sources() -> Iterator[Path]:
    """Every file that may hold texts, once each, in one order."""
    found = {path for folder, pattern in PLACES.items() for path in (ROOT / folder).rglob(pattern) if path.is_file()}
    return iter(sorted(path for path in found if path.suffix in {".py", ".html", ".j2", ".txt"}))


def extracted() -> Catalog:
    """All texts as they stand in the source now."""
    catalog = Catalog(project="Onewindow", charset="utf-8")
    for path in sources():
        python = path.suffix == ".py"
        method = "python" if python else "jinja2.ext:babel_extract"
        content = BytesIO(path.read_bytes())
        found = extract(method, content, KEYWORDS, ("Note:",), {} if python else TEMPLATES, strip_comment_tags=True)
        for _line, message, comments, context in found:
            # Files without line numbers: a moved line is no change to a text.
            catalog.add(
                message, None, [(path.relative_to(ROOT).as_posix(), 0)], auto_comments=comments, context=context
            )
    return catalog


def on_file(language: str) -> Catalog:
    """The texts of `language` as they stand in its file."""
    with po_file(language).open("rb") as po:
        return read_po(po, locale=language)


def update(language: str, template: Catalog) -> Catalog:
    """The file of `language` with what is new in `template` (still empty) and without what is gone."""
    catalog = on_file(language) if po_file(language).exists() else Catalog(locale=language)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """A catalog as the text of its file: sorted, without dates and line numbers, so that it changes only where a text does."""
    out = BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return _header(catalog) + out.getvalue()


def _header(catalog: Catalog) -> bytes:
    plural = catalog.plural_forms
    lines = [
        "Language: " + str(catalog.locale_identifier),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "Plural-Forms: " + plural,
    ]
    return ('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n").encode()


def main() -> None:
    """Write both files and say how many texts still want translating."""
    template = extracted()
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        catalog = update(language, template)
        po_file(language).parent.mkdir(parents=True, exist_ok=True)
        po_file(language).write_bytes(written(catalog))
        missing = sum(1 for message in catalog if message.id and not _complete(message.string))
        sys.stdout.write(f"{language}: {len(catalog)} texts, {missing} without translation\n")


def _complete(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main()
