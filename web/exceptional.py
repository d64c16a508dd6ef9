"""What an exceptional event means for one request, on every page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from languages.exceptional import notice
from models.requests import ServiceRequest
from models.tracking import Tracked
from rules.exceptional import Exceptional, excuse
from rules.terms import Kind
from web.book import Book


class Told(NamedTuple):
    """The words ("" where nothing is to be said), and until when they are true (None: until something else changes)."""

    words: str
    until: datetime | None


def told_of(request: ServiceRequest | Tracked, book: Book, now: datetime) -> Told:
    """What is said of the events declared for this request's zone and category."""
    begins = request.registered_at if request.kind == Kind.COMPLAINT else request.complete_at
    due = request.standard_due
    events = [one for one in book.now.exceptional if one.concerns(request.zone, request.category)]
    if begins is None or due is None or not events:
        return Told("", None)
    kept_at = request.put_right_at or now
    changes = min((at for one in events for at in _instants(one, due - begins) if at > now), default=None)
    if request.standard_lapsed_at is not None or kept_at > due:
        by = excuse(events, request.zone, request.category, begins, due, kept_at)
        return Told(notice(by, late=True) if by else "", changes)
    on = request.put_right_at is None and request.closed_at is None
    going = next((one for one in events if on and one.since <= now and (one.until is None or now < one.until)), None)
    return Told(notice(going, late=False) if going else "", changes)


def _instants(event: Exceptional, promised: timedelta) -> Iterator[datetime]:
    yield event.since
    if event.until is not None:
        yield event.until
        yield event.until + promised
