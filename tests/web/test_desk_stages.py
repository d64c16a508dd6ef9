"""An officer works a connection request at the desk: one task a stage, its checklist, its papers, its money."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from embedded.postgres import Postgres
from models.policy_versions import current, save
from models.queue import Bounds, Sight, View, counts, queue
from models.requests import Task
from rules.terms import Act, State
from tests.again import again
from tests.stories.applying import Application, apply
from tests.sweeping import swept
from tests.web.desk_town import Desk, opened, plain


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


@pytest.fixture(autouse=True)
def _time_passes_for_this_test_alone(desk: Desk) -> None:
    desk.town.references.clear()


HOLDERS = {
    "relationship-officer-gizri-1": "asha",
    "relationship-officer-gizri-2": "bilal",
    "service-manager-gizri": "chitra",
}


async def who(asked: Application, stage: str) -> str:
    """The user name of who handles a stage."""
    return HOLDERS[(await asked.task(stage)).handler]


async def finish(desk: Desk, asked: Application, stage: str, act: str = "finish", **fields: str) -> str:
    """Send the form of a stage; where it led, or what the page says."""
    task = await asked.task(stage)
    answer = await desk.act(await who(asked, stage), asked.reference, act, task=task.id, **fields)
    return answer.headers["location"] if answer.is_redirect else plain(answer.text)


def ticked(asked: Application, stage: str) -> dict[str, str]:
    """Every line of a stage's checklist ticked."""
    return {f"check-{code}": "yes" for code in asked.procedure.stages[stage].checklist}


async def test_the_page_shows_the_way_the_papers_and_both_instants(desk: Desk) -> None:
    asked = await apply(desk.town, "new-connection", "owner")
    page = plain(await desk.page(await who(asked, "documents"), f"/desk/requests/{asked.reference}"))
    assert "New connection" in page
    assert "The promised time has not begun" in page
    assert "not here yet" in page
    await asked.hand_in()
    page = plain(await desk.page(await who(asked, "documents"), f"/desk/requests/{asked.reference}"))
    assert "Promised by regulation" in page
    assert "All papers are good" in page
    assert "Sent, not looked at yet" in page


async def test_a_fault_is_named_for_one_paper_and_the_others_are_accepted(desk: Desk) -> None:
    asked = await apply(desk.town, "new-connection", "owner")
    await asked.hand_in()
    assert "Choose what is wrong with at least one paper" in await finish(desk, asked, "documents", "fault")
    assert "done=fault" in await finish(desk, asked, "documents", "fault", **{"fault-photo": "unreadable"})
    case = await asked.case()
    assert [(paper.code, paper.state) for paper in case.papers] == [
        ("photo", "faulted"),
        ("identity", "accepted"),
        ("ownership", "accepted"),
    ]
    page = plain(await desk.page(await who(asked, "documents"), f"/desk/requests/{asked.reference}"))
    assert "cannot be read" in page
    assert "papers are wanted" in page


WAY = ("visit", "feasibility", "note", "agreement", "meter")


async def at(desk: Desk, stage: str) -> Application:
    """A request that was worked up to a stage: a copy of the one that was, which came there from the stage before."""
    if stage not in desk.brought:
        before = WAY[: WAY.index(stage)]
        asked = await at(desk, before[-1]) if before else await apply(desk.town, "new-connection", "owner")
        await asked.walk(until=stage)
        desk.brought[stage] = asked, desk.town.now
    desk.town.references.clear()
    first, desk.town.now = desk.brought[stage]
    async with desk.onewindow.sessions.begin() as session:
        copy = replace(first, reference=await again(session, first.reference), meters=[])
    await desk.town.follow(copy.reference)
    return copy


async def test_two_stages_side_by_side_are_two_rows_and_what_happens_at_one_makes_no_form_of_the_other_stale(
    desk: Desk,
) -> None:
    asked = await at(desk, "agreement")
    tasks = [task for task in await asked.tasks() if task.done_at is None]
    assert {task.stage for task in tasks} == {"agreement", "material"}
    for task in tasks:
        page = await desk.page(HOLDERS[task.handler], "/desk?view=mine")
        assert f'id="row-{asked.reference}-{task.stage}"' in page
        assert re.search(rf'href="/desk/requests/{asked.reference}\?[^"#]*#stage-{task.stage}"', page)
    posts = tuple({task.handler for task in tasks})
    bounds = Bounds(desk.town.now, desk.town.now + timedelta(hours=12))
    async with desk.onewindow.sessions() as session:
        listed = await queue(session, Sight(posts), View.MINE, bounds)
        rows = [row.stage for row in listed.rows if row.reference == asked.reference]
        numbers = await counts(session, Sight(posts), bounds)
    assert sorted(rows) == ["agreement", "material"]
    assert numbers[View.MINE] == len(listed.rows)
    username, task = await who(asked, "agreement"), await asked.task("agreement")
    page = await desk.page(username, f"/desk/requests/{asked.reference}")
    await asked.officer("material", Act.FINISH, checks=list(asked.procedure.stages["material"].checklist))
    first = next(iter(ticked(asked, "agreement")))
    answer = await desk.act(username, asked.reference, "finish", task=task.id, **{first: "yes"})
    assert answer.status_code == 422, "a checklist must be complete, and what was ticked stays"
    assert "Every line of the list must be ticked" in plain(answer.text)
    assert re.search(rf'name="{first}"[^>]* checked', answer.text)
    assert 'href="#finish-agreement-checks"' in answer.text
    answer = await desk.act(username, asked.reference, "finish", page=page, task=task.id, **ticked(asked, "agreement"))
    assert answer.is_redirect, plain(answer.text)
    assert (await asked.task("agreement")).done_at is not None


