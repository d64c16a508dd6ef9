"""Delivery reports of text messages: kept at once, and told to the request whose question arrived."""

from __future__ import annotations

import asyncio

import structlog
from fastapi import APIRouter, Response

from models.receipts import record_receipt
from rules.terms import Take
from web.api.bodies import Receipt
from web.api.description import problems_of
from web.api.problems import INVALID, UNKNOWN_MESSAGE, Api, Problem
from web.deps import Now, Parts
from web.onewindow import Door
from workflows.client import NotYet

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["gateways"])
telling: set[asyncio.Task[None]] = set()
"""Reports on their way to their requests; should one not arrive, the tray has it."""
log = structlog.get_logger()


@router.post(
    "/receipts/sms",
    operation_id="receive_receipt",
    summary="Report what became of a text message",
    status_code=204,
    responses=problems_of(INVALID, UNKNOWN_MESSAGE, plain=(413, 503)),
)
async def sms(receipt: Receipt, parts: Parts, now: Now) -> Response:
    """Keep a gateway's report; repeating it changes nothing. Only what was handed to the gateway can be reported on."""
    try:
        take = await parts.database.write(record_receipt, receipt.id, receipt.state, min(receipt.at, now))
    except LookupError:
        raise Problem(UNKNOWN_MESSAGE) from None
    if take is not None:
        task = asyncio.create_task(tell(parts.door, take))
        telling.add(task)
        task.add_done_callback(telling.discard)
    return Response(status_code=204)


async def tell(door: Door, take: Take) -> None:
    """Tell the request of its report."""
    try:
        await door.act(take)
    except NotYet:
        log.info("a delivery report is left to the tray", reference=take.reference)
    except Exception as failed:
        log.warning("a delivery report is left to the tray", reference=take.reference, error=repr(failed))
