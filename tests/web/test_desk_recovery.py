"""The task that holds recovery of disputed dues: at the desk of the revenue officer, beside the hearing, and on the consumer's page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from embedded.postgres import Postgres
from tests.web.desk_town import Desk, opened, plain
from tests.web.test_desk_casework import offered

HEARING, REVENUE = "rekha", "zahid"
HELD = "The disputed dues are not collected while it is open."


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


async def test_the_revenue_officer_holds_it_and_the_consumer_reads_so_only_then(desk: Desk) -> None:
    dispute = await desk.town.file("billing-old-dues")
    queue = plain(await desk.page(REVENUE, "/desk"))
    assert "Dispute over old dues: Hold the recovery" in queue
    page = await desk.page(REVENUE, f"/desk/requests/{dispute}")
    assert offered(page) == {"finish", "accept", "note", "give", "escalate"}
    assert "To do: hold the recovery of the disputed dues." in plain(page)
    assert HELD not in plain((await desk.stranger().get(f"/track/{dispute}")).text)
    empty = await desk.act(REVENUE, dispute, "finish", words="")
    assert (empty.status_code, "Write how the recovery was stopped." in plain(empty.text)) == (422, True)
    done = await desk.act(REVENUE, dispute, "finish", words="Stopped in the ledger.")
    assert done.status_code == 303, plain(done.text)
    assert HELD in plain((await desk.stranger().get(f"/track/{dispute}")).text)
    assert f"row-{dispute}" not in await desk.page(REVENUE, "/desk")


async def test_the_hearing_officer_works_the_complaint_itself(desk: Desk) -> None:
    dispute = await desk.town.file("billing-old-dues")
    page = await desk.page(HEARING, f"/desk/requests/{dispute}")
    assert "resolve" in offered(page)
    assert "finish" not in offered(page)
