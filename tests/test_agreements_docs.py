"""The repository says of itself what is true: no path of one machine, no dead link, decisions in order."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from rules.states import LEADS_TO
from rules.terms import State
from tests.world import demo_profile

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> list[Path]:
    """Every text file of the project that git knows or would know, but for what others made."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone: git says nothing of it")
    found = [ROOT / name for name in listed.stdout.splitlines() if "vendor/" not in name]
    return [file for file in found if file.is_file() and file.suffix not in {".png", ".woff2", ".ico", ".ttf", ".xz"}]


def test_no_path_of_one_machine_and_no_registry_is_named() -> None:
    own = re.compile(
        "|".join(("/" + "work/", "/" + r"home/\w", "/" + r"root/", "pypi" + r"\.org", "python" + "hosted"))
    )
    marks = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)))
    for file in tracked():
        text = file.read_text("utf-8")
        assert not own.search(text), f"{file.relative_to(ROOT)}: {own.search(text)}"
        assert not marks.search(text), f"{file.relative_to(ROOT)}: {marks.search(text)}"


def test_there_are_two_locks_and_no_third() -> None:
    names = {file.name for file in tracked()}
    assert {"requirements.lock", "requirements-dev.lock"} <= names
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock"}


LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([\w./-]+\.(?:py|toml|html|css|js|md|po|j2|yml)|(?:[a-z_]+/)+)`")


def test_every_page_of_documentation_points_at_what_is_there() -> None:
    pages = [file for file in tracked() if file.suffix == ".md"]
    for page in pages:
        text = page.read_text("utf-8")
        for target in LINK.findall(text):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_the_map_names_files_that_exist() -> None:
    for page in ("README.md", "docs/architecture.md", "docs/where-do-i-change.md"):
        for named in CODE.findall((ROOT / page).read_text("utf-8")):
            assert (ROOT / named).exists() or list(ROOT.glob(f"*/{named}")), f"{page} names {named}"


def test_decisions_are_numbered_without_a_gap() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, f"{page.name} has no {part}"


def test_the_changelog_begins_with_what_is_not_released_yet() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0].lower() == "unreleased"


ARROW = re.compile(r"^    (\w+) --> (\w+)", re.MULTILINE)


def test_the_picture_of_a_requests_life_is_the_table_the_rules_read() -> None:
    arrows = ARROW.findall((ROOT / "README.md").read_text("utf-8"))
    assert {state for arrow in arrows for state in arrow} == {*LEADS_TO} - {State.REJECTED}
    for now, to in arrows:
        assert State(to) in LEADS_TO[State(now)], f"{now} --> {to}"


def test_the_sign_ins_of_the_first_page_are_those_of_the_demo() -> None:
    """The first person of each role, as `make run` prints them."""
    demo = demo_profile()
    firsts: dict[str, tuple[str, str]] = {}
    for fill in demo.fills:
        post = demo.posts[fill.post]
        firsts.setdefault(post.role, (fill.person, post.titles["en"]))
    told = re.findall(r"^\| `(\w+)` \| ([^|]+) \| `/", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(firsts.values())
