"""The command line as a person meets it: what it prints, and with which code it ends."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.embedded.commands import ROOT, onewindow
from tests.embedded.waiting import environ

SHORTER = '[complaint.wrong-bill]\ntiers = ["1 working day", "1 working day", "1 working day"]\n'


async def test_timings_go_out_as_toml_and_come_back_as_a_new_version(database_url: str, tmp_path: Path) -> None:
    code, toml = await onewindow("policy", "export", DATABASE_URL=database_url)
    assert code == 0
    assert '"1 working day", "1 working day", "2 working days"' in toml
    (tmp_path / "shorter.toml").write_text(SHORTER, encoding="utf-8")
    code, said = await onewindow(
        "policy", "import", str(tmp_path / "shorter.toml"), "--note", "faster bills", DATABASE_URL=database_url
    )
    assert (code, said) == (0, "Timings no. 2 are in force for new requests.\n")


async def test_timings_kept_in_a_file_are_compared_foretold_and_applied(database_url: str, tmp_path: Path) -> None:
    """What a utility does that keeps them in git: nothing differs, one time does, what that would do, bring it to all."""
    file = tmp_path / "kept.toml"

    async def policy(*arguments: str) -> tuple[int, str]:
        return await onewindow("policy", *arguments, DATABASE_URL=database_url)

    assert await policy("export", str(file)) == (0, "")
    assert await policy("diff", str(file)) == (0, "")
    file.write_text('[complaint.no-supply]\naccept = "7m"\n', encoding="utf-8")
    code, said = await policy("diff", str(file))
    assert (code, said.splitlines()[0]) == (1, "complaint.no-supply.accept: 20m -> 7m")
    code, said = await policy("what-if", str(file))
    assert (code, said.splitlines()[0][:15]) == (0, "0 open requests")
    assert (await policy("import", str(file), "--note", "quicker"))[0] == 0
    assert await policy("diff", str(file)) == (0, "")
    code, said = await policy("apply")
    assert (code, "are being applied: /admin/retimings/" in said) == (0, True)
    code, said = await policy("apply")
    assert (code, "Traceback" in said) == (2, False)
    file.write_text('[complaint.nowhere]\naccept = "7m"\n', encoding="utf-8")
    code, said = await policy("diff", str(file))
    assert (code, "nowhere" in said) == (2, True)


async def test_timings_that_cannot_be_are_refused_and_nothing_is_saved(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text('[complaint.nowhere]\ntiers = ["soon"]\n', encoding="utf-8")
    code, said = await onewindow(
        "policy", "import", str(tmp_path / "wrong.toml"), "--note", "try", DATABASE_URL=database_url
    )
    assert code == 2
    assert "nowhere" in said
    assert "Traceback" not in said


async def test_a_command_without_a_stack_says_what_to_do(tmp_path: Path) -> None:
    code, said = await onewindow("policy", "export", DATA_DIR=str(tmp_path))
    assert code == 2
    assert said == f"Onewindow is not running on {tmp_path}: start it with `make run`, or set DATABASE_URL.\n"


async def test_a_broken_profile_is_refused_at_the_start_with_file_line_and_reason(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    text = (ROOT / "profiles" / "demo.toml").read_text(encoding="utf-8")
    mine.write_text(text.replace('ladder = "hearing"', 'ladder = "hering"', 1), encoding="utf-8")
    line = text[: text.index('ladder = "hearing"')].count("\n") + 1
    nowhere = "postgresql+psycopg://postgres@/none?host=/nonexistent"
    code, said = await onewindow("prepare", DATABASE_URL=nowhere, PROFILE=str(mine))
    assert code == 2
    assert said == f"{mine}:{line}: complaint.billing-old-dues.ladder: there is no ladder 'hering'\n"


async def test_a_database_that_is_away_is_one_sentence() -> None:
    code, said = await onewindow("policy", "export", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert code == 2
    assert said.startswith("The database does not answer: ")
    assert said.count("\n") == 1


async def test_a_bad_setting_is_one_sentence_from_a_fresh_interpreter() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "run", env=environ(PYTHONPATH=str(ROOT), PORT="many"), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert said.decode() == "PORT is 'many'; it must be a number from 1 to 65535.\n"
    assert process.returncode == 2


async def test_a_password_given_by_command_is_temporary_and_a_weak_one_is_refused(database_url: str) -> None:
    code, said = await onewindow("users", "password", "asha", "--password", "password123", DATABASE_URL=database_url)
    assert (code, said) == (2, "Everybody tries this password first; choose another.\n")
    given = ("users", "password", "asha", "--password", "a kettle on the stove")
    code, said = await onewindow(*given, DATABASE_URL=database_url)
    assert (code, said) == (
        0, "asha has a new password, good until a new one is chosen at the next sign-in.\n"
    )  # fmt: skip
