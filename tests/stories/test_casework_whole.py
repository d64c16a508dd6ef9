"""Consumers without e-mail, without a telephone, with one that takes no message; and a report its own office must never find."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

from sqlmodel import select

from models import slips
from models.answers import answer, answer_id, asked
from models.callers import Caller, find
from models.openings import opening, openings
from models.people import Fill, Post
from models.proofs import Tried
from models.queue import Bounds, Sight, View, queue
from rules.messages import Take
from rules.terms import Act, Channel, Refused, State
from tests.stories.test_casework import DONE, handler
from tests.stories.test_the_ladder import at
from tests.timeline import Timeline

CALLS = "call-centre-1"
PHONE = "+919810000071"


async def resolved(town: Timeline, reference: str) -> None:
    """The handler says that it is put right, and the question goes out."""
    done = await town.officer(reference, Act.RESOLVE, await handler(town, reference), put_right=town.now, **DONE)
    assert done.refused is None
    await town.post()


async def by_link(town: Timeline, token: str, reference: str, act: Act) -> Refused | None:
    """The tap on one of the two buttons of a question's link."""
    async with town.sessions.begin() as session:
        counted = await answer(session, token, act, town.now)
    await town.bring(reference)
    return (await town.door.act(Take(reference, answer_id(token), Act(counted or act)))).refused


async def test_a_basic_phone_gets_the_number_and_the_link_by_text_message(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply", phone=PHONE, channel=Channel.CALL, filed_by=1, filed_post=CALLS)
    await town.post()
    assert complaint in town.said_to(PHONE)[0].replace("-", "")
    await town.hours_pass(0.5)
    await resolved(town, complaint)
    link = re.search(r"/answer/(\S+)", town.said_to(PHONE)[-1])
    assert link is not None
    async with town.sessions() as session:
        question = await asked(session, link[1])
    assert question is not None
    assert (question.current, (await town.row(complaint)).state) == (True, "resolved")
    assert await by_link(town, link[1], complaint, Act.NOT_REPAIRED) is None
    row, task = await town.row(complaint), await town.task(complaint)
    assert (row.state, task.answerable) == ("in_progress", "service-manager-gizri")
    await by_link(town, link[1], complaint, Act.CONFIRM)
    assert (await town.row(complaint)).state == "in_progress"
    assert (await town.kinds(complaint)).count("not_repaired") == 1


async def test_without_any_telephone_the_slip_speaks_and_the_counter_takes_the_answer(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply", phone=None, channel=Channel.COUNTER, filed_by=1, filed_post=CALLS)
    async with town.sessions.begin() as session:
        code = await slips.make(session, complaint, "a secret", 1, town.now)
        assert await slips.try_slip(session, complaint, code, "a secret") is Tried.RIGHT
    await town.hours_pass(1)
    await resolved(town, complaint)
    assert [note for note in await town.notices(complaint) if note.consumer_id] == []
    await town.hours_pass(48)
    row = await town.row(complaint)
    assert (row.state, row.closing, row.call_back_at is not None) == ("resolved", None, True)
    assert (await town.officer(complaint, Act.CONFIRM, await handler(town, complaint))).refused is Refused.ILLEGAL
    said = await town.officer(complaint, Act.CONFIRM, CALLS)
    row = await town.row(complaint)
    assert (said.refused, row.state, row.closing, row.within_standard) == (None, "closed", "word", True)
    closed = (await town.events(complaint))[-1]
    assert (closed.actor, closed.post) == ("officer", CALLS)


async def test_one_whose_text_message_fails_is_never_closed_by_silence(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply", phone=PHONE)
    town.sms.refusing = True
    await resolved(town, complaint)
    await town.hours_pass(14 * 24)
    row = await town.row(complaint)
    assert (row.state, row.closing) == ("resolved", None)
    assert (await town.kinds(complaint)).count("reminded") > 1  # whoever answers for it is told again and again
    await town.officer(complaint, Act.CALLED, CALLS)
    early = await town.officer(complaint, Act.CALLED, CALLS)
    await town.until(town.now + timedelta(hours=2, minutes=5))
    await town.officer(complaint, Act.CALLED, CALLS)
    assert (early.refused, (await town.row(complaint)).closing) == (Refused.SAME_HOUR, "unreached")


async def test_nobody_but_who_is_told_may_find_a_linemans_hook(town: Timeline) -> None:
    theft = await town.file("theft-report", phone=None, description="The lineman has a hook on our wire.")
    await town.hours_pass(24 * 7)
    told = {note.post for note in await town.notices(theft) if note.post}
    assert told <= {"vigilance-officer", "vigilance-head", "managing-director"}
    async with town.sessions() as session:
        posts = (await session.exec(select(Post.code))).all()
        for post, view in itertools.product(posts, View):
            page = await queue(session, Sight((post,), tuple(posts), tuple(posts)), view, Bounds(town.now, town.now))
            listed = {row.reference for row in page.rows}
            assert theft not in listed or post.startswith(("vigilance", "managing")), (post, view)
        for caller in (Caller(name="lineman"), Caller(phone=PHONE)):
            found = await find(session, caller, town.now)
            assert theft not in {one.request.reference for one in (*found.open, *found.ended)}
    refused = await town.officer(theft, Act.RESOLVE, "relationship-officer-gizri-1", put_right=town.now, **DONE)
    assert (refused.refused, (await town.row(theft)).state) == (Refused.NOT_YOURS, State.ASSIGNED)
    async with town.sessions.begin() as session:
        vigilant = (await session.exec(select(Fill.person).where(Fill.post == "vigilance-officer"))).one()
        await opening(session, theft, vigilant, town.now, let_in=True)
    async with town.sessions() as session:
        assert len(await openings(session, theft)) == 1
