"""The pen for many requests at once: those of which nothing but due instants moves are written together, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.retiming import applied, tell_by
from activities.writing import event_row, onto, read_all
from models.chain import linked
from models.events import Event, Submission
from models.requests import ServiceRequest, Task
from models.retiming import Outcome
from models.runs import RunItem
from rules.messages import Take
from rules.request import Ground, Request
from rules.terms import EventKind, Kind
from rules.turn import Refusal, Turn


@dataclass
class Few:
    """Some requests with what is needed to bring them under other timings, read with few questions."""

    session: AsyncSession
    rows: Sequence[ServiceRequest]
    sent: Mapping[str, Submission]
    requests: Mapping[str, Request]
    tasks: Mapping[str, Task]
    lasts: Mapping[str, tuple[datetime, str]]
    """Of each request the instant and the hash of its last line of history."""


async def few(session: AsyncSession, commands: Sequence[Take]) -> Few:
    """The complaints of these commands that nobody else is writing, locked in their order, and nobody took yet."""
    by_id = {command.submission: command.reference for command in commands}
    here = col(ServiceRequest.reference).in_(by_id.values()), ServiceRequest.kind == Kind.COMPLAINT
    asked = select(ServiceRequest).where(*here).order_by(col(ServiceRequest.reference))
    rows = (await session.exec(asked.with_for_update(skip_locked=True))).all()
    put = select(Submission).where(col(Submission.id).in_(by_id), col(Submission.answered).is_(None))
    sent = {one.reference: one for one in (await session.exec(put)).all()}
    rows = [row for row in rows if row.reference in sent]
    requests, tasks = await read_all(session, rows)
    return Few(session, rows, sent, requests, tasks, await _lasts(session, [row.reference for row in rows]))


async def _lasts(session: AsyncSession, references: Sequence[str]) -> dict[str, tuple[datetime, str]]:
    ours = col(ServiceRequest.reference) == col(Event.reference), col(ServiceRequest.number) == col(Event.number)
    asked = select(Event.reference, Event.at, Event.hash).join(ServiceRequest, ours[0] & ours[1])
    found = (await session.exec(asked.where(col(Event.reference).in_(references)))).all()
    return {reference: (at, hash) for reference, at, hash in found}


def brought(of: Few, row: ServiceRequest, ground: Ground, new: Ground, at: datetime) -> Turn | None:
    """The turn that brings one of them under the version its submission names; None where more than its due instants moves."""
    before = row.policy_version, row.standard_version
    try:
        turn = applied(row, of.requests[row.reference], of.sent[row.reference], ground, new, at)
    except Refusal:
        return None
    kinds = [event.kind for event in turn.events]
    if kinds == [EventKind.RETIMED] and not turn.wanted and not turn.notices and not turn.lapses:
        return turn
    row.policy_version, row.standard_version = before
    return None


async def written(of: Few, turns: Mapping[str, Turn], now: datetime) -> None:
    """Write these turns: rows, tasks, the line of history, the submission's outcome and the list's."""
    items = await _items(of)
    for row in of.rows:
        if (turn := turns.get(row.reference)) is None:
            continue
        sent = of.sent[row.reference]
        onto(row, turn.request)
        row.changed_at = now
        for task in turn.request.tasks:
            onto(of.tasks[task.id], task)
        [new] = turn.events
        of.session.add(linked(event_row(row.reference, new, now, sent), of.lasts[row.reference][1]))
        sent.answered, sent.number = now, row.number
        item = items[row.reference]
        item.outcome, item.at, item.tell_by = Outcome.MOVED.value, now, tell_by(of.requests[row.reference], turn)


async def _items(of: Few) -> dict[str, RunItem]:
    number = next((sent.run for sent in of.sent.values()), None)
    here = RunItem.run == number, col(RunItem.reference).in_(of.requests)
    return {item.reference: item for item in (await of.session.exec(select(RunItem).where(*here))).all()}
