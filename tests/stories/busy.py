"""A town where everything that a forecast has to see goes on at once, and its officers, who do something now and then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from sqlmodel import col, select

from models.people import Fill, Post
from models.requests import Hold, ServiceRequest, Task
from rules.states import OPEN
from rules.terms import Act
from tests.stories.applying import apply
from tests.stories.test_absences import leave
from tests.timeline import Timeline

A_MINUTE, A_WHILE = timedelta(minutes=1), timedelta(seconds=61)
"""After the second one nothing happens at the very instant."""
CATEGORIES = ("no-supply", "voltage", "wrong-bill", "meter-fault", "burnt-meter", "streetlight")
PLACES = ("gizri", "rehri", "chashma", "defence-1", "quyumabad")
"""Two of them are of an office whose service manager's post is vacant."""
A_FEW = (2, 2)
ALL = (len(CATEGORIES), len(PLACES))
VACANT, CHARGED = "service-manager-rehri", "service-manager-gizri"
WALKS = 7
"""Days before, an application sets out."""
AWAY_FOR = timedelta(days=5)
"""How long another one has the charge of the second post."""
DONE: dict[str, Any] = {"words": "Fuse replaced.", "cause": "fuse-blown"}


async def busy_town(town: Timeline, categories: int, places: int) -> None:
    """Each category at each place on hold; some at vacant and charged posts, transferred, reopened, resolved, dangerous; and applications."""
    await _applications(town)
    for number, (category, locality) in enumerate(product(CATEGORIES[:categories], PLACES[:places])):
        limit = town.now + timedelta(hours=2 + 7 * number % 46)
        await does(town, await town.file(category, locality=locality), Act.HOLD, reason="premises-locked", limit=limit)
    for category, locality in zip(CATEGORIES[:categories], PLACES[:2] * 3, strict=False):
        await town.file(category, locality=locality)
        await town.until(town.now + timedelta(minutes=7))
    async with town.sessions.begin() as session:
        for fill in (await session.exec(select(Fill).where(Fill.post == VACANT))).all():
            fill.until = town.now
    await leave(town, "chitra", town.now + A_MINUTE, town.now + AWAY_FOR, stand_in="esha")
    for _ in range(places // 2):
        await does(town, await town.file("wire-down"), Act.ACCEPT)
        await does(town, await town.file("voltage"), Act.TRANSFER, office="rehri", words="Theirs")
        closed = await town.file("no-supply")
        await does(town, closed, Act.RESOLVE, put_right=town.now, **DONE)
        await town.consumer(closed, Act.CONFIRM)
        await town.consumer(closed, Act.REOPEN)
    await does(town, await town.file("no-supply"), Act.RESOLVE, put_right=town.now, **DONE)
    await town.post()
    await town.until(town.now + A_WHILE)


async def _applications(town: Timeline) -> None:
    """One that was just handed in, and one whose note is to be paid."""
    friday, town.now = town.now, town.now - timedelta(days=WALKS)
    await (await apply(town, "new-connection")).walk(until="payment")
    assert town.now <= friday, "the way takes days, and what is on hold would not be any more"
    await town.until(friday)
    await apply(town, "new-connection")


async def does(town: Timeline, reference: str, act: Act, **more: Any) -> None:
    """The handler does something, and it is not refused."""
    taken = await town.officer(reference, act, (await town.task(reference)).handler, **more)
    assert taken.refused is None, (reference, act, taken.refused)


async def standing(town: Timeline) -> Counter[str]:
    """How many open requests are on hold, dangerous, reopened, transferred; and how many a vacant or a charged post answers for."""
    async with town.sessions() as session:
        rows = (await session.exec(select(ServiceRequest))).all()
        held = set((await session.exec(select(Task.reference).join(Hold).where(_waits()))).all())
    kept = [row for row in rows if row.state in OPEN]
    return Counter(
        open=len(kept),
        held=sum(row.reference in held for row in kept),
        dangerous=sum(row.safety for row in kept),
        reopened=sum(row.reopened > 0 for row in kept),
        transferred=sum(len(row.offices) > 0 for row in kept),
    )


def _waits() -> Any:
    """For the consumer, until a limit."""
    return col(Hold.end).is_(None) & col(Hold.limit_at).is_not(None)


async def officers_act(
    town: Timeline, chance: Random, references: Sequence[str], until: datetime, hours: float = 4
) -> dict[str, Counter[Act]]:
    """Now and then, until then, one who may does something with one of these; what was done with each, refused or not being left out."""
    done: dict[str, Counter[Act]] = {}
    while (then := town.now + chance.uniform(0.1, hours) * timedelta(hours=1)) < until:
        await town.until(then)
        one, act = chance.choice(references), chance.choice([*CHANCES])
        task = await town.task(one)
        if task is None or task.done_at is not None:
            continue
        data = dict(CHANCES[act])
        data |= {name: town.now + data[name] for name in ("limit", "until", "put_right", "by") if name in data}
        if act is Act.GIVE:
            data["to"] = chance.choice(await _colleagues(town, one))
        taken = await town.officer(one, act, chance.choice((task.handler, task.answerable)), **data)
        if taken.refused is None:
            done.setdefault(one, Counter())[act] += 1
    return done


CHANCES: dict[Act, dict[str, Any]] = {
    Act.ACCEPT: {},
    Act.NOTE: {"words": "Rang him."},
    Act.EXPECT: {"until": timedelta(hours=6), "reason": "crew-on-the-way"},
    Act.HOLD: {"limit": timedelta(hours=9), "reason": "premises-locked"},
    Act.RESUME: {},
    Act.RESOLVE: {"put_right": timedelta(0), **DONE},
    Act.GIVE: {},
    Act.TAKE_OVER: {},
    Act.DIRECT: {"by": timedelta(hours=3), "words": "Today, please."},
    Act.ESCALATE: {"words": "He must look himself.", "reason": "beyond-me"},
}
"""What an officer may happen to do, with what he says; spans count from then."""


async def _colleagues(town: Timeline, reference: str) -> Sequence[str]:
    office = (await town.row(reference)).office
    async with town.sessions() as session:
        asked = select(Post.code).where(Post.office == office, Post.role == "relationship_officer").order_by(Post.code)
        return (await session.exec(asked)).all()
