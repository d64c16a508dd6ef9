"""One data folder belongs to one stack, also after a crash."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from embedded.locks import Locked, data_folder, is_running

HOLDS = "import sys; print('holding', flush=True); sys.stdin.read()"


async def test_a_second_run_is_refused_in_one_sentence_that_names_the_first(tmp_path: Path) -> None:
    async with data_folder(tmp_path):
        assert is_running(tmp_path)
        with pytest.raises(Locked, match=rf"already running on .* \(process {os.getpid()}\)"):
            async with data_folder(tmp_path):
                pass
    assert not is_running(tmp_path)
    async with data_folder(tmp_path):
        pass


async def test_what_a_killed_run_left_is_waited_for(tmp_path: Path) -> None:
    async with data_folder(tmp_path) as inherited:
        left = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLDS, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            pass_fds=(inherited,),
        )  # fmt: skip
        assert left.stdout is not None
        await left.stdout.readline()
    with pytest.raises(Locked, match="Parts of an earlier run still use"):
        async with data_folder(tmp_path, seconds=0.1):
            pass
    said: list[str] = []

    def hear(line: str) -> None:
        said.append(line)
        assert left.stdin is not None
        left.stdin.close()

    async with data_folder(tmp_path, hear):
        assert said == ["Waiting for what an earlier run left behind to end."]
    await left.wait()


def test_a_folder_never_used_is_not_running(tmp_path: Path) -> None:
    assert not is_running(tmp_path / "never")
