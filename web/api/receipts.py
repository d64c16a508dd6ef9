"""Delivery reports of text messages: kept at once, and told to the request whose question arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Response

from models.receipts import Arrival, record_receipt
from rules.messages import Take
from web.api.bodies import Receipt
from web.api.description import problems_of
from web.api.problems import INVALID, UNKNOWN_MESSAGE, Api, Problem
from web.deps import Now, Parts
from web.onewindow import Door, Onewindow
from workflows.client import NotYet

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["gateways"])
telling: set[asyncio.Task[None]] = set()
"""Reports on their way to their requests; should one not arrive, the tray has it."""
log = structlog.get_logger()

MessageId = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")]
DlrState = Annotated[int, Query(ge=0, le=255, description="Kannel's dlr-type")]
KANNEL: Mapping[int, Arrival] = {1: "delivered", 2: "failed", 16: "failed"}
"""Kannel's delivery report types that say the last word."""


@router.post(
    "/receipts/sms",
    operation_id="receive_receipt",
    summary="Report what became of a text message",
    status_code=204,
    responses=problems_of(INVALID, UNKNOWN_MESSAGE, plain=(413, 503)),
)
async def sms(receipt: Receipt, parts: Parts, now: Now) -> Response:
    """Keep a gateway's report; repeating it changes nothing. Only what was handed to the gateway can be reported on."""
    await keep(parts, receipt.id, receipt.state, min(receipt.at, now))
    return Response(status_code=204)


# Kannel reports by GET alone. It is no part of the described API, in which no GET changes anything.
@router.get("/receipts/kannel", include_in_schema=False)
async def kannel(id: MessageId, state: DlrState, parts: Parts, now: Now) -> Response:
    """Keep a report of Kannel, which calls an address of ours by GET: `state` is what it puts for %d in its dlr-url.

    1 is delivered, 2 not delivered, 16 refused by the operator; the stages between change nothing. 200 is the only answer after
    which a Kannel that is told to repeat (`http-request-retry`) does not: to it, 204 is a failure.
    """
    if (arrival := KANNEL.get(state)) is not None:
        await keep(parts, id, arrival, now)
    return Response(status_code=200)


async def keep(parts: Onewindow, id: str, state: Arrival, at: datetime) -> None:
    """Keep a report and pass it on to the request it concerns; UNKNOWN_MESSAGE for an id of none of ours."""
    try:
        take = await parts.reports.write(record_receipt, id, state, at)
    except LookupError:
        raise Problem(UNKNOWN_MESSAGE) from None
    if take is not None:
        task = asyncio.create_task(tell(parts.door, take))
        telling.add(task)
        task.add_done_callback(telling.discard)


async def tell(door: Door, take: Take) -> None:
    """Tell the request of its report."""
    try:
        await door.act(take)
    except NotYet:
        log.info("a delivery report is left to the tray", reference=take.reference)
    except Exception as failed:
        log.warning("a delivery report is left to the tray", reference=take.reference, error=repr(failed))
