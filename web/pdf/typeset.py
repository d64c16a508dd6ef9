"""Values and a template to a PDF, by typst, with the fonts that lie here and no others."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import typst

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
KEPT = 64


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Our fonts, read once a process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])


def typeset(template: str, data: object, at: int) -> bytes:
    """The PDF of a template filled with `data`; the same bytes for the same values. `at`: seconds since 1970, its date.

    Data travels as one JSON text and is never read as markup, so no name can change the sheet. Blocking: some 50 ms.
    """
    return _typeset(template, json.dumps(data, ensure_ascii=False, sort_keys=True), at)


@lru_cache(maxsize=KEPT)
def _typeset(template: str, data: str, at: int) -> bytes:
    made: bytes = typst.compile(
        TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=fonts(), sys_inputs={"data": data}, timestamp=at
    )
    return made
