"""What the reader may do with a request, at the task it is looked at from: which actions, and which codes their forms may name."""

from __future__ import annotations

from datetime import datetime, tzinfo

from models.casefile import CaseFile
from models.people import Post
from models.posts import FilledPost
from rules.policy import UNPLACED, Policy, ladder_of, waits_for
from rules.request import RECOVERY
from rules.terms import Kind
from web.book import Book
from web.desk import elsewhere
from web.desk.actions import Offers, beside_it, offered, receivers
from web.desk.forms import Choices
from web.desk.ladder import timing_for
from web.desk.stage_offers import is_good, offered_at, papers_of


def given_to(file: CaseFile, book: Book, policy: Policy, now: datetime) -> tuple[Post, ...]:
    """The posts to which the work may be given: never one that answers higher up, to which it is sent with a reason."""
    tier = file.task.tier if file.task else 1
    above = frozenset(rung.role for rung in ladder_of(policy, timing_for(file, policy)).tiers[tier:])
    return tuple(receivers(book.now.posts, file.request, file.task, now, above))


def choices(file: CaseFile, book: Book, zone: tzinfo, now: datetime) -> Choices:
    """The codes and times the forms of this request may name; `book` holds its policy."""
    policy = book.policies[file.request.policy_version]
    if file.request.kind != Kind.COMPLAINT:
        return of_a_stage(file, policy, book, zone, now)
    category = book.row("category", file.request.category)
    causes = [str(code) for code in category.data.get("causes", ())] if category else []
    return Choices(
        now=now,
        zone=zone,
        registered=file.request.registered_at,
        causes=causes or [row.code for row in book.all("cause")],
        hold_reasons=_waits(file, policy, book),
        expected_reasons=[row.code for row in book.all("expected_reason")],
        receivers=[post.code for post in given_to(file, book, policy, now)],
        categories=elsewhere.categories(file.request, policy, book),
        offices=elsewhere.offices(file.request, book, now),
        places=elsewhere.codes_of(elsewhere.places(book)) if file.request.area_class == UNPLACED else (),
        reject_reasons=[row.code for row in book.all("reject_reason")],
        dangers=elsewhere.dangers(file.request, policy, book),
    )


def of_a_stage(file: CaseFile, policy: Policy, book: Book, zone: tzinfo, now: datetime) -> Choices:
    """The codes and times the forms of the stage may name from which the file is looked at."""
    procedure = policy.procedures[file.request.category]
    papers = papers_of(file, procedure)
    return Choices(
        now=now,
        zone=zone,
        registered=file.request.complete_at or file.request.registered_at,
        hold_reasons=_waits(file, policy, book),
        expected_reasons=[row.code for row in book.all("expected_reason")],
        receivers=[post.code for post in given_to(file, book, policy, now)],
        reject_reasons=[row.code for row in book.all("refuse_reason")],
        stage=procedure.stages[file.task.stage] if file.task else None,
        papers=papers,
        lacking=[code for code in papers if not is_good(file.gathered.paper(code))],
    )


def offers_for(
    file: CaseFile, policy: Policy, posts: tuple[FilledPost, ...], now: datetime, person: int | None = None
) -> Offers:
    """What somebody with these posts is offered on this request, at the task it is looked at from."""
    timing = timing_for(file, policy)
    if file.task is not None and file.task.stage == RECOVERY:
        return beside_it(posts, file.task, top=file.task.tier >= len(timing.tiers))
    held = any(hold.stops_standard for hold in file.holds)
    tiers = len(ladder_of(policy, timing).tiers)
    if file.request.kind != Kind.COMPLAINT and file.task is not None:
        procedure = policy.procedures[file.request.category]
        stage, papers = procedure.stages[file.task.stage], papers_of(file, procedure)
        return offered_at(posts, file, stage, papers, now, tiers=tiers, person=person)
    return offered(posts, file.request, file.task, tiers=tiers, holdable=timing.holdable, held=held, person=person)


def _waits(file: CaseFile, policy: Policy, book: Book) -> list[str]:
    """The reasons for which it may wait for the consumer."""
    return waits_for(timing_for(file, policy), [row.code for row in book.all("hold_reason")])
