"""Disputed dues: recovery is held by a task of its own, and the consumer hears of it only when it is done."""

from __future__ import annotations

from sqlmodel import col, select

from models.requests import Task
from rules.terms import Act, Refused, State
from tests.timeline import Timeline

RECOVERY = "recovery"


async def task_of(town: Timeline, reference: str, stage: str) -> Task:
    """The task of one stage."""
    async with town.sessions() as session:
        asked = select(Task).where(Task.reference == reference, Task.stage == stage).order_by(col(Task.entered))
        return (await session.exec(asked)).one()


async def test_recovery_is_held_by_the_revenue_post_and_told_when_it_is_done(town: Timeline) -> None:
    dispute = await town.file("billing-old-dues", phone="+919810000077")
    held = await task_of(town, dispute, RECOVERY)
    assert (held.handler, held.answerable, held.ladder) == ("revenue-officer", "revenue-officer", "revenue")
    await town.post()
    assert not [text for text in town.said_to("+919810000077") if "not collected" in text]
    done = await town.officer(dispute, Act.FINISH, held.handler, task=held.id, words="Recovery stopped in the ledger.")
    assert (done.refused, done.standing.state) == (None, State.ASSIGNED)
    assert [task.stage for task in done.standing.tasks] == ["complaint"]
    events = [event for event in await town.events(dispute) if event.kind == "recovery_held"]
    assert [(event.public, event.post) for event in events] == [(True, "revenue-officer")]
    await town.post()
    assert len([text for text in town.said_to("+919810000077") if "not collected" in text]) == 1


async def test_nobody_holds_it_so_it_climbs_by_itself_and_the_consumer_hears_nothing(town: Timeline) -> None:
    dispute = await town.file("billing-old-dues")
    complaint = await task_of(town, dispute, "complaint")
    await town.hours_pass(24 * 5)
    held, main = await task_of(town, dispute, RECOVERY), await task_of(town, dispute, "complaint")
    assert (held.tier, held.answerable) == (2, "zone-head-south")
    assert (main.tier, main.answerable) == (1, complaint.answerable)
    moved = [event for event in await town.events(dispute) if event.kind == "escalated"]
    assert [(event.task_id, event.public) for event in moved] == [(held.id, False)]
    assert not [notice for notice in await town.notices(dispute, "escalated") if notice.consumer_id is not None]


async def test_who_holds_it_hears_that_the_complaint_is_closed(town: Timeline) -> None:
    dispute = await town.file("billing-old-dues")
    held, main = await task_of(town, dispute, RECOVERY), await task_of(town, dispute, "complaint")
    await town.officer(
        dispute, Act.RESOLVE, main.handler, task=main.id, put_right=town.now, cause="dues-stand", words="They stand."
    )
    answer = await town.consumer(dispute, Act.CONFIRM)
    assert (answer.refused, answer.standing.state) == (None, State.CLOSED)
    told = {one.post for one in await town.notices(dispute, "closed")}
    assert told == {None, main.handler, held.handler}


async def test_only_its_own_post_ends_it_and_closing_ends_both(town: Timeline) -> None:
    dispute = await town.file("billing-old-dues")
    held, main = await task_of(town, dispute, RECOVERY), await task_of(town, dispute, "complaint")
    stranger = await town.officer(dispute, Act.FINISH, main.handler, task=held.id, words="Done.")
    assert stranger.refused is Refused.NOT_YOURS
    wrong = await town.officer(dispute, Act.RESOLVE, held.handler, task=held.id, words="Done.", cause="dues-stand")
    assert wrong.refused is Refused.ILLEGAL
    answer = await town.consumer(dispute, Act.WITHDRAW)
    assert (answer.standing.over, answer.standing.tasks) == (True, ())
