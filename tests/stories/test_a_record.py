"""What stands on record, read from the tables a story leaves behind."""

from __future__ import annotations

from datetime import timedelta

from models.ground import Policies
from models.record import record_of
from rules.share import Mark
from rules.terms import Act
from tests.stories.test_absences import number, taken_up
from tests.stories.test_the_ladder import at
from tests.timeline import Timeline


async def test_what_is_dumped_five_minutes_before_it_is_due_stands_on_both_records_by_their_time(
    town: Timeline,
) -> None:
    begins = town.now
    complaint = await taken_up(town)
    first = (await town.task(complaint)).handler
    second = "relationship-officer-gizri-2" if first.endswith("1") else "relationship-officer-gizri-1"
    await town.until(begins + timedelta(minutes=85))
    assert (await town.officer(complaint, Act.GIVE, first, to=second)).refused is None
    await town.until(begins + timedelta(minutes=91))
    async with town.sessions() as session:
        both = [
            await record_of(session, Policies(), begins, town.now, posts=[post]) for post in (first, second, "nobody")
        ]
        earlier = await record_of(session, Policies(), begins - timedelta(days=30), begins)
    (one,), (same,), none = both
    assert (one, none, earlier) == (same, [], [])
    assert (one.reference, one.marked.mark, one.marked.answerable) == (complaint, Mark.LAPSE, second)
    asha, bilal = await number(town, "asha"), await number(town, "bilal")
    people = {first: asha, second: bilal} if first.endswith("1") else {first: bilal, second: asha}
    minutes = {share.post: (share.person, round(share.worked / timedelta(minutes=1))) for share in one.marked.shares}
    assert minutes == {first: (people[first], 85), second: (people[second], 5)}
    assert at("10:30") == one.marked.at
