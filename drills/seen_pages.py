"""What anyone with a number was told of it, by its page and by the API, held to the history it was read from."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.named import Named
from drills.auditor import histories
from drills.findings import Finding, none_of, spread
from drills.stood import Stood, walked
from drills.timings import version
from drills.truth import TIME
from languages.catalog import use
from languages.spoken import clock
from models.events import Event
from models.ground import utility_zone
from models.names import everything
from models.requests import ServiceRequest
from rules.calendar import Calendar
from rules.durations import Duration
from rules.policy import Site, calendar_of, timing_of

COMMITTED = timedelta(seconds=2)
"""A line bears the instant at which its request was locked; it is committed so much later at the most, by the pen's limits."""
KEPT = timedelta(seconds=5)
"""A page is kept no longer than a look at the database that ended two seconds ago and took three at the most."""
STALE: Mapping[str, timedelta] = {"page": COMMITTED + KEPT, "API": COMMITTED}
NUMBER = re.compile(r'id="progress" data-number="(\d+)"')
CHIP = re.compile(r'<span class="chip ([a-z_]+)')
LADDER = re.compile(r'<section class="ladder">.*?</section>', re.DOTALL)
RUNG = re.compile(r'<li class="(\w+)[^>]*>\s*<h3>(.*?)</h3>\s*<p>(.*?)</p>', re.DOTALL)
LOGGED = re.compile(r'<li><time datetime="([^"]+)">')


@dataclass(frozen=True)
class Sight:
    """One answer: who gave it, when it was asked for and came, the event number it carries, and what it told.

    `who` is the title (page) or the role (API) of the post that answers; `ends` the times of the day (page) or the
    instants (API) told of the end of its time; `lines` what it told of the history, by instants and by whole lines.
    """

    where: str
    reference: str
    asked: datetime
    answered: datetime
    number: int = 0
    state: str = ""
    tier: int | None = None
    who: str | None = None
    ends: Sequence[object] = ()
    lines: Sequence[object] = ()


class Onlooker:
    """Looks at requests from outside, and remembers what was told of them. He reads English."""

    def __init__(self, client: httpx2.AsyncClient, sights: list[Sight]) -> None:
        self.client = client
        self.sights = sights

    async def opens(self, reference: str) -> httpx2.Response:
        """The page of a number."""
        asked = datetime.now(UTC)
        page = await self.client.get(f"/track/{reference}", headers={"Accept-Language": "en"})
        if page.status_code == 200:
            self.sights.append(of_page(Sight("page", reference, asked, datetime.now(UTC)), page.text))
        return page

    async def follows(self, reference: str, stream: httpx2.Response) -> None:
        """The live part of its open page, each time it is sent anew, until the stream ends."""
        said = list[str]()
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                said.append(line.removeprefix("data:").removeprefix(" "))
            elif said and not line:
                now, block, said = datetime.now(UTC), "\n".join(said), []
                if NUMBER.search(block):
                    self.sights.append(of_page(Sight("page", reference, now, now), block))

    async def asks(self, reference: str) -> httpx2.Response:
        """The answer of the API."""
        asked = datetime.now(UTC)
        answer = await self.client.get(f"/api/v1/requests/{reference}")
        if answer.status_code == 200:
            told = Sight("API", reference, asked, datetime.now(UTC))
            self.sights.append(of_answer(told, answer.text, answer.headers.get("etag", "")))
        return answer


def of_page(sight: Sight, page: str) -> Sight:
    """What a page tells."""
    number, chip, ladder = NUMBER.search(page), CHIP.search(page), LADDER.search(page)
    rungs = RUNG.findall(ladder[0]) if ladder else []
    now = [(tier, title, said) for tier, (how, title, said) in enumerate(rungs, 1) if how == "now"]
    tier, title, said = now[0] if now else (None, None, "")
    return Sight(
        sight.where, sight.reference, sight.asked, sight.answered,
        number=int(number[1]) if number else 0,
        state=chip[1] if chip else "",
        tier=tier,
        who=None if title is None else html.unescape(title),
        ends=TIME.findall(html.unescape(said)),
        lines=[datetime.fromisoformat(at) for at in LOGGED.findall(page)],
    )  # fmt: skip


