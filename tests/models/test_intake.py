"""Where a request belongs, and that one form is one request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from models.database import Sessions
from models.events import Event
from models.intake import New, UnknownCode, register
from models.requests import Consumer, ServiceRequest, Words
from rules import reference
from rules.terms import Channel, Kind

NEW = New(
    kind=Kind.COMPLAINT,
    category="no-supply",
    channel=Channel.WEB,
    language="hi",
    description="बिजली नहीं है",
    token="a form",
    at=datetime(2027, 5, 14, 12, 30, tzinfo=UTC),
    phone="+919810000001",
)


@pytest.mark.parametrize(
    ("said", "office"),
    [
        pytest.param({"locality": "akhtar-colony"}, "quyumabad", id="named from the list"),
        pytest.param({"description": "A wire is down in Gizri."}, "gizri", id="named in the words"),
        pytest.param({"place": "near the mosque, Quyumabd"}, "quyumabad", id="misspelt"),
        pytest.param({"place": "गिज़री बाज़ार"}, "gizri", id="in another script"),
        pytest.param({"place": "behind the school"}, "place-desk", id="nowhere known: the desk that finds out"),
    ],
)
async def test_where_a_request_belongs(sessions: Sessions, said: dict[str, str], office: str) -> None:
    async with sessions.begin() as session:
        row = await register(session, replace(NEW, token=f"form {said}", **said))  # type: ignore[arg-type]
    assert row.office == office


async def test_one_form_is_one_request(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        first = await register(session, replace(NEW, token="twice", locality="gizri"))
    async with sessions.begin() as session:
        again = await register(session, replace(NEW, token="twice", locality="gizri"))
    assert again.reference == first.reference
    async with sessions() as session:
        rows = (await session.exec(select(Event).where(Event.reference == first.reference))).all()
    assert [(row.number, row.kind) for row in rows] == [(1, "registered")]


async def test_a_registered_request_has_its_number_its_policy_and_its_promise(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await register(session, replace(NEW, token="promise", locality="gizri"))
    assert reference.is_well_formed(row.reference)
    assert (row.policy_version, row.state, row.started_at) == (1, "received", None)
    assert row.standard_due == datetime(2027, 5, 14, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["category", "locality", "account"])
async def test_an_unknown_code_registers_nothing(sessions: Sessions, wrong: str) -> None:
    with pytest.raises(UnknownCode) as refused:
        async with sessions.begin() as session:
            await register(session, replace(NEW, token=f"unknown {wrong}", **{wrong: "nowhere"}))  # type: ignore[arg-type]
    assert refused.value.field == wrong
    async with sessions() as session:
        kept = (await session.exec(select(ServiceRequest).where(ServiceRequest.token == f"unknown {wrong}"))).all()
        loose = (await session.exec(select(Words).join(Consumer, isouter=True, onclause=Consumer.id == 0))).all()
    assert kept == []
    assert len({word.reference for word in loose}) == len(loose)
