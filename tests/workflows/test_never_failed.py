"""No request's workflow ever ends in failed: whatever the pen raises, it waits and goes on."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from models.tray import put
from rules.messages import Take
from rules.terms import Act, Actor, State
from tests.sweeping import widened
from tests.timeline import IDS, Timeline
from tests.workflows.conftest import Faults, come, impatient, is_running, scheduled
from workflows.client import NotYet

ERRORS: dict[str, BaseException] = {
    "database away": OperationalError("select 1", {}, ConnectionError("server closed the connection")),
    "constraint": IntegrityError("insert", {}, ValueError("duplicate key")),
    "value": ValueError("a row nobody understands"),
    "missing": LookupError("there is no policy 7"),
    "assertion": AssertionError("every ladder ends in a post that is never vacant"),
    "timeout": TimeoutError(),
    "cancelled": asyncio.CancelledError(),
    "application": ApplicationError("try again"),
    "never": ApplicationError("this will never work", non_retryable=True),
    "benign": ApplicationError("never, and no news", non_retryable=True, category=ApplicationErrorCategory.BENIGN),
    "several": ExceptionGroup("several", [ValueError("one"), KeyError("two")]),
}
A_MINUTE = timedelta(seconds=61)


FEW = ("database away", "cancelled", "never", "several")
"""One of each sort: to be tried again, told to stop, not to be tried again, several in one."""
EACH = pytest.mark.parametrize("names", widened("every other error", FEW, (tuple(ERRORS),)))


@pytest.fixture
async def broken(town: Timeline, faults: Faults, names: tuple[str, ...]) -> dict[str, str]:
    """One complaint for each error, by the error's name; none has a workflow yet."""
    town.now = town.now.replace(hour=12, minute=30)
    return {name: await town.file("no-supply", start=False) for name in names}


def fail(faults: Faults, broken: dict[str, str]) -> None:
    """From here the pen fails for all of them."""
    faults.tries.clear()
    faults.error.update({reference: ERRORS[name] for name, reference in broken.items()})


async def tried(town: Timeline, faults: Faults, broken: dict[str, str]) -> None:
    """Wait until the pen failed for each of them, quickly and, where that may help, patiently; all still run."""
    for name, reference in broken.items():
        often = 1 if name in {"never", "benign"} else 3
        await come(lambda reference=reference, often=often: faults.tries[reference] >= often)  # type: ignore[misc]
    assert all([await is_running(town, reference) for reference in broken.values()])


async def the_pen_works_again(town: Timeline, faults: Faults, broken: dict[str, str]) -> None:
    """From here nothing fails; a minute passes for those who wait for it."""
    faults.error.clear()
    for name in {"never", "benign"} & broken.keys():
        await town.environment.fast_forward(town.handle(broken[name]), A_MINUTE)


async def due(town: Timeline, reference: str) -> datetime:
    """When the request wakes next."""
    at = (await town.row(reference)).wake_at
    assert at is not None
    return at


@pytest.mark.parametrize("names", [tuple(ERRORS)], ids=["every error"])
async def test_it_goes_on_whatever_its_first_look_at_the_row_raises(
    town: Timeline, faults: Faults, broken: dict[str, str]
) -> None:
    fail(faults, broken)
    for reference in broken.values():
        opening = await town.door.opening(reference)
        assert opening is not None
        await town.door.start(opening)
    await tried(town, faults, broken)
    await the_pen_works_again(town, faults, broken)
    for reference in broken.values():
        await come(lambda reference=reference: state_is(town, reference, State.ASSIGNED))  # type: ignore[misc]


async def state_is(town: Timeline, reference: str, state: State) -> bool:
    """Whether the row's state is this."""
    return (await town.row(reference)).state == state


@EACH
async def test_it_goes_on_whatever_its_timer_raises(town: Timeline, faults: Faults, broken: dict[str, str]) -> None:
    await town.start_all()
    fail(faults, broken)
    for reference in broken.values():
        town.now = max(town.now, await due(town, reference))
        await town.bring(reference)
    await tried(town, faults, broken)
    await the_pen_works_again(town, faults, broken)
    for reference in broken.values():
        await come(lambda reference=reference: has(town, reference, "not_taken_up"))  # type: ignore[misc]
    assert all([await is_running(town, reference) for reference in broken.values()])


async def has(town: Timeline, reference: str, kind: str) -> bool:
    """Whether the history has a line of this kind."""
    return kind in await town.kinds(reference)


@EACH
async def test_it_goes_on_whatever_an_act_or_a_look_raises(
    town: Timeline, faults: Faults, broken: dict[str, str]
) -> None:
    await town.start_all()
    fail(faults, broken)
    takes = [await noted(town, reference) for reference in broken.values()]
    door = impatient(town)
    answers = await asyncio.gather(
        *(door.act(take) for take in takes), *(door.look(take.reference) for take in takes), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {NotYet}
    await tried(town, faults, broken)
    faults.error.clear()
    taken = await asyncio.gather(*(town.door.act(take) for take in takes))
    assert [answer.refused for answer in taken] == [None] * len(takes)
    for reference in broken.values():
        assert (await town.kinds(reference)).count("added") == 1
        await town.door.look(reference)
        assert await is_running(town, reference)


async def noted(town: Timeline, reference: str) -> Take:
    """Something the consumer added, in the tray."""
    id = f"sent-{next(IDS)}"
    async with town.sessions.begin() as session:
        await put(
            session, id=id, reference=reference, act=Act.ADD, actor=Actor.CONSUMER, at=town.now, words="The gate is open."
        )  # fmt: skip
    return Take(reference, id, Act.ADD)


async def test_a_hung_database_is_waited_for_patiently_and_holds_nobody_else_up(town: Timeline, faults: Faults) -> None:
    hung, other = await town.file("no-supply"), await town.file("no-supply")
    faults.hung[hung] = asyncio.Event()
    acting = asyncio.create_task(town.consumer(hung, Act.ADD, words="Is somebody coming?"))
    await come(lambda: faults.tries[hung])
    assert (await town.consumer(other, Act.SUPPLY_BACK)).refused is None
    assert not acting.done(), "nobody else waited for the one that hangs"
    await come(lambda: patient(town, hung))
    faults.hung[hung].set()
    assert (await acting).refused is None
    assert (await town.kinds(hung)).count("added") == 1
    assert await scheduled(town, other) == 0


async def patient(town: Timeline, reference: str) -> bool:
    """Whether the patient half has begun."""
    return await scheduled(town, reference) > 0
