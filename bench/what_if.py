"""What unsaved timings would do to everything open and to the last ninety days, against ten seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench.figures import Figures, Wrong
from bench.room import Room
from bench.rounds import Chosen
from embedded.backup import plain
from models import database, policy_versions
from models.foretelling import foretold
from rules.policy import Policy

TEN_SECONDS = 10.0
MOST = 100_000
"""So many are promised within that time; where rows before this one filed more, the same rate is asked."""
CLOSED = 9
"""How many were closed in ninety days for one that is open."""
PER_ROUND = 2
AGED = """
with placed as (select id, reference, row_number() over (order by id) as n from task where done_at is null),
  aged as (update service_request r set registered_at = now() - (n % 4000) * interval '1 minute' from placed p where p.reference = r.reference)
update task t set entered = now() - (n % 4000) * interval '1 minute' from placed p where p.id = t.id
"""
"""Filed one after the other over three days: nearly all of them climb twice within the week."""
ENDED = """
create temp table ended as select r.*, k, row_number() over () as n from service_request r, generate_series(1, %s) k where not over;
update ended set reference = lpad(n::text, 9, 'c'), token = 'ended ' || n, state = 'closed', over = true, wake_at = null, wake_for = null,
  closing = 'silence', within_standard = true, put_right_at = now() - (n * 7 %% 129000) * interval '1 minute';
update ended set registered_at = put_right_at - interval '40 hours', closed_at = put_right_at, standard_due = put_right_at + interval '5 days';
alter table ended drop column k, drop column n;
insert into service_request select * from ended;
"""


async def measured(room: Room, chosen: Chosen) -> list[Figures]:
    """Requests a second, open and closed together. Every open one is foretold in both courses, and the shorter times move them sooner."""
    still_open = await asyncio.to_thread(_filled, room.url)
    many = still_open * (1 + CLOSED)
    opened = database.engine(room.url)
    async with database.sessions_of(opened)() as session:
        policy = await policy_versions.current(session)
    await opened.dispose()
    speeds, changed = [], frozenset(room.references)
    for _ in range(PER_ROUND):
        began = time.monotonic()
        found = await foretold(room.url, _shorter(policy), datetime.now(UTC))
        speeds.append(many / (time.monotonic() - began))
        half = [_middle(found[course]["moves"], changed) for course in ("now", "then")]
        if (found["open"], found["judged"]) != (still_open, many - still_open) or half[1] >= half[0]:
            raise Wrong(
                f"{found['open']} open, {found['judged']} closed, half of those with other times gone up by {half}"
            )
    name = f"what-if: {many:,} requests, {still_open:,} of them open, in {many / max(speeds):.1f} s"
    limit = min(many, MOST) / TEN_SECONDS
    return [Figures(name, "100,000 within ten seconds", "requests/s", 1.0, speeds, [limit] * PER_ROUND)]


def _middle(moves: Sequence[Sequence[Any]], changed: frozenset[str]) -> str:
    """By when half of what these do is done: other rows file what the shorter times do not concern."""
    ours = [move[1] for move in moves if move[0] in changed]
    return str(ours[len(ours) // 2])


def _shorter(policy: Policy) -> Policy:
    """The first tier of the category that everything is in, half as long."""
    timing = policy.timings["wrong-bill"]
    first = replace(timing.tiers[0], amount=4, unit=policy.timings["no-supply"].tiers[0].unit)
    return replace(policy, timings={**policy.timings, "wrong-bill": replace(timing, tiers=(first, *timing.tiers[1:]))})


def _filled(url: str) -> int:
    """Age what is open and add what is closed; how many are open."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(AGED.encode())
        connection.execute((ENDED % CLOSED).encode())
        connection.execute("vacuum analyze")
        found = connection.execute("select count(*) from service_request where not over").fetchone()
    return int(found[0]) if found else 0
