"""Two reckonings at once: both answers come, a copy that dies is told as such, and none outlives whoever wanted to know."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from drills.processes import children
from models.beside import MANY, NotReckoned, side_by_side
from tests.embedded.waiting import exists, until

LONG = """
from time import sleep
from models.beside import MANY, side_by_side
side_by_side(lambda: sleep(60), lambda: sleep(60), MANY)
"""


def test_many_are_reckoned_in_a_copy_of_the_process_and_few_in_it() -> None:
    seen = ["as it is now"]
    (copy, what), here = side_by_side(lambda: (os.getpid(), seen[0]), os.getpid, MANY)
    assert here == os.getpid() != copy
    assert what == "as it is now"
    assert side_by_side(os.getpid, os.getpid, MANY - 1) == (here, here)


def test_a_copy_that_ends_without_an_answer_is_an_error_not_a_wait_for_ever() -> None:
    with pytest.raises(NotReckoned):
        side_by_side(lambda: os._exit(3), lambda: None, MANY)


async def test_a_copy_ends_with_the_process_it_is_a_copy_of() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LONG)
    await until(lambda: bool(children(process.pid)))
    [copy] = children(process.pid)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await until(lambda: not exists(copy))
    assert not exists(copy)
