"""Which requests somebody's posts let him see, as a condition: the same as `may_see` says of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlmodel import col

from models.posts import READS_ALL, WORKS, FilledPost
from models.requests import Lapse, ServiceRequest, Task
from rules.profile import Scope
from rules.terms import Proposal

SECRET_TOO = frozenset({"confidential", "audit"})
"""Rights that see confidential requests within their reach."""


def seen_by(posts: Sequence[FilledPost]) -> ColumnElement[bool]:
    """Requests within the reach of these posts, and those one of them handles, answers for, let lapse or must agree to."""
    open_to_all, secret = ~col(ServiceRequest.confidential), col(ServiceRequest.confidential)
    return or_(
        and_(open_to_all, _within(posts, WORKS | READS_ALL)),
        and_(secret, _within(posts, SECRET_TOO)),
        *_involved([post.code for post in posts]),
    )


def _within(posts: Sequence[FilledPost], rights: frozenset[str]) -> ColumnElement[bool]:
    """Within the reach of those of the posts that have one of these rights."""
    with_rights = [post for post in posts if post.rights in rights]
    if any(post.rights in READS_ALL or post.scope == Scope.COMPANY for post in with_rights):
        return true()
    zones = {post.zone for post in with_rights if post.scope == Scope.ZONE}
    offices = {post.office for post in with_rights if post.scope != Scope.ZONE}
    ways = [(col(ServiceRequest.zone), zones), (col(ServiceRequest.office), offices)]
    return or_(false(), *(column.in_(codes) for column, codes in ways if codes))


def _involved(codes: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """As `CaseFile.involved` has it: of a confidential one only those its own ladder gave it to."""
    if not codes:
        return
    reference, proposal = col(ServiceRequest.reference), col(ServiceRequest.proposal)
    in_hand = or_(col(Task.handler).in_(codes), col(Task.answerable).in_(codes))
    yield _any_of(select(col(Task.id)).where(col(Task.reference) == reference, in_hand))
    lapsed = _any_of(select(col(Lapse.id)).where(col(Lapse.reference) == reference, col(Lapse.post).in_(codes)))
    yield and_(~col(ServiceRequest.confidential), lapsed)
    between_offices = and_(col(ServiceRequest.confidential), proposal["what"].astext == Proposal.TRANSFER.value)
    yield and_(proposal["post"].astext.in_(codes), ~between_offices)


def _any_of(rows: Any) -> ColumnElement[bool]:
    """Whether there is one, looked up request by request: `exists` would have the planner gather those of all requests."""
    found: ColumnElement[bool] = rows.correlate(ServiceRequest).limit(1).scalar_subquery().is_not(None)
    return found
