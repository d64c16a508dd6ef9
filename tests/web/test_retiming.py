"""Before it is saved, and after: what timings would do, the list behind every number, and the run that applies them."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from itertools import chain, count

import pytest
from sqlmodel import select
from starlette.requests import Request

from activities.fanout import FanOut
from cli_policy import told
from drills.processes import children
from embedded.postgres import Postgres
from models import policy_versions, what_if
from models.runs import RunItem
from rules.foreseen import CLOSED, closed
from rules.terms import Act
from tests.embedded.waiting import exists
from tests.stories.busy import DONE, does
from tests.stories.test_retiming import fan_of, finished
from tests.sweeping import swept
from tests.web.desk_town import Desk, opened, plain
from tests.web.test_admin import table
from tests.wellformed import well_formed
from web.admin.foreseen import A_PAGE, Behind
from web.admin.what_if import Left, while_waited_for

ADMIN, AUDITOR = "vimla", "yusuf"


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


MINUTES = count(89, -1)


async def shorter(desk: Desk, **more: str) -> dict[str, str]:
    """The table with another time than any before."""
    fields = table(await desk.page(ADMIN, "/admin"))
    return fields | {"no-supply.tier3": f"{next(MINUTES)}m", "note": "Faster", **more}


async def sent(desk: Desk, address: str, fields: dict[str, str], status: int = 303, who: str = ADMIN) -> str:
    answer = await (await desk.of(who)).post(address, data=fields)
    assert answer.status_code == status, answer.text[:500]
    return answer.headers["location"] if status == 303 else answer.text


async def test_what_it_would_do_is_shown_before_anything_is_saved_and_saved_from_there(desk: Desk) -> None:
    town = desk.town
    closed = await town.file("no-supply")
    await does(town, closed, Act.RESOLVE, put_right=town.now, **DONE)
    await town.consumer(closed, Act.CONFIRM)
    reference = await desk.town.file("no-supply")
    before = await desk.onewindow.database.read(policy_versions.newest)
    stage = {"new-connection/visit.tier1": "4h"}
    fields = await shorter(desk, **{"no-supply.tier1": "1m", "no-supply.tier2": "10m", **stage})
    desk.town.now = desk.town.now.replace(minute=desk.town.now.minute + 5)
    address = await sent(desk, "/admin/what-if", fields)
    page = await desk.page(ADMIN, address)
    assert (await desk.onewindow.database.read(policy_versions.newest)).number == before.number
    assert "nobody acts, and nobody's post, charge or leave changes" in plain(page).replace("&#39;", "'")
    shown = plain(page).replace("&#39;", "'")
    for line in ("The first officer's time ran out", "The first officer's time would have run out"):
        assert f"{line} 0 (0.0 %)" in shown
    assert "New connection, Visit to the place, Time of each officer 1 working day" in shown
    links = re.findall(r'href="(/admin/what-if/[^"]+/requests[^"]+course=then[^"]+window=hour[^"]*)"', page)
    behind = await desk.page(ADMIN, links[0].replace("&amp;", "&"))
    assert reference[:4] in plain(behind)
    carried = re.findall(r'href="(/admin/what-if/[^"]+/requests[^"]+course=carried[^"]*)"', page)
    assert {re.findall(r"by=(\w+)", one)[0] for one in carried} >= {"present", "at_once"}
    for address_of in carried:
        assert f'href="/track/{reference}"' in await desk.page(ADMIN, address_of.replace("&amp;", "&"))
    await desk.page(ADMIN, carried[0].replace("&amp;", "&") + "&at=2", 404)
    for nobody in ("²", "٣", "9" * 5_000):
        assert "nobody" in plain(await desk.page(ADMIN, f"{address}/requests?by=officer&key={nobody}"))
    row = await desk.onewindow.database.read(what_if.kept, address.rpartition("/")[2])
    assert row is not None
    said = [line.split() for line in told(row.result, {})]
    assert ["relationship-officer-gizri-1", "1", "0", "0", "0"] in said, said
    assert ["by", "zone", "at", "once", "in", "an", "hour", "in", "a", "day", "in", "a", "week"] in said
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    saved = await sent(desk, "/admin", hidden | {"note": "Faster", "apply": "all", "rate": "6000"})
    assert saved.startswith("/admin/retimings/")
    shown = plain(await desk.page(AUDITOR, saved))
    assert "Running" in shown
    await finished(desk.town, int(saved.rsplit("/", 1)[1]), fan_of(desk.town))
    done = plain(await desk.page(ADMIN, saved))
    assert "Done: 1 of 1 request" in done
    alone = (await (await desk.of(ADMIN)).get(f"{saved}/live/progress")).text
    assert "Done: 1 of 1 request" in alone, "as the page asks for it while it runs"
    after = await desk.onewindow.database.read(policy_versions.newest)
    assert (await desk.town.row(reference)).policy_version == after.number
    assert str(after.policy.procedures["new-connection"].stages["visit"].timing.tiers[0]) == "4h"
    assert "New timings count for it now." in plain(await desk.page(ADMIN, f"/track/{reference}"))


async def test_a_run_is_paused_slowed_stopped_and_taken_back_and_only_one_runs_at_a_time(desk: Desk) -> None:
    references = [await desk.town.file("voltage") for _ in range(5)]
    versions = {(await desk.town.row(one)).policy_version for one in references}
    address = await sent(desk, "/admin", await shorter(desk, apply="tier1", apply_category="voltage", rate="30"))
    number = int(address.rsplit("/", 1)[1])
    fan: FanOut = fan_of(desk.town)
    assert not (await fan.go_on(number)).over
    again = await sent(desk, "/admin", await shorter(desk, apply="all"), 422)
    assert "Other timings are still being applied" in plain(again)
    await sent(desk, f"{address}/pause", {})
    assert (await fan.go_on(number)).over
    assert "Paused: 1 of 5 requests" in plain(await desk.page(ADMIN, address))
    await sent(desk, f"{address}/rate", {"rate": "60"})
    refused = await sent(desk, f"{address}/rate", {"rate": "many"}, 422)
    assert "Write a number" in plain(refused)
    assert 'value="many"' in refused
    await sent(desk, f"{address}/resume", {})
    assert not (await fan.go_on(number)).over
    await sent(desk, f"{address}/stop", {})
    assert "Stopped: 3 of 5 requests" in plain(await desk.page(ADMIN, address))
    undo = await sent(desk, f"{address}/undo", {})
    await finished(desk.town, int(undo.rsplit("/", 1)[1]), fan)
    assert "Done: 3 of 3 requests" in plain(await desk.page(ADMIN, undo))
    assert {(await desk.town.row(one)).policy_version for one in references} == versions
    await sent(desk, f"{undo}/undo", {}, 409)
    assert "It was taken back" in plain(await desk.page(ADMIN, address))


def test_a_long_list_behind_a_number_is_shown_page_by_page_and_nothing_is_left_out() -> None:
    found = Behind("all", references=[f"{number:09}" for number in range(2 * A_PAGE + 1)])
    shown = [found.page(at).references for at in range(1, found.pages + 1)]
    assert [len(page) for page in shown] == [A_PAGE, A_PAGE, 1]
    assert [*chain(*shown)] == found.references


def test_each_figure_of_what_was_closed_has_its_list() -> None:
    result = {"kept": ["a", "b"], "missed": ["c"], "differs": ["b", "c"], "up": ["a"], "up_then": ["a", "c"]}
    lists = {of: "".join(sorted(closed(result, of))) for of in CLOSED}
    assert lists == {"judged": "abc", "within": "ab", "within_then": "ac", "differs": "bc", "up": "a", "up_then": "ac"}


async def test_new_timings_for_new_requests_only_list_nothing(desk: Desk) -> None:
    assert (await sent(desk, "/admin", await shorter(desk, apply="new"))).startswith("/admin?saved=")
    async with desk.onewindow.sessions() as session:
        before = len((await session.exec(select(RunItem))).all())
    assert "Choose which" in plain(await sent(desk, "/admin", await shorter(desk, apply="some"), 422))
    async with desk.onewindow.sessions() as session:
        assert len((await session.exec(select(RunItem))).all()) == before


async def test_one_that_is_stopped_when_nothing_was_left_is_done(desk: Desk) -> None:
    address = await sent(desk, "/admin", await shorter(desk, apply="all", apply_category="streetlight"))
    await sent(desk, f"{address}/stop", {})
    assert "Done: 0 of 0 requests" in plain(await desk.page(ADMIN, address))


async def test_a_wrong_time_is_shown_instead_of_what_it_would_do(desk: Desk) -> None:
    page = await sent(desk, "/admin/what-if", await shorter(desk, **{"no-supply.tier1": "soon"}), 422)
    assert 'href="#no-supply.tier1"' in well_formed(page)
    await desk.page(ADMIN, "/admin/what-if/none", 404)
    await sent(desk, "/admin/what-if", {"base": "1"}, 403, who=AUDITOR)


async def test_a_browser_that_hangs_up_ends_the_reckoning(desk: Desk) -> None:
    """It is the real process; the browser is gone before it could answer."""
    before, reckoning = children(os.getpid()).keys(), set[int]()

    async def hung_up() -> dict[str, str]:
        reckoning.update(children(os.getpid()).keys() - before)
        return {"type": "http.disconnect"}

    policy = await desk.onewindow.database.read(policy_versions.current)
    with pytest.raises(Left):
        await while_waited_for(Request({"type": "http"}, hung_up), desk.onewindow.sessions, policy, desk.town.now)
    [process] = reckoning
    assert not exists(process)


@pytest.mark.parametrize("language", swept("the other languages", "ur", "en", "hi"))
async def test_the_pages_are_well_formed_in_every_language(desk: Desk, language: str) -> None:
    kept = await sent(desk, "/admin/what-if", await shorter(desk))
    begun = await sent(desk, "/admin", await shorter(desk, apply="all", rate="6000"))
    await finished(desk.town, int(begun.rsplit("/", 1)[1]), fan_of(desk.town))
    for address in ("/admin/retimings", begun, kept, f"{kept}/requests?course=closed&by=judged"):
        assert f'<html lang="{language}"' in await desk.page(
            ADMIN, f"{address}{'&' if '?' in address else '?'}lang={language}"
        )
    await (await desk.of(ADMIN)).get("/admin?lang=en")