async def test_what_is_proposed_at_one_stage_is_decided_by_the_tier_above_on_the_same_page(desk: Desk) -> None:
    asked = await at(desk, "agreement")
    said = await finish(desk, asked, "agreement", "reject", reason="old-dues", words="Old dues at this place.")
    assert "done=reject" in said
    task = await asked.task("agreement")
    async with desk.onewindow.sessions() as session:
        bounds = Bounds(desk.town.now, desk.town.now + timedelta(hours=12))
        listed = await queue(session, Sight((task.answerable,)), View.TO_AGREE, bounds)
    assert [row.task for row in listed.rows if row.reference == asked.reference] == [task.id], "at that stage alone"
    page = await desk.page("chitra", f"/desk/requests/{asked.reference}")
    assert "To decide: Not to accept it" in plain(page)
    assert "Old dues at this place." in plain(page)
    assert 'id="act-direct-agreement"' in page
    answer = await desk.act("chitra", asked.reference, "agree", page=page, task=task.id)
    assert answer.is_redirect, plain(answer.text)
    assert (await asked.row()).state == "rejected"


async def test_a_refusal_needs_its_reason_and_goes_to_the_tier_above_with_it(desk: Desk) -> None:
    asked = await at(desk, "feasibility")
    assert "Choose why it cannot be accepted" in await finish(desk, asked, "feasibility", outcome="refused")
    assert "Choose how it came out" in await finish(desk, asked, "feasibility")
    refusal = {"outcome": "refused", "reason": "no-safe-way", "words": "The house stands below the main line."}
    assert "done=finish" in await finish(desk, asked, "feasibility", **refusal)
    task, row = await asked.task("feasibility"), await asked.row()
    assert (task.tier, task.done_at, row.proposal["what"]) == (2, None, "reject")


async def test_money_is_typed_in_rupees_and_kept_as_paise(desk: Desk) -> None:
    asked = await at(desk, "note")
    assert "Write an amount in rupees" in await finish(desk, asked, "note", estimate="much")
    assert "done=finish" in await finish(desk, asked, "note", estimate="1,250.50")
    note = (await asked.case()).note
    assert note is not None
    assert [line.amount for line in note.lines if line.code == "estimate"] == [125_050]
    page = plain(await desk.page("asha", f"/desk/requests/{asked.reference}"))
    assert "Still to be paid:" in page
    assert "1,250.50" in page


async def test_a_meter_that_is_fitted_elsewhere_is_refused_in_words_and_what_was_typed_stays(desk: Desk) -> None:
    asked = await at(desk, "meter")
    task = await asked.task("meter")
    answer = await desk.act(
        await who(asked, "meter"), asked.reference, "finish", task=task.id, meter="M-nobody", seal="S-7", reading="١٢"
    )
    assert answer.status_code == 409
    assert 'value="M-nobody"' in answer.text
    assert 'value="S-7"' in answer.text
    number = await asked.new_meter()
    assert "done=finish" in await finish(desk, asked, "meter", meter=number, seal="S-7", reading="12")


async def test_a_stale_form_says_what_happened_at_its_own_stage_since(desk: Desk) -> None:
    asked = await at(desk, "agreement")
    username, task = await who(asked, "agreement"), await asked.task("agreement")
    page = await desk.page(username, f"/desk/requests/{asked.reference}")
    await asked.officer("material", Act.FINISH, checks=list(asked.procedure.stages["material"].checklist))
    given = await desk.act(username, asked.reference, "give", task=task.id, post=other(task))
    assert given.is_redirect, plain(given.text)
    answer = await desk.act(username, asked.reference, "finish", page=page, task=task.id, **ticked(asked, "agreement"))
    said = plain(answer.text)
    assert answer.status_code == 409, said
    assert "Since you opened the page" in said
    since = said.partition("Since you opened the page")[2].partition("What you typed")[0]
    assert "The work was given to" in since
    assert "material" not in since.lower()


