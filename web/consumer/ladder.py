"""The ladder as its page shows it: each tier with its post, its instants past or coming, and how to reach it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from languages.catalog import named
from languages.ladder import waits_for_hands
from languages.story import Rung, RungState
from models.people import Post
from models.tracking import Tracked, TrackedEvent
from rules.clocks import after
from rules.ladder import Skip
from rules.policy import Policy, Site, Timing, calendar_of
from rules.profile import Scope
from rules.states import WORKED
from rules.terms import EventKind, State
from web.book import Book


@dataclass(frozen=True)
class Step:
    """One tier: what it had, has or will have to do, and where it can be reached (no `address`: by the utility's number).

    `line` says it in words of its own where the ladder's own line does not do.
    """

    tier: int
    rung: Rung
    address: str = ""
    hours: str = ""
    phone: str = ""
    line: str = ""

    @property
    def title(self) -> str:
        """The title of its post."""
        return self.rung.title


@dataclass(frozen=True)
class _Was:
    """What the history says of a tier: who answered from when, and which time it let lapse or why it was passed over."""

    post: str = ""
    entered: datetime | None = None
    lapsed_at: datetime | None = None
    why: Skip | None = None


def ladder_of(tracked: Tracked, policy: Policy, timing: Timing, book: Book, now: datetime) -> tuple[Step, ...]:
    """Every tier of the request's ladder, lowest first."""
    roles = [tier.role for tier in policy.ladders[timing.ladder].tiers]
    was = _history(tracked)
    coming = _coming(tracked, policy, timing, len(roles))
    return tuple(
        _step(tier, role, was.get(tier, _Was()), tracked, coming.get(tier), book)
        for tier, role in enumerate(roles, start=1)
    )


def next_title(steps: tuple[Step, ...]) -> str:
    """The title of the first tier above still to come; empty at the top."""
    return next((step.title for step in steps if step.rung.state is RungState.COMING and step.tier > 1), "")


def _history(tracked: Tracked) -> dict[int, _Was]:
    was: dict[int, _Was] = {1: _Was(entered=tracked.registered_at)}
    for event in tracked.events:
        if event.kind in (EventKind.ESCALATED, EventKind.ASSIGNED):
            _entered(was, event)
    for tier, due in tracked.lapses:
        was[tier] = replace(was.get(tier, _Was()), lapsed_at=due)
    return was


def _entered(was: dict[int, _Was], event: TrackedEvent) -> None:
    """Write down who answered from this event on, and who was passed over by it."""
    data = event.data
    if event.kind == EventKind.ESCALATED and "from_tier" in data:
        before = was.get(data["from_tier"], _Was())
        was[data["from_tier"]] = replace(before, post=data.get("from_post", before.post))
    for passed in data.get("skipped", ()):
        was[passed["tier"]] = _Was(post=passed.get("post", ""), why=Skip(passed["why"]))
    tier = data.get("tier", 1)
    post = data.get("answerable") if event.kind == EventKind.ASSIGNED else data.get("post")
    entered = event.at if tier > 1 else was[1].entered
    was[tier] = _Was(post=post or "", entered=entered)


def _coming(tracked: Tracked, policy: Policy, timing: Timing, tiers: int) -> dict[int, tuple[datetime, datetime]]:
    """When each tier still to come would begin and end if nothing is done; empty while the clock stands still.

    Also of a danger that nobody took up: it rings on until somebody does, and goes up before the tier's time is over.
    """
    task = tracked.task
    if task is None or task.due is None or State(tracked.state) not in WORKED or (tracked.safety and not task.taken_up):
        return {}
    calendar = calendar_of(policy, timing, Site(tracked.site_office, tracked.site_zone))
    found: dict[int, tuple[datetime, datetime]] = {}
    begins = task.turn_at or task.due
    for tier in range(task.tier + 1, tiers + 1):
        ends = after(timing.tiers[tier - 1], begins, calendar)
        found[tier] = (begins, ends)
        begins = ends
    return found


def _step(
    tier: int, role: str, was: _Was, tracked: Tracked, coming: tuple[datetime, datetime] | None, book: Book
) -> Step:
    task = tracked.task
    here = task.tier if task else 0
    post = book.post(was.post) or post_of(role, tracked, book)
    if tier == here and task is not None:
        post = book.post(task.answerable) or post
    if task is None and tier == 1:  # nobody has it, and which of the posts will is not known yet
        return Step(1, Rung(book.label("role", role), RungState.COMING), *found_at(post, book), waits_for_hands())
    title = book.title(post.code) if post else book.label("role", role)
    return Step(tier, _rung(tier, here, title, was, tracked, coming), *found_at(post, book))


def found_at(post: Post | None, book: Book) -> tuple[str, str, str]:
    """The address, hours and telephone of a post: its office's, its zone's or the head office's; "" where nobody said."""
    if post is None:
        return "", "", ""
    if place := book.office(post.office) or book.zone(post.zone):
        return named(place.addresses), named(place.hours), place.phone
    head = book.row("utility", "head_office")
    said = head.data if head else {}
    return named(said.get("addresses") or {}), named(said.get("hours") or {}), said.get("phone", "")


def _rung(
    tier: int, here: int, title: str, was: _Was, tracked: Tracked, coming: tuple[datetime, datetime] | None
) -> Rung:
    working = State(tracked.state) in WORKED or tracked.state == State.RESOLVED
    if tier > here:
        begins, ends = coming or (None, None)
        return Rung(title, RungState.COMING, begins, ends)
    if was.why is not None:
        return Rung(title, RungState.SKIPPED, why=was.why)
    if tier == here and working:
        due = tracked.task.due if tracked.task else None
        return Rung(title, RungState.NOW, was.entered, due, lapsed=due is not None and was.lapsed_at == due)
    return Rung(title, RungState.PAST, was.entered, was.lapsed_at, lapsed=was.lapsed_at is not None)


def post_of(role: str, tracked: Tracked, book: Book) -> Post | None:
    """A post of this role that answers for the request's office: the office's own, its zone's, the company's."""
    office, zone = tracked.place
    found = [post for post in book.now.posts.values() if post.role == role]
    for scope, place in ((Scope.OFFICE, office), (Scope.ZONE, zone)):
        own = [p for p in found if p.scope == scope and place in (p.office if scope is Scope.OFFICE else p.zone,)]
        if own:
            return min(own, key=lambda post: post.code)
    return next((post for post in found if post.scope == Scope.COMPANY), None)
