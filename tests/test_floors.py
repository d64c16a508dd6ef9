"""A room imports only the rooms below it; only the roofs read the environment."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOFS = {"worker.py", "cli.py", "web/app.py", "migrations/env.py"}
"""The only files that import `config`; nothing in the rooms imports them."""

FLOORS = {
    "rules": set(),
    "models": {"rules"},
    "languages": {"rules"},
    "activities": {"models", "rules", "languages"},
    "workflows": {"activities", "rules"},
    "web": {"workflows", "models", "rules", "languages"},
    "embedded": {"rules"},
    "migrations": {"models"},
}
"""Each room with the rooms it may import beside itself."""

WORDS_ONLY = {"rules.terms", "rules.messages", "rules.states"}
"""What a workflow may know of the rules: words, messages and states, never how anything is computed."""

NO_NETWORK = {"rules": set(), "languages": {"babel", "jinja2", "markupsafe"}}
"""Rooms that import nothing but the standard library and these."""


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """All of a file as Python reads it, the module itself first."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


@cache
def imported(file: Path) -> tuple[str, ...]:
    """Every module a file imports, wherever in the file it says so."""
    return tuple(named(file))


def named(file: Path) -> Iterator[str]:
    """The same, one by one."""
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: write the whole name"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_of(room: str) -> list[Path]:
    """The Python files of a room."""
    found = sorted((ROOT / room).rglob("*.py"))
    assert found, f"there is no room {room}"
    return found


def top(module: str) -> str:
    """The package a module belongs to."""
    return module.split(".")[0]


OURS = {*FLOORS, *(file.stem for file in ROOT.glob("*.py")), "tests", "bench", "drills"}


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    allowed = {room, *FLOORS[room]}
    for file in files_of(room):
        name = str(file.relative_to(ROOT))
        ours = {top(module) for module in imported(file)} & OURS
        assert ours <= allowed | ({"config"} if name in ROOFS else set()), name


@pytest.mark.parametrize("room", NO_NETWORK)
def test_rules_need_the_standard_library_alone_and_languages_little_more(room: str) -> None:
    allowed = {*sys.stdlib_module_names, *NO_NETWORK[room], room, *FLOORS[room]}
    for file in files_of(room):
        assert {top(module) for module in imported(file)} <= allowed, file


def test_no_rule_reads_a_clock_or_draws_a_number() -> None:
    for file in files_of("rules"):
        for module in imported(file):
            assert top(module) not in {"random", "secrets", "time", "asyncio", "os", "pathlib"}, f"{file}: {module}"
        for node in nodes(file):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "utcnow", "today"}, f"{file}:{node.lineno}"


def test_workflows_know_of_the_rules_only_their_words() -> None:
    for file in files_of("workflows"):
        rules = {module for module in imported(file) if top(module) == "rules"}
        assert all(any(module == one or module.startswith(f"{one}.") for one in WORDS_ONLY) for module in rules), file


def test_only_the_roofs_read_the_environment() -> None:
    files = [*ROOT.glob("*.py"), *(file for room in FLOORS for file in files_of(room))]
    importing = {str(file.relative_to(ROOT)) for file in files if "config" in map(top, imported(file))}
    assert importing == ROOFS


def test_nobody_reads_the_environment_past_the_config() -> None:
    """Rules, tables, activities, workflows and pages are told; none looks around for itself."""
    for room in ("rules", "models", "languages", "activities", "workflows", "web"):
        for file in files_of(room):
            for node in nodes(file):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                    assert node.attr not in {"environ", "getenv"}, f"{file}:{node.lineno}"


SHELVES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "base", "misc"}


def test_no_module_is_a_shelf_for_what_has_no_place() -> None:
    for room in FLOORS:
        for file in files_of(room):
            assert file.stem not in SHELVES, file


LONGEST_FUNCTION, LONGEST_MODULE, LONGEST_TEMPLATE = 60, 250, 100


def said(text: str) -> int:
    """How many lines of a text say something."""
    return sum(bool(line.strip()) for line in text.splitlines())


def test_nothing_grows_past_its_size() -> None:
    for file in [*ROOT.glob("*.py"), *(file for room in FLOORS if room != "migrations" for file in files_of(room))]:
        text = file.read_text(encoding="utf-8")
        assert said(text) <= LONGEST_MODULE, file
        whole, *_ = nodes(file)
        assert isinstance(whole, ast.Module)
        assert ast.get_docstring(whole), f"{file} says nothing about itself"
        for node in nodes(file):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{file}: {node.name}"
    for template in [*(ROOT / "web" / "templates").rglob("*.html"), *(ROOT / "activities" / "messages").rglob("*.j2")]:
        assert said(template.read_text(encoding="utf-8")) <= LONGEST_TEMPLATE, template