def other(task: Task) -> str:
    """The other officer of the office."""
    return next(post for post in HOLDERS if post != task.handler and post.startswith("relationship"))


async def test_a_missed_visit_is_said_with_one_press_once_its_time_has_come(desk: Desk) -> None:
    asked = await at(desk, "visit")
    username = await who(asked, "visit")
    elsewhere = (await (await apply(desk.town, "new-connection", "owner")).task("documents")).id
    answer = await desk.act(username, asked.reference, "note", task=elsewhere, words="Rang.")
    assert answer.status_code == 409, "a form of a task that is not this request's is stale"
    page = await desk.page(username, f"/desk/requests/{asked.reference}")
    assert "/missed" not in page
    await asked.choose()
    slot = (await asked.task("visit")).data["slot"]
    await desk.town.until(datetime.fromisoformat(slot["start"]) + timedelta(minutes=5))
    page = await desk.page(username, f"/desk/requests/{asked.reference}")
    assert "/missed" in page
    assert not re.search(r"20[0-9-]+T[0-9:]+Z", plain(page)), "a date that was taken is said as people say it"
    assert "done=missed" in await finish(desk, asked, "visit", "missed")


@pytest.mark.parametrize(
    "category",
    swept("the other procedures", "new-connection", "load-change", "disconnection", "name-change", "meter-shift"),
)
async def test_every_stage_of_every_procedure_is_ended_by_its_form(desk: Desk, category: str) -> None:
    asked = await apply(desk.town, category)
    if category == "new-connection":
        asked.outcomes["feasibility"] = "extension"
    if category == "disconnection":
        asked.outcomes["bill"] = "credit"
    while stages := await asked.open_stages():
        code = stages[0]
        does = asked.procedure.stages[code].does
        if does == "documents":
            await asked.hand_in()
        if does == "handover":
            await desk.town.hours_pass(0.5)
        if does == "visit":
            await asked.choose()
            slot = (await asked.task(code)).data["slot"]
            await desk.town.until(datetime.fromisoformat(slot["start"]) + timedelta(minutes=5))
        if does == "payment":
            await asked.pay()
            continue
        said = await finish(desk, asked, code, **await fields(asked, code))
        assert "done=finish" in said, (code, said)
    assert (await asked.row()).state in {State.DONE, State.CLOSED}


async def fields(asked: Application, code: str) -> dict[str, str]:
    """What the form of a stage is filled in with."""
    stage = asked.procedure.stages[code]
    filled = ticked(asked, code)
    if stage.outcomes:
        filled["outcome"] = asked.outcomes.get(code, stage.outcomes[0])
    more = {
        "permission": {"words": "Corporation, letter 7"},
        "meter": {"seal": "S-1", "reading": "1"},
        "reading": {"reading": "5210"},
        "bill": {"dues": "400", "security": "600"},
        "refund": {"words": "Bank transfer 77"},
        "handover": {"put_right": local(asked)},
    }.get(stage.does, {})
    if stage.does == "meter":
        more["meter"] = await asked.new_meter()
    return filled | more


def local(asked: Application) -> str:
    """Now as a browser writes it."""
    return (asked.town.now + timedelta(hours=5, minutes=30)).strftime("%Y-%m-%dT%H:%M")


async def test_a_stage_waits_only_for_what_its_rules_name(desk: Desk) -> None:
    async with desk.onewindow.sessions.begin() as session:
        before = await current(session)
        procedure = before.procedures["new-connection"]
        stage = procedure.stages["feasibility"]
        narrow = replace(stage, timing=replace(stage.timing, hold_reasons=("premises-locked",)))
        narrowed = replace(procedure, stages={**procedure.stages, "feasibility": narrow})
        after = replace(before, procedures={**before.procedures, "new-connection": narrowed})
        await save(session, after, "Only a locked door is waited for", None, desk.town.now)
    old, new = await at(desk, "feasibility"), await apply(desk.town, "new-connection", "owner")
    await new.walk(until="feasibility")
    offered = {}
    for asked in (old, new):
        task = await asked.task("feasibility")
        page = await desk.page(await who(asked, "feasibility"), f"/desk/requests/{asked.reference}?task={task.id}")
        hold = page.partition('id="hold-feasibility-reason"')[2].partition("</fieldset>")[0]
        offered[asked.reference] = re.findall(r'name="reason" value="([^"]+)"', hold)
    assert len(offered[old.reference]) > 1, "it keeps the rules it came under"
    assert offered[new.reference] == ["premises-locked"]
    refused = await desk.act(await who(new, "feasibility"), new.reference, "hold", task=task.id, reason="date-asked")
    assert refused.status_code == 422
    async with desk.onewindow.sessions.begin() as session:
        await save(session, before, "As it was", None, desk.town.now)
