"""What is kept of a password, and what a name that does not exist costs."""

from __future__ import annotations

from models.passwords import NOBODY, is_right, password_hash


async def test_a_name_that_does_not_exist_is_as_much_work_as_one_that_does() -> None:
    kept = await password_hash("onewindow")
    assert kept.split("$")[:4] == NOBODY.split("$")[:4], "the same sort, version and parameters"
    assert await is_right(kept, "onewindow")
    assert not await is_right("", "onewindow")
