"""TOML as text: on which line a key stands, and how values are written. (The standard library reads, but no more.)"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str, ...]
"""The keys from the top of a document down to a value; an entry of an array of tables counts as "0", "1", …"""

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_PAIR = re.compile(rf"^\s*({_DOTTED})\s*=(.*)")
_SKIPPED = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|(?P<opened>\"\"\"|''').*|\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*")
_AT_LINE = re.compile(r" ?\(at line (\d+), column \d+\)| ?\(at end of document\)")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class NotToml(ValueError):
    """A text that is no TOML; `line` is where reading failed."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def read(text: str) -> dict[str, Any]:
    """The document; NotToml with its line if it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else max(1, len(text.splitlines()))
        raise NotToml(line, _AT_LINE.sub("", str(error))) from None


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of every header and key of a document that `read` accepts."""
    lines: dict[Path, int] = {}
    entries: dict[Path, int] = {}
    table: Path = ()
    for number, line in _statements(text):
        if header := _HEADER.match(line):
            table = _keys(header[2])
            if header[1] == "[[":
                entry = entries[table] = entries.get(table, -1) + 1
                table = (*table, str(entry))
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif pair := _PAIR.match(line):
            lines.setdefault((*table, *_keys(pair[1])), number)
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a path, or of the nearest table around it; None if nothing of it stands in the text."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines on which a statement begins: those inside a many-line list or text are left out."""
    open_until, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if open_until:
            if open_until not in line:
                continue
            line, open_until = line.split(open_until, 1)[1], ""
        elif depth == 0:
            yield number, line
        open_until = next((found["opened"] for found in _SKIPPED.finditer(line) if found["opened"]), "")
        plain = _SKIPPED.sub("", line)
        depth += sum(plain.count(opening) for opening in "[{") - sum(plain.count(closing) for closing in "]}")


def _keys(dotted: str) -> Path:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, dotted))


def written_key(key: str) -> str:
    """A key, quoted where it has to be."""
    return key if _BARE.fullmatch(key) else _text(key)


def written_value(value: object) -> str:
    """A text, number, truth value, date, list or table (inline) as TOML; TypeError for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{written_key(key)} = {written_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written_value, value)) + "]"
    raise TypeError(f"{value!r} has no form in TOML")


def written_table(path: Path, pairs: Mapping[str, object]) -> str:
    """A table with its header, one pair a line."""
    return _written("[" + _dotted(path) + "]", pairs)


def written_entry(path: Path, pairs: Mapping[str, object]) -> str:
    """One entry of an array of tables."""
    return _written("[[" + _dotted(path) + "]]", pairs)


def _dotted(path: Path) -> str:
    return ".".join(map(written_key, path))


def _written(header: str, pairs: Mapping[str, object]) -> str:
    return "\n".join([header, *(f"{written_key(key)} = {written_value(value)}" for key, value in pairs.items())]) + "\n"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
