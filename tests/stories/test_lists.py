"""One act on many: a list that waits ten seconds, then does each once, whatever happens to the worker on the way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select, update

from models import bulk, runs
from models.bulk import CONFIDENTIAL, DONE, SECOND_THOUGHT, Order, begin, choose, stop
from models.events import Submission
from models.people import Fill, Post
from models.posts import FilledPost, posts_of
from models.requests import Task, Words
from models.runs import RunItem
from rules.terms import Act, Refused
from tests.stories.test_retiming import Killed, fan_of
from tests.timeline import Timeline

CREW, COLLEAGUE = "relationship-officer-gizri-1", "relationship-officer-gizri-2"
FUSE = {"cause": "fuse-blown"}


class MortalDoor:
    """The door of a worker that is gone after so many acts."""

    def __init__(self, door: Any, dies_after: int) -> None:
        self.door, self.left = door, dies_after

    async def act(self, command: Any) -> Any:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return await self.door.act(command)


async def at_work(town: Timeline, post: str = CREW) -> tuple[int, tuple[FilledPost, ...]]:
    """Who fills a post, and with which posts."""
    async with town.sessions() as session:
        person = (await session.exec(select(Fill.person).where(Fill.post == post))).one()
        return person, await posts_of(session, person, town.now, "Asia/Kolkata")


@pytest.fixture
async def town(town: Timeline) -> Timeline:
    """A town in which the first crew of the office gets all its work."""
    async with town.sessions.begin() as session:
        await session.exec(update(Post).where(col(Post.code) == COLLEAGUE).values(open_tasks=1000))
    return town


async def listed(town: Timeline, act: Act, references: list[str], words: str | None = "Done.", **data: str) -> int:
    """A list of his, from pages that show these requests as they are now."""
    person, posts = await at_work(town)
    async with town.sessions.begin() as session:
        seen = {(await town.task(one)).id: (await town.row(one)).number for one in references}
        return await begin(session, Order(act, data, words), await choose(session, seen, posts), person, town.now)


async def outcomes(town: Timeline, number: int) -> dict[str, str | None]:
    """What became of each."""
    async with town.sessions() as session:
        rows = await session.exec(select(RunItem).where(RunItem.run == number))
        return {row.reference: row.outcome for row in rows}


async def sent(town: Timeline, number: int) -> int:
    """How many submissions a list has put into the tray."""
    async with town.sessions() as session:
        return len((await session.exec(select(Submission.id).where(Submission.run == number))).all())


async def test_a_dozen_put_right_at_once_ask_each_consumer_once_though_the_worker_dies_twice(town: Timeline) -> None:
    references = [await town.file("no-supply", phone=f"+9198100{number:05}") for number in range(12)]
    number = await listed(town, Act.RESOLVE, references, **FUSE, put_right=town.now.isoformat())
    early = await fan_of(town).go_on(number)
    assert 9 < early.seconds <= SECOND_THOUGHT.total_seconds()
    assert await sent(town, number) == 0
    town.now += SECOND_THOUGHT
    for _ in range(2):
        fan = fan_of(town)
        fan.door = MortalDoor(fan.door, dies_after=4)  # type: ignore[assignment]
        with pytest.raises(Killed):
            await fan.go_on(number)
    while not (await fan_of(town).go_on(number)).over:
        pass
    assert await outcomes(town, number) == dict.fromkeys(references, DONE)
    for reference in references:
        assert (await town.kinds(reference)).count("resolved") == 1
        assert len(await town.notices(reference, "question")) == 1
    assert await sent(town, number) == 12
    await town.post()
    for number in range(12):
        assert len([text for text in town.said_to(f"+9198100{number:05}") if "/answer/" in text]) == 1


async def test_undone_within_ten_seconds_nothing_is_sent_and_no_word_of_it_is_kept(town: Timeline) -> None:
    references = [await town.file("no-supply") for _ in range(3)]
    number = await listed(town, Act.RESOLVE, references, **FUSE, put_right=town.now.isoformat())
    person, _posts = await at_work(town)
    async with town.sessions.begin() as session:
        assert not await stop(session, number, person + 1, town.now), "somebody else's list"
        assert await stop(session, number, person, town.now)
    town.now += SECOND_THOUGHT
    assert (await fan_of(town).go_on(number)).over
    assert await sent(town, number) == 0
    assert await outcomes(town, number) == dict.fromkeys(references)
    assert not [one for one in references if "resolved" in await town.kinds(one)]
    async with town.sessions() as session:
        assert not (await session.exec(select(Words).where(Words.body == "Done."))).all()


async def test_each_is_judged_as_the_one_whose_list_it_is_and_says_why_it_was_refused(town: Timeline) -> None:
    good, moved, gone, twice = [await town.file("no-supply") for _ in range(4)]
    elsewhere = await town.file("no-supply", locality="rehri")
    secret = await town.file("theft-report")
    async with town.sessions.begin() as session:
        task = await session.get_one(Task, (await town.task(secret)).id)
        task.handler = CREW
    number = await listed(town, Act.GIVE, [good, moved, gone, twice, elsewhere, secret], post=COLLEAGUE)
    await town.officer(moved, Act.HOLD, CREW, reason="premises-locked")
    await town.consumer(gone, Act.WITHDRAW)
    town.now += SECOND_THOUGHT
    while not (await fan_of(town).go_on(number)).over:
        pass
    assert await outcomes(town, number) == {
        good: DONE,
        twice: DONE,
        moved: Refused.STALE,
        gone: Refused.STALE,
        elsewhere: Refused.NOT_YOURS,
        secret: CONFIDENTIAL,
    }
    assert (await town.task(good)).handler == COLLEAGUE
    assert [event.person for event in await town.events(good) if event.kind == "given"] == [(await at_work(town))[0]]


async def test_the_same_form_sent_twice_is_one_list_and_a_list_of_tasks_goes_to_a_post(town: Timeline) -> None:
    reference = await town.file("no-supply")
    person, posts = await at_work(town)
    async with town.sessions.begin() as session:
        chosen = await choose(session, {(await town.task(reference)).id: None}, posts)
        order = Order(Act.NOTE, words="Seen.", token="one-form")
        first, second = [await begin(session, order, chosen, person, town.now) for _ in range(2)]
        handed = await bulk.give(session, [chosen[0].task.id], COLLEAGUE, person, posts, town.now, "Yours.")
    assert first == second
    town.now += SECOND_THOUGHT
    for number in (first, handed):
        while not (await fan_of(town).go_on(number)).over:
            pass
    assert (await town.kinds(reference)).count("noted") == 1
    assert (await town.task(reference)).handler == COLLEAGUE


async def test_a_list_whose_workflow_was_lost_is_brought_on_by_the_relay(town: Timeline) -> None:
    number = await listed(town, Act.NOTE, [await town.file("no-supply")])
    async with town.sessions() as session:
        assert number in await runs.asleep(session)
    await fan_of(town).go_on(number)
    async with town.sessions() as session:
        assert number not in await runs.asleep(session)
