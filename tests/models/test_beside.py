"""Two reckonings at once: both answers come, and a copy that dies is told as such."""

from __future__ import annotations

import os

import pytest

from models.beside import MANY, NotReckoned, side_by_side


def test_many_are_reckoned_in_a_copy_of_the_process_and_few_in_it() -> None:
    seen = ["as it is now"]
    (copy, what), here = side_by_side(lambda: (os.getpid(), seen[0]), os.getpid, MANY)
    assert here == os.getpid() != copy
    assert what == "as it is now"
    assert side_by_side(os.getpid, os.getpid, MANY - 1) == (here, here)


def test_a_copy_that_ends_without_an_answer_is_an_error_not_a_wait_for_ever() -> None:
    with pytest.raises(NotReckoned):
        side_by_side(lambda: os._exit(3), lambda: None, MANY)
