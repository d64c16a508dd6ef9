"""Payments of demand notes, sent by a bank or a payment gateway: signed, taken once, kept while anything else is away."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request, Response

from models.payments import Paid, PaymentReused, UnknownNote, receive, still_to_pay
from web.acting import through
from web.api.bodies import PaymentIn, PaymentTaken
from web.api.description import problems_of
from web.api.problems import (
    INVALID,
    NOT_SIGNED,
    PAYMENT_REUSED,
    PAYMENTS_OFF,
    UNKNOWN_NOTE,
    Api,
    Problem,
)
from web.api.signed import HEADER, is_signed
from web.deps import Now, Parts

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["gateways"])
log = structlog.get_logger()

Signature = Annotated[str | None, Header(alias=HEADER, max_length=200, description="t=SECONDS,v1=HEX; see the docs")]


@router.post(
    "/payments",
    operation_id="pay",
    summary="Report a payment of a demand note",
    responses={
        202: {"model": PaymentTaken, "description": "Received, and booked as soon as possible; do not repeat it"},
        **problems_of(INVALID, NOT_SIGNED, UNKNOWN_NOTE, PAYMENT_REUSED, PAYMENTS_OFF, plain=(413, 503)),
    },
)
async def pay(
    payment: PaymentIn, request: Request, response: Response, parts: Parts, now: Now, signature: Signature = None
) -> PaymentTaken:
    """Take a payment: in part, in full, too much or too late, it is booked. Repeating it changes nothing."""
    if parts.payment_secret is None:
        raise Problem(PAYMENTS_OFF)
    if not is_signed(parts.payment_secret, await request.body(), signature, now):
        raise Problem(NOT_SIGNED)
    try:
        paid = Paid(payment.id, payment.note, payment.amount, payment.paid_at)
        take = await parts.database.write(receive, paid, now)
    except UnknownNote:
        log.warning("a payment names a note that was never issued", payment=payment.id)
        raise Problem(UNKNOWN_NOTE) from None
    except PaymentReused:
        raise Problem(PAYMENT_REUSED) from None
    outcome = await through(parts, take)
    response.headers["Cache-Control"] = "no-store"
    if outcome.waiting:
        response.status_code = 202
        return PaymentTaken(state="received", to_pay=None)
    return PaymentTaken(state="booked", to_pay=await parts.database.read(still_to_pay, take.reference))