def of_answer(sight: Sight, body: str, tag: str) -> Sight:
    """What an answer of the API tells."""
    told, number = json.loads(body), re.search(r"\d+", tag)
    return Sight(
        sight.where, sight.reference, sight.asked, sight.answered,
        number=int(number[0]) if number else 0,
        state=told["state"],
        tier=told["tier"],
        who=told["tier_role"],
        ends=[_instant(told["next_due"])] if told["next_due"] else [],
        lines=[(e["number"], e["kind"], _instant(e["at"]), _instant(e["due_at"])) for e in told["events"]],
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A request's whole history and the times it was under first: after a change of them nothing is held to any."""

    history: Sequence[Event]
    stood: Sequence[Stood]
    times: Sequence[Duration]
    calendar: Calendar

    def newest(self, at: datetime) -> int:
        """The number of the newest line that had been written by then."""
        return max((line.number for line in self.history if line.recorded <= at), default=0)


@dataclass(frozen=True)
class Judge:
    """Holds what was told to the lines of the number it carries, in the words of the utility.

    The web reads a request's row, its task and its lines one after the other. So a word may rest on a line that was
    written meanwhile: a later one than the answer's number, and not later than the answer.
    """

    cases: Mapping[str, Case]
    names: Named
    zone: ZoneInfo

    def untrue(self, sight: Sight) -> Iterator[str]:
        """What was told and was not so."""
        case = self.cases.get(sight.reference)
        newest = case.newest(sight.answered) if case else 0
        if case is None or not 1 <= sight.number <= newest:
            yield f"number {sight.number} of {newest}"
            return
        could = case.stood[sight.number - 1 : newest]
        if not any(sight.state in stood.states for stood in could):
            yield f"state {sight.state}"
        if not any(self._answers(stood, sight) for stood in could):
            yield f"tier {sight.tier}, {sight.who}"
        elif not any(self._answers(stood, sight) and self._ends(stood, sight, case) for stood in could):
            yield f"until {', '.join(map(str, sight.ends)) or 'no end'}"
        known = {self._line(sight, line) for line in case.history[:newest]}
        yield from (f"line {line}" for line in sight.lines if line not in known)

    def behind(self, sight: Sight) -> float:
        """Seconds since which a newer line had been written when this was asked for; 0 where there was none."""
        case = self.cases.get(sight.reference)
        newer = [line.recorded for line in case.history if line.number > sight.number] if case else []
        return max((sight.asked - newer[0]).total_seconds(), 0.0) if newer else 0.0

    def too_old(self, sight: Sight) -> bool:
        """Whether it was behind for longer than anything may be kept."""
        return self.behind(sight) > STALE[sight.where].total_seconds()

    def _answers(self, stood: Stood, sight: Sight) -> bool:
        """Whether this post answered then. A page of what has ended names nobody."""
        if stood.post is None:
            return True
        if sight.where == "API":
            role = self.names.everything.posts[stood.post].role if stood.post else None
            return (sight.tier, sight.who) == (stood.tier, role)
        if stood.ended or not stood.post:
            return sight.tier is None
        with use("en"):
            return (sight.tier, sight.who) == (stood.tier, self.names.post(stood.post))

    def _ends(self, stood: Stood, sight: Sight, case: Case) -> bool:
        if not stood.certain:
            return True
        ends = stood.due(case.times, case.calendar)
        if sight.where == "API":
            return sight.ends == ([ends] if ends else [])
        return sight.ends == ([clock(ends, self.zone, "en")] if ends else [])

    def _line(self, sight: Sight, line: Event) -> object:
        return (line.number, line.kind, line.at, line.due) if sight.where == "API" else line.at


async def held_to_their_events(session: AsyncSession, sights: Sequence[Sight]) -> list[Finding]:
    """Every answer against the history of its request: whether what it told was so, and not older than it may be."""
    judge = await judge_of(session, {sight.reference for sight in sights})
    wrong = [f"{_name(sight)}: {what}" for sight in sights for what in judge.untrue(sight)]
    old = [f"{_name(sight)}: {judge.behind(sight):.1f} s behind" for sight in sights if judge.too_old(sight)]
    return [
        Finding("pages and answers looked at", bool(sights), f"{len(sights)} of {len(judge.cases)} requests"),
        none_of("pages and answers that told what was not so", wrong, len(sights)),
        none_of("pages and answers older than they may be", old, len(sights)),
        spread("seconds they were behind", [judge.behind(sight) for sight in sights]),
    ]


async def judge_of(session: AsyncSession, references: set[str]) -> Judge:
    """Who knows these requests."""
    names, zone = Named(await everything(session)), ZoneInfo(await utility_zone(session))
    return Judge(await _cases(session, references), names, zone)


async def _cases(session: AsyncSession, references: set[str]) -> dict[str, Case]:
    asked = select(ServiceRequest).where(col(ServiceRequest.reference).in_(references))
    rows = (await session.exec(asked)).all()
    policies = {number: await version(session, number) for number in {row.policy_version for row in rows}}
    lines, found = await histories(session, references), dict[str, Case]()
    for row in rows:
        policy = policies[row.policy_version]
        history = lines[row.reference]
        timing = timing_of(policy, first_category(history) or row.category, row.area_class)
        calendar = calendar_of(policy, timing, Site(row.site_office, row.site_zone))
        found[row.reference] = Case(history, walked(history), timing.tiers, calendar)
    return found


def first_category(history: Sequence[Event]) -> str | None:
    """The category it was filed under; None where it never changed."""
    return next((str(line.data["from_category"]) for line in history if "from_category" in line.data), None)


def _name(sight: Sight) -> str:
    return f"{sight.where} of {sight.reference} at {sight.answered:%H:%M:%S}"


def _instant(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
