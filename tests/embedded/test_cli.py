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


async def test_a_file_of_older_timings_and_one_that_waits_for_a_second_person_are_never_said_to_be_in_force(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "kept.toml"

    async def policy(*arguments: str) -> tuple[int, str]:
        return await onewindow("policy", *arguments, DATABASE_URL=database_url)

    assert await policy("export", str(file)) == (0, "")
    kept = file.read_text(encoding="utf-8")
    old = int(kept.partition("\n")[0].removeprefix("version = "))
    file.write_text(kept.replace('reminder_share = "1/4"', 'reminder_share = "1/3"'), encoding="utf-8")
    code, said = await policy("import", str(file), "--note", "sooner reminded")
    assert (code, said.splitlines()) == (
        0,
        [
            f"Timings no. {old + 1} are in force for new requests.",
            f"Write `version = {old + 1}` in kept.toml, or export it again, before it is changed next.",
        ],
    )
    assert (await policy("import", str(file), "--note", "again"))[0] == 0, "it says what is in force"
    file.write_text(kept, encoding="utf-8")
    code, said = await policy("import", str(file), "--note", "what was forgotten")
    assert (code, f"no. {old}," in said, f"no. {old + 1} are in force" in said, "policy diff" in said) == (
        2,
        *[True] * 3,
    )
    code, said = await policy("diff", str(file))
    assert (code, "1/3 -> 1/4" in said, f"no. {old + 1} are in force" in said) == (1, True, True)
    file.write_text('[complaint.no-supply]\nstandard = "9h"\n', encoding="utf-8")
    code, said = await policy("import", str(file), "--note", "slower")
    assert (code, said.count(" waits for a second administrator"), "are in force for new" in said) == (3, 1, False)
    assert await policy("import", str(file), "--note", "slower") == (code, said), "the same file is one proposal"
    proposal = said.partition("Proposal no. ")[2].partition(" ")[0]
    code, said = await policy("apply")
    assert (code, f"Proposal no. {proposal} is not among them" in said) == (0, True)
    code, said = await policy("take-back", str(old + 1), "--note", "no crews")
    assert (code, "still being applied" in said) == (2, True)
    begun = (await policy("lists"))[1].partition(" ")[0]
    assert (await policy("steer", begun, "--stop"))[0] == 0


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
    number = said.splitlines()[0].rpartition("/")[2]
    code, said = await policy("apply")
    assert (code, "Traceback" in said, "still being applied" in said) == (2, False, True)
    assert (await policy("steer", number, "--pause", "--rate", "30"))[0] == 0
    first = (await policy("lists"))[1].splitlines()[0]
    assert first.startswith(f"{number}  paused  0 of 0  to timings no. ")
    assert first.endswith("  30 a minute")
    assert [(await policy("steer", number, *more))[0] for more in ([], ["--stop"], ["--resume"])] == [2, 0, 2]
    code, said = await policy("undo", number)
    assert (code, "is nothing to take back" in said) == (2, True)
    for option, value in (("--zone", "moon"), ("--category", "nowhere"), ("--tier", "9")):
        code, said = await policy("apply", option, value)
        assert (code, f"There is no {option[2:]} " in said) == (2, True)
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
