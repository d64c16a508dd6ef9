"""The ladder of a request as officers see it: who had it, who has it, and who would get it when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from languages.views import Rung, RungState
from models.casefile import CaseFile
from models.ground import site_of
from models.people import Post
from models.requests import Lapse, Task
from rules.due import due
from rules.ladder import Skip
from rules.policy import Policy, Timing, calendar_of, ladder_of, recovery_timing, timing_of
from rules.request import RECOVERY
from rules.states import WORKED
from rules.terms import EventKind, Kind
from web.book import Book


def timing_for(file: CaseFile, policy: Policy) -> Timing:
    """The timing a request runs on; of a connection request that of the stage it is looked at from."""
    if file.request.kind != Kind.COMPLAINT:
        stages = policy.procedures[file.request.category].stages
        return stages[file.task.stage if file.task else next(iter(stages))].timing
    timing = timing_of(policy, file.request.category, file.request.area_class)
    beside = recovery_timing(timing) if file.task is not None and file.task.stage == RECOVERY else None
    return beside or timing


def post_of_role(posts: Mapping[str, Post], role: str, office: str, zone: str) -> Post | None:
    """The post of a role that answers for an office: its own, else its zone's, else the company's; None if there is none."""
    places = ((office, zone), (office, None), (None, zone), (None, None))
    ranked = [
        (places.index((post.office, post.zone)), post.code, post)
        for post in posts.values()
        if post.role == role and (post.office, post.zone) in places
    ]
    return min(ranked, key=lambda found: found[:2])[2] if ranked else None


def rungs(file: CaseFile, policy: Policy, book: Book) -> list[Rung]:
    """Every tier in order, with past and coming instants; of a task that is over those alone who had it."""
    timing = timing_for(file, policy)
    roles = [tier.role for tier in ladder_of(policy, timing).tiers]
    task = file.task
    if task is None:
        return [Rung(_title(file, book, role), RungState.COMING) for role in roles]
    past = [_past(file, book, tier, role) for tier, role in enumerate(roles[: task.tier - 1], 1)]
    lapsed = _lapse(file, book, task.tier, roles[task.tier - 1]) is not None
    if task.done_at is not None:
        return [*past, Rung(book.title(task.answerable), RungState.PAST, task.entered, task.due, lapsed)]
    now = Rung(book.title(task.answerable), RungState.NOW, task.entered, task.due, lapsed)
    return [*past, now, *_coming(file, policy, timing, book, roles[task.tier :])]


def _title(file: CaseFile, book: Book, role: str) -> str:
    post = post_of_role(book.now.posts, role, file.request.office, file.request.zone)
    return book.title(post.code) if post else book.label("role", role)


def _lapse(file: CaseFile, book: Book, tier: int, role: str) -> Lapse | None:
    """The lapse of a tier of this ladder; what lapsed on another one, before the category changed, is not shown here."""
    posts = book.now.posts
    mine = (one for one in file.lapses if one.post not in posts or posts[one.post].role == role)
    return next((one for one in mine if one.tier == tier), None)


def _past(file: CaseFile, book: Book, tier: int, role: str) -> Rung:
    skipped = {
        int(one["tier"]): one
        for line in file.lines
        if line.event.kind == EventKind.ESCALATED
        for one in line.event.data.get("skipped", ())
    }
    moves = (line.event for line in file.lines if line.event.data.get("from_role") == role)
    left = next((event for event in moves if event.data.get("from_tier") == tier), None)
    if left is None and tier in skipped:
        why = Skip(skipped[tier]["why"])
        return Rung(book.title(skipped[tier].get("post")) or _title(file, book, role), RungState.SKIPPED, why=why)
    lapse = _lapse(file, book, tier, role)
    title = book.title(left.data.get("from_post")) if left else ""
    due_at = lapse.due if lapse else left.due if left else None
    return Rung(title or _title(file, book, role), RungState.PAST, None, due_at, lapse is not None)


def _coming(file: CaseFile, policy: Policy, timing: Timing, book: Book, roles: list[str]) -> Iterator[Rung]:
    """The tiers above, each entered when the one before runs out; without instants while the clock stands still."""
    assert file.task is not None
    begins = _runs_out(file.task, file)
    for role, time in zip(roles, timing.tiers[file.task.tier :], strict=False):
        ends = due(time, begins, (), calendar_of(policy, timing, site_of(file.request))) if begins else None
        yield Rung(_title(file, book, role), RungState.COMING, begins, ends)
        begins = ends


def _runs_out(task: Task, file: CaseFile) -> datetime | None:
    """When the next tier gets it if nothing is done; None if it is not known: a danger nobody took up rings on, and goes up sooner."""
    rings = file.request.safety and task.accepted_at is None
    runs = file.request.state in WORKED and task.done_at is None and task.beyond_at is None
    return task.due if runs and not rings else None
