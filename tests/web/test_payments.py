"""Payments from outside: signed, booked once whatever their amount and hour, never lost."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from rules.case import NoteState
from rules.terms import Act, State
from tests.stories.applying import Application
from tests.web.connecting import Beside, applied
from tests.web.test_api import fields, problem
from tests.web.window import Window
from web.api.signed import HEADER, signature

SECRET = "a payment secret of more than thirty-two letters"
PAYMENTS = "/api/v1/payments"


@pytest.fixture
async def owed(window: Window) -> Application:
    """A new connection whose demand note waits to be paid."""
    window.parts.payment_secret = SECRET
    request = await applied(window)
    await request.walk(until="payment")
    return request


async def number(request: Application) -> str:
    """The number of the note that counts."""
    note = (await request.case()).note
    assert note is not None
    return note.number


async def send(
    window: Window,
    note: str,
    amount: int,
    id: str = "",
    *,
    secret: str = SECRET,
    at: datetime | None = None,
    **more: Any,
) -> httpx2.Response:
    """A payment as the gateway sends it."""
    paid = {
        "id": id or f"BANK-{note}-{amount}",
        "note": note,
        "amount": amount,
        "paid_at": window.now.isoformat(),
        **more,
    }
    body = json.dumps(paid).encode()
    headers = {HEADER: signature(secret, body, at or window.now), "Content-Type": "application/json"}
    return await window.visitor().post(PAYMENTS, content=body, headers=headers)


async def test_a_note_paid_in_full_opens_what_follows(window: Window, owed: Application) -> None:
    to_pay = (await owed.case()).to_pay
    answer = await send(window, await number(owed), to_pay)
    assert (answer.status_code, answer.json()) == (200, {"state": "booked", "to_pay": 0})
    assert "payment" not in await owed.open_stages()
    assert {"agreement", "material"} <= set(await owed.open_stages())


async def test_the_same_payment_twice_is_one_payment(window: Window, owed: Application) -> None:
    note = await number(owed)
    first, again = await send(window, note, 50_000, "B-1"), await send(window, note, 50_000, "B-1")
    assert first.json() == again.json()
    assert (await owed.case()).balance == 50_000
    problem(await send(window, note, 60_000, "B-1"), 422, "payment-id-reused")
    assert (await owed.case()).balance == 50_000


async def test_a_part_leaves_the_rest_to_be_paid_and_too_much_is_given_back(window: Window, owed: Application) -> None:
    note, whole = await number(owed), (await owed.case()).to_pay
    assert (await send(window, note, whole - 50_000, "P-1")).json() == {"state": "booked", "to_pay": 50_000}
    assert "payment" in await owed.open_stages()
    assert (await send(window, note, 70_000, "P-2")).json() == {"state": "booked", "to_pay": 0}
    assert "refund" in await owed.open_stages()
    await owed.do("refund")
    assert (await owed.case()).balance == whole


async def test_a_payment_waits_in_the_tray_while_temporal_is_away(window: Window, owed: Application) -> None:
    window.door.away = True
    answer = await send(window, await number(owed), 10_000, "A-1")
    assert (answer.status_code, answer.json()) == (202, {"state": "received", "to_pay": None})
    window.door.away = False
    assert (await send(window, await number(owed), 10_000, "A-1")).status_code == 200
    assert (await owed.case()).balance == 10_000


async def test_money_for_a_request_that_was_withdrawn_goes_back(window: Window, owed: Application) -> None:
    note = await number(owed)
    await Beside(window).consumer(owed.reference, Act.WITHDRAW)
    assert (await send(window, note, 20_000)).status_code == 200
    assert await owed.open_stages() == ["refund"]
    row = await owed.row()
    assert (row.state, row.over) == (State.WITHDRAWN, False)
    assert [note.state for note in (await owed.case()).notes] == [NoteState.CANCELLED]


async def test_what_cannot_be_booked_is_refused_each_for_its_own_reason(window: Window, owed: Application) -> None:
    note = await number(owed)
    for secret in ("another secret of more than thirty-two letters", SECRET + "x"):
        problem(await send(window, note, 10_000, secret=secret), 401, "not-signed")
    an_old_call = window.now - timedelta(minutes=6)
    problem(await send(window, note, 10_000, at=an_old_call), 401, "not-signed")
    problem(await send(window, "123456789-9", 10_000), 422, "unknown-demand-note")
    cannot_be: tuple[Any, ...] = (0, -5, 10**13, 1.5, "100")
    for amount in cannot_be:
        assert fields(await send(window, note, amount, "X-1")) == ["amount"], amount
    window.parts.payment_secret = None
    problem(await send(window, note, 10_000), 503, "payments-not-set-up")
    assert (await owed.case()).balance == 0
