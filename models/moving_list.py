"""The list of an office, a post or a zone that changes hands: which open requests it is about, and what each of them is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import ServiceRequest, Task
from models.runs import FASTEST, Run, RunItem
from rules.terms import Act, Codes

BROUGHT = "done"
"""The outcome of one that came to where it belongs."""


async def begin(session: AsyncSession, data: Codes, by: int, at: datetime, undoes: int | None = None) -> int:
    """List what `data` is about; the number of the list.

    `from`, `to`: offices, `places`: only those of these localities; `zone`: the zone the office belongs to now; `posts`: they ended.
    """
    row = Run(act=Act.MOVE.value, by=by, at=at, rate=FASTEST, data=data, undoes=undoes)
    session.add(row)
    await session.flush()
    await list_again(session, row)
    return row.id or 0


async def list_again(session: AsyncSession, row: Run) -> int:
    """Put on the list whatever is not yet where it belongs and not on it: danger first, then the soonest due; how many.

    Each item says the posts its open tasks were at, so that they can be given back to them.
    """
    hands = func.jsonb_object_agg(Task.id, func.jsonb_build_array(Task.handler, Task.answerable))
    soonest = select(Task.reference, func.min(Task.due).label("due"), hands.label("hands"))
    due = soonest.where(col(Task.done_at).is_(None)).group_by(col(Task.reference)).subquery()
    order = (col(ServiceRequest.safety).desc(), due.c.due.nulls_last(), col(ServiceRequest.reference))
    here = col(ServiceRequest.office)
    said = ["from", here, "office", row.data.get("to") or here, "hands", due.c.hands]
    if "posts" in row.data:
        said += ["posts", literal(row.data["posts"], JSONB)]
    if row.undoes is not None:
        was = select(col(RunItem.data)["hands"]).where(RunItem.run == row.undoes)
        said += [
            "back",
            was.where(RunItem.reference == ServiceRequest.reference).correlate(ServiceRequest).scalar_subquery(),
        ]
    place = func.row_number().over(order_by=order)
    asked: Any = select(
        literal(row.id), ServiceRequest.reference, literal(""), func.jsonb_build_object(*said), place, literal(1)
    )  # type: ignore[call-overload]
    asked = asked.outerjoin(due, due.c.reference == ServiceRequest.reference).where(*about(row))
    listed = insert(RunItem).from_select(("run", "reference", "task_id", "data", "place", "round"), asked)
    listed = listed.on_conflict_do_nothing(index_elements=["run", "reference", "task_id"])
    return len((await session.exec(listed.returning(col(RunItem.reference)))).all())


def about(row: Run) -> list[Any]:
    """Which open requests are not where the list brings them."""
    data, open_ = row.data, ~col(ServiceRequest.over)
    if "posts" in data:
        return [open_, at_posts(data["posts"])]
    here = [open_, col(ServiceRequest.office) == data["from"]]
    if "zone" in data:
        return [*here, col(ServiceRequest.zone) != data["zone"]]
    local = col(ServiceRequest.locality).in_(data.get("places", ()))
    if row.undoes is not None:
        brought = select(RunItem.reference).where(RunItem.run == row.undoes, RunItem.outcome == BROUGHT)
        return [*here, or_(local, col(ServiceRequest.reference).in_(brought))]
    return [*here, local] if "places" in data else here


def at_posts(posts: list[str]) -> Any:
    """Requests that one of these posts works on, answers for or is asked about."""
    hands = or_(col(Task.handler).in_(posts), col(Task.answerable).in_(posts))
    tasks = select(Task.reference).where(col(Task.done_at).is_(None), hands)
    asked = col(ServiceRequest.proposal)["post"].astext.in_(posts)
    return or_(col(ServiceRequest.reference).in_(tasks), asked)
