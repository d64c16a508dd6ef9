"""What officers are told when very many requests come at once: each what is his, and nobody more than a digest allows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.channels.sms import BETWEEN_DIGITS
from drills.findings import Finding, none_of
from drills.messages import by_sender
from drills.timings import version
from embedded.message_store import Caught
from models.outbox import Attempt, Notification
from models.people import Post, Staff
from models.requests import ServiceRequest, Task
from rules.digest import MOST, PAUSE
from rules.policy import timing_of
from rules.terms import NoticeKind

CHANNELS = ("sms", "email")


async def deluged(session: AsyncSession, came: Sequence[Caught], since: datetime) -> list[Finding]:
    """Officers who got more messages by a channel than a digest allows; what is about danger must not be among them."""
    most = MOST + 1 + int((datetime.now(UTC) - since) / PAUSE) + 1
    people = (await session.exec(select(Staff.username, Staff.phone, Staff.email))).all()
    found = []
    for channel in CHANNELS:
        times = Counter(one.to for one in came if one.channel == channel)
        at = [
            (name, (mail or "") if channel == "email" else BETWEEN_DIGITS.sub("", phone or ""))
            for name, phone, mail in people
        ]
        got = {name: times[to] for name, to in at if to in times}
        wrong = [f"{name}: {count}" for name, count in got.items() if count > most]
        finding = none_of(f"officers told more than {most} times by {channel}", wrong, len(got))
        told = ", ".join(f"{name} {count}" for name, count in sorted(got.items()))
        found.append(Finding(finding.what, finding.good, f"{finding.figure} ({told})"))
    return found


async def heard(session: AsyncSession, numbers: Sequence[str], came: Sequence[Caught]) -> Finding:
    """Posts that have or answer for one of these requests, each by each channel of its person: told of one of his at least once.

    Whom a flood of just before holds, has what is his kept for the next digest, which comes a pause later at the most.
    """
    ours = select(Task.handler, Task.answerable).where(col(Task.reference).in_(numbers))
    posts = sorted({post for pair in (await session.exec(ours)).all() for post in pair})
    rows = (await session.exec(select(Notification).where(col(Notification.reference).in_(numbers)))).all()
    wanted, kept, soon = defaultdict[str, set[str]](set), set[str](), datetime.now(UTC) + PAUSE
    for row in rows:
        wanted[row.post or ""].update(row.channels)
        if row.together and row.state == "waiting" and row.next_at <= soon:
            kept.add(row.post or "")
    told = await _told(session, {row.id: row for row in rows}, came)
    silent = [post for post in posts if not wanted[post]]
    pairs = [(post, channel) for post in posts for channel in sorted(wanted[post])]
    silent += [f"{post} by {channel}" for post, channel in pairs if (post, channel) not in told and post not in kept]
    finding = none_of("posts not told of anything that is theirs", silent, len(posts))
    later = sum(pair not in told for pair in pairs)
    return Finding(
        finding.what, finding.good, f"{finding.figure} ({len(pairs) - later} told, {later} kept for a digest)"
    )


async def alarmed(session: AsyncSession, number: str, came: Sequence[Caught]) -> Finding:
    """Tiers of the ladder of a report of danger nobody of whom was told of it by each channel."""
    row = await session.get(ServiceRequest, number)
    assert row is not None
    policy = await version(session, row.policy_version)
    ladder = policy.ladders[timing_of(policy, row.category, row.area_class).ladder]
    of = Notification.reference == number, Notification.kind == NoticeKind.DANGER
    rows = (await session.exec(select(Notification).where(*of))).all()
    roles = dict((await session.exec(select(Post.code, Post.role))).all())
    told = {(roles[post], channel) for post, channel in await _told(session, {row.id: row for row in rows}, came)}
    pairs = [(tier.role, channel) for tier in ladder.tiers for channel in CHANNELS]
    return none_of(
        "tiers not told of the danger, by a channel", [pair for pair in pairs if pair not in told], len(pairs)
    )


async def _told(
    session: AsyncSession, rows: Mapping[int | None, Notification], came: Sequence[Caught]
) -> set[tuple[str, str]]:
    """The posts to which one of these rows came, each with the channel."""
    arrived = by_sender(came)
    tried = select(Attempt).where(col(Attempt.notification_id).in_(list(rows)))
    found = [one for one in (await session.exec(tried)).all() if one.sender_id in arrived]
    return {(rows[one.notification_id].post or "", one.channel) for one in found}
