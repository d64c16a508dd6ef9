"""What a page or an answer of the API tells is held to the history behind it: what was never so, or is too old, is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import httpx2
import pytest

from drills.seen_pages import KEPT, Judge, Onlooker, Sight, held_to_their_events, judge_of
from rules.terms import Act
from tests.web.conftest import application, templates, window
from tests.web.window import Window

__all__ = ["application", "templates", "window"]
HOUR = timedelta(hours=1)


async def looked(window: Window, reference: str) -> list[Sight]:
    """What somebody is told who opens its page and asks the API."""
    sights = list[Sight]()
    await window.parts.hub.look()
    async with window.visitor() as visitor:
        onlooker = Onlooker(visitor, sights)
        assert (await onlooker.opens(reference)).status_code == (await onlooker.asks(reference)).status_code == 200
    return sights


async def judge(window: Window, *sights: Sight) -> Judge:
    """Who knows the requests looked at."""
    async with window.sessions() as session:
        return await judge_of(session, {sight.reference for sight in sights})


async def a_life(window: Window) -> list[Sight]:
    """A complaint looked at after each thing that happens to it."""
    reference = await window.registered()
    sights = await looked(window, reference)
    reference = await window.filed()
    sights += await looked(window, reference)
    for act, more in (
        (Act.NOTE, {"words": "On the way"}),
        (Act.HOLD, {"data": {"reason": "premises-locked"}}),
        (Act.RESUME, {}),
    ):
        window.now += timedelta(minutes=7)
        assert (await window.officer(reference, act, **more)).refused is None
        sights += await looked(window, reference)
    await window.passes(2 * HOUR, reference)
    sights += await looked(window, reference)
    await window.resolved(reference)
    sights += await looked(window, reference)
    await window.consumer(reference, Act.NOT_REPAIRED)
    sights += await looked(window, reference)
    await window.consumer(reference, Act.WITHDRAW)
    return sights + await looked(window, reference)


@pytest.mark.sweep("each thing that can happen to a complaint, each word of what is told of it")
async def test_what_was_so_is_found_so_and_what_was_not_is_found(window: Window) -> None:
    sights = await a_life(window)
    assert {sight.state for sight in sights} == {
        "received", "assigned", "in_progress", "on_hold", "resolved", "withdrawn",
    }  # fmt: skip
    async with window.sessions() as session:
        found = await held_to_their_events(session, sights)
    assert [one.what for one in found if not one.good] == []
    knows = await judge(window, *sights)
    page, answer = [sight for sight in sights if sight.ends and sight.tier == 2][:2]
    assert (page.where, answer.where) == ("page", "API")
    later = [at + HOUR for at in answer.ends if isinstance(at, datetime)]
    for untrue, what in (
        (replace(page, state="closed"), "state closed"),
        (replace(answer, state="on_hold"), "state on_hold"),
        (replace(page, tier=1), "tier 1, Service manager, Gizri"),
        (replace(answer, tier=3), "tier 3, service_manager"),
        (replace(page, who="Relationship officer 1, Gizri"), "tier 2, Relationship officer 1, Gizri"),
        (replace(answer, who="zone_head"), "tier 2, zone_head"),
        (replace(page, ends=["4:44 in the morning"]), "until 4:44 in the morning"),
        (replace(answer, ends=later), f"until {later[0]}"),
        (replace(page, ends=[]), "until no end"),
        (replace(answer, ends=[]), "until no end"),
        (replace(page, lines=[page.asked]), f"line {page.asked}"),
        (replace(answer, lines=[(1, "assigned", page.asked, None)]), f"line {(1, 'assigned', page.asked, None)}"),
        (replace(page, number=0), "number 0 of"),
        (replace(answer, number=99), "number 99 of"),
    ):
        [said] = knows.untrue(untrue)
        assert said.startswith(what)


async def test_what_was_told_before_the_category_was_corrected_is_held_to_the_times_it_was_under_then(
    window: Window,
) -> None:
    reference = await window.filed("voltage")
    sights = await looked(window, reference)
    assert (await window.officer(reference, Act.CORRECT, data={"category": "no-supply"})).refused is None
    sights += await looked(window, reference)
    knows = await judge(window, *sights)
    assert [what for sight in sights for what in knows.untrue(sight)] == []
    told = [at + HOUR for at in sights[1].ends if isinstance(at, datetime)]
    assert [*knows.untrue(replace(sights[1], ends=told))] == [f"until {told[0]}"]


async def test_an_answer_that_is_untrue_or_older_than_what_was_written_before_it_was_asked_for_is_found(
    window: Window,
) -> None:
    reference = await window.filed()
    page, answer = await looked(window, reference)
    await window.officer(reference, Act.NOTE, words="On the way")
    knows = await judge(window, page)
    assert [*knows.untrue(page), *knows.untrue(answer)] == []
    assert list(knows.untrue(replace(page, state="closed"))) == ["state closed"]
    assert list(knows.untrue(replace(answer, number=99))) == ["number 99 of 2"]

    async with window.visitor() as visitor:
        block = (await visitor.get(f"/track/{reference}/progress?seen=3")).text
        sent = "".join(f"data: {line}\n" for line in block.splitlines())
        open_page = Onlooker(visitor, [])
        await open_page.follows(reference, httpx2.Response(200, text=f"id: 3\n{sent}\nevent: finished\ndata: \n\n"))
    [live] = open_page.sights
    assert (live.number, live.state) == (3, "in_progress")
    assert list(knows.untrue(live)) == []

    def too_old(sight: Sight, seconds: float) -> bool:
        at = knows.cases[reference].history[-1].recorded + timedelta(seconds=seconds)
        return knows.too_old(replace(sight, asked=at, answered=at))

    assert not too_old(page, 0)
    assert not too_old(answer, 0)
    assert too_old(answer, 3), "the API keeps nothing"
    assert not too_old(page, 3)
    assert too_old(page, KEPT.total_seconds() + 3)
