"""A process of its own that foretells what a policy would do: `python -m models.foretelling`, asked and answering in JSON.

It reads on one snapshot, so that a busy day does not change what it counts, and writes nothing. Whoever asked may end it, and with
it ends whatever it started.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.beside import ends_with_its_parent
from models.database import engine
from models.forecast import Forecast, forecast
from rules.policy import Policy
from rules.policy_json import from_json, to_json
from rules.whatif import Course

LONGEST = 60.0
"""Seconds after which it is given up."""


class NotForetold(Exception):
    """The process ended without an answer."""


async def foretold(url: str, policy: Policy, at: datetime) -> dict[str, Any]:
    """What `policy` would do, worked out by another process that ends with this call, however it ends."""
    asked = json.dumps({"url": url, "policy": to_json(policy), "at": at.isoformat()})
    command = (sys.executable, "-m", "models.foretelling")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(LONGEST):
            answer, _ = await process.communicate(asked.encode())
    except TimeoutError:
        raise NotForetold from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise NotForetold
    found: dict[str, Any] = json.loads(answer)
    return found


def plain(found: Forecast) -> dict[str, Any]:
    """A forecast as JSON: lists, codes and numbers."""
    return {
        "at": found.at.isoformat(),
        "open": found.open,
        "now": _course(found.now),
        "then": _course(found.then),
        "judged": found.judged,
        "within": found.within,
        "within_then": found.within_then,
        "kept": found.kept,
        "missed": found.missed,
        "differs": found.differs,
        "up": found.up,
        "up_then": found.up_then,
    }


def _course(course: Course) -> dict[str, Any]:
    moves = [[move.reference, move.at.isoformat(), *move[2:]] for move in sorted(course.moves, key=lambda one: one.at)]
    return {"moves": moves, "carried": [_by_post(count) for count in course.carried], "unfit": course.unfit}


def _by_post(count: Counter[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for post, reference in count.elements():
        found.setdefault(post, []).append(reference)
    return found


async def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The forecast that was asked for."""
    opened = engine(asked["url"], pool=1)
    try:
        async with AsyncSession(opened) as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            await session.exec(text("set transaction read only"))  # type: ignore[call-overload]
            found = await forecast(session, from_json(asked["policy"]), datetime.fromisoformat(asked["at"]))
    finally:
        await opened.dispose()
    return plain(found)


def main() -> None:
    """Read what is asked from the standard input, write the answer to the standard output."""
    ends_with_its_parent()
    gc.disable()  # a process of seconds that makes no rings of rubbish: looking for them was a third of its time
    sys.stdout.write(json.dumps(asyncio.run(answer(json.load(sys.stdin)))))  # in one piece: piece by piece is slow


if __name__ == "__main__":
    main()
