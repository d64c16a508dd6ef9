"""No name, number, address or sentence of anybody is in a workflow's history, a log line or a figure."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError
from sqlmodel import select
from temporalio.client import WorkflowHandle

from activities.fanout import FanOut, wall
from models import bulk
from models.people import Staff
from rules.terms import Act
from tests.stories.applying import apply
from tests.stories.test_lists import listed, outcomes
from tests.stories.test_retiming import begun, tuned
from tests.stories.test_the_ladder import at
from tests.timeline import Timeline
from tests.web.window import Window

MEENAKSHI = {
    "name": "Meenakshi Qureshi",
    "phone": "+919810077345",
    "email": "meenakshi.q@mail.example",
    "address": "Haveli Lane 77",
    "place": "behind the Peepal Chowk",
    "description": "The lamp sparks when Rukhsana opens the gate.",
}
SAID = (
    "Zubeida has the key.",
    "I telephoned Farrukh myself.",
    "The neighbour Parveen saw it.",
    "Shahnaz was there.",
    "Nargis opened the gate.",
    "Asked for by Sultana.",
)
PERSONAL = ("Meenakshi", "Qureshi", "9810077345", "meenakshi.q", "Haveli", "Peepal", "Rukhsana", "Zubeida", "Farrukh", "Parveen", "Shahnaz", "Nargis", "Sultana",
            "wrong-password-typed", "Nobody.Known")  # fmt: skip


@pytest.fixture
def town(through_temporal: Timeline) -> Timeline:
    """What workflows keep of it is looked through."""
    return through_temporal


def told(where: str | bytes) -> list[str]:
    """Which personal data stand in a text."""
    plain = where if isinstance(where, str) else where.decode("utf-8", "replace")
    return [word for word in PERSONAL if word.lower() in plain.lower()]


async def everything_kept(handle: WorkflowHandle[Any, Any]) -> Iterator[bytes]:
    """Every event of a workflow as the server keeps it, and what its pages show beside."""
    history = await handle.fetch_history()
    described = await handle.describe()
    return iter(
        [*(event.SerializeToString() for event in history.events), described.raw_description.SerializeToString()]
    )


async def a_complaint(town: Timeline) -> None:
    """Noted, held, sent up, resolved falsely and told so; everybody is written to."""
    complaint = await town.file("no-supply", **MEENAKSHI)
    officer = (await town.task(complaint)).handler
    await town.officer(complaint, Act.ACCEPT, officer)
    await town.officer(complaint, Act.NOTE, officer, words=SAID[0])
    await town.consumer(complaint, Act.ADD, words=SAID[2])
    await town.officer(complaint, Act.RESOLVE, officer, words=SAID[1], cause="fuse-blown", put_right=town.now)
    await town.consumer(complaint, Act.NOT_REPAIRED, words=SAID[3])
    await town.post()
    await town.hours_pass(6)
    await town.post()
    assert town.said_to(MEENAKSHI["phone"])


async def two_lists(town: Timeline, fan_out: FanOut) -> list[str]:
    """Many put right with the same words, and new timings for what is open with a note; their workflows."""
    references = [await town.file("no-supply", **MEENAKSHI) for _ in range(2)]
    put_right = {"cause": "fuse-blown", "put_right": town.now.isoformat()}
    resolved = await listed(town, Act.RESOLVE, references, SAID[4], **put_right)
    version = await tuned(
        town, lambda now: replace(now, timings=now.timings | {"voltage": now.timings["no-supply"]}), SAID[5]
    )
    retimed = await begun(town, version)
    fan_out.sessions, fan_out.door = town.sessions, town.door
    fan_out.clock = lambda: town.now + bulk.SECOND_THOUGHT
    try:
        for number in (resolved, retimed):
            await town.door.fan_out(number)
            await town.handle(f"run-{number}").result()
    finally:
        fan_out.clock = wall
    assert bulk.DONE in (await outcomes(town, resolved)).values()
    assert await outcomes(town, retimed)
    return [f"run-{resolved}", f"run-{retimed}"]


async def the_web(town: Timeline) -> str:
    """Pages asked for, a form filed, a password mistaken, an error nobody foresaw; the figures."""
    window = Window(town.sessions, now=town.now)

    async def broken() -> None:
        async with town.sessions() as session:
            await session.exec(text("select 1 / 0 where :name = :name"), params={"name": MEENAKSHI["name"]})  # type: ignore[call-overload]

    window.app.add_api_route("/broken", broken)
    await window.parts.hub.look()
    reference = await window.filed(name=MEENAKSHI["name"], phone=MEENAKSHI["phone"], address=MEENAKSHI["address"])
    async with window.visitor() as visitor:
        assert (await visitor.get("/broken")).status_code == 500
        assert (await visitor.get(f"/track/{reference}")).status_code == 200
        await visitor.post(f"/track/{reference}/code", data={"last_four": MEENAKSHI["phone"][-4:]})
        await visitor.post("/sign-in", data={"username": "Nobody.Known", "password": "wrong-password-typed"})
        return (await visitor.get("/metrics")).text


async def test_nothing_personal_leaves_the_tables(
    town: Timeline, fan_out: FanOut, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    town.now = at("12:00")
    await a_complaint(town)
    await town.file("theft-report", **MEENAKSHI)
    request = await apply(town, "new-connection")
    await request.walk(until="payment")
    lists = await two_lists(town, fan_out)
    await town.hours_pass(48)
    figures = await the_web(town)
    said = caplog.text + "".join(capfd.readouterr())
    assert "a request failed" in said
    assert told(said) == []
    assert "onewindow_" in figures
    assert told(figures) == []
    everything = b""
    for id in (*town.references, *lists):
        kept = b"".join(await everything_kept(town.handle(id)))
        assert id.encode() in kept
        assert told(kept) == [], id
        everything += kept
    async with town.sessions() as session:
        people = (await session.exec(select(Staff.name))).all()
    assert [name for name in people if name.encode() in everything or name in said] == []


async def test_an_error_of_the_database_does_not_say_what_was_written(town: Timeline) -> None:
    async with town.sessions() as session:
        with pytest.raises(DataError) as caught:
            await session.exec(text("select 1 / 0 where :name = :name"), params={"name": "Meenakshi"})  # type: ignore[call-overload]
    assert told(str(caught.value) + repr(caught.value)) == []
