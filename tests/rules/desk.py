"""One request on a small ground, moved by the rules alone: no table, no clock, no network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rules import judge
from rules.assignment import Candidate
from rules.calendar import Calendar
from rules.clocks import after
from rules.durations import parse
from rules.ladder import Filling, Rung, Seat
from rules.policy import Limits, Timing
from rules.request import Ground, Request, Sent, Standard, Task
from rules.terms import Act, Actor, EventKind, NoticeKind, Refused, State
from rules.turn import NewEvent, NewLapse, Notice, Refusal, Turn

NOON = datetime(2027, 5, 14, 6, 30, tzinfo=UTC)
"""Friday 14 May 2027, noon in India: when the request is registered."""
ALWAYS = Calendar.round_the_clock("Asia/Kolkata")
OFFICER, COLLEAGUE, MANAGER, HEAD = "officer-1", "officer-2", "manager", "head"
PERSON = {OFFICER: 1, COLLEAGUE: 2, MANAGER: 3, HEAD: 4}
SUPPLY = Timing(
    ladder="supply",
    tiers=(parse("90m"), parse("1h"), parse("90m")),
    calendar="always",
    standard_calendar="always",
    accept=parse("20m"),
    standard=parse("4h"),
    confirm=parse("1 day"),
    supply=True,
)


def at(clock: str, day: int = 0) -> datetime:
    """That Friday at `clock` in India, or so many days later."""
    hour, minute, *second = map(int, clock.split(":"))
    midnight = NOON - timedelta(hours=12)
    return midnight + timedelta(days=day, hours=hour, minutes=minute, seconds=second[0] if second else 0)


def filled(
    post: str, person: int | None = None, *, away: tuple[datetime, datetime | None] | None = None, until: str = ""
) -> Seat:
    """A post with its person; `away` on leave, or gone from `until` on."""
    leave = (away,) if away else ()
    end = at(until) if until else None
    one = Filling(person or PERSON[post], "person", NOON - timedelta(days=100), end, away=leave)
    return Seat(post, (one,), never_vacant=post == HEAD)


def vacant(post: str) -> Seat:
    """A post nobody fills."""
    return Seat(post, (), never_vacant=post == HEAD)


def ground(
    *seats: Seat, timing: Timing = SUPPLY, limits: Limits | None = None, load: Iterable[int] = (0, 1), **more: object
) -> Ground:
    """The three tiers as usual, but for the seats given."""
    by_post = {post: filled(post) for post in PERSON} | {seat.post: seat for seat in seats}
    rungs = [
        Rung(1, "officer", (by_post[OFFICER], by_post[COLLEAGUE])),
        Rung(2, "manager", (by_post[MANAGER],)),
        Rung(3, "head", (by_post[HEAD],)),
    ]
    candidates = [
        Candidate(post, tasks, bool(by_post[post].fillings))
        for post, tasks in zip((OFFICER, COLLEAGUE), load, strict=True)
    ]
    made = Ground(
        timing=timing,
        limits=limits or Limits(),
        holds={"date-asked": parse("2h")},
        calendar=ALWAYS,
        standard=None if timing.standard is None else Standard(timing.standard, ALWAYS),
        rungs=rungs,
        candidates=candidates,
        causes=frozenset({"fuse-blown"}),
        hold_reasons=frozenset({"premises-locked", "date-asked"}),
        expected_reasons=frozenset({"crew-on-the-way"}),
        receivers=frozenset({OFFICER, COLLEAGUE, MANAGER}),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def received() -> Request:
    """A request that has just come in."""
    return Request(
        "234567895", "complaint", "no-supply", State.RECEIVED, 1, NOON, standard_due=after(parse("4h"), NOON)
    )


@dataclass
class Desk:
    """A request and everything that was written about it. Refusals leave it as it was, as the pen does."""

    ground: Ground = field(default_factory=ground)
    request: Request = field(default_factory=received)
    at: datetime = NOON
    events: list[NewEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    lapses: list[NewLapse] = field(default_factory=list)

    @property
    def task(self) -> Task:
        """Its task."""
        assert self.request.task is not None
        return self.request.task

    @property
    def kinds(self) -> list[EventKind]:
        """The kinds of its history."""
        return [event.kind for event in self.events]

    def last(self, kind: EventKind) -> NewEvent:
        """The newest line of this kind."""
        return next(event for event in reversed(self.events) if event.kind is kind)

    def told(self, kind: NoticeKind) -> set[str]:
        """Who was told so: consumer, or posts."""
        return {notice.post or notice.to for notice in self.notices if notice.kind is kind}

    def look(self) -> Turn:
        """Somebody looks."""
        return self._written(judge.look(self.request, self.ground, self.at))

    def until(self, when: datetime) -> Turn:
        """Let time pass, everything happening at its second."""
        turn = self.look()
        while self.request.wake_at is not None and self.request.wake_at <= when:
            turn = self.late(max(self.at, self.request.wake_at))
        self.at = max(self.at, when)
        return turn

    def late(self, when: datetime) -> Turn:
        """The timer is only looked at `when`: everything is late."""
        self.at = when
        return self._written(judge.it_is_time(self.request, self.ground, when))

    def take(self, sent: Sent) -> Refused | None:
        """A submission is taken; why it was refused, or None."""
        try:
            self._written(judge.take(self.request, self.ground, self.at, sent))
        except Refusal as refusal:
            return refusal.code
        return None

    def officer(
        self, act: Act, who: str = OFFICER, *, words: bool = True, since: Iterable[EventKind] = (), **data: object
    ) -> Refused | None:
        """Somebody acts for the post `who` now."""
        return self.take(
            Sent(act, Actor.OFFICER, _plain(data), PERSON.get(who), who, words=words, since=frozenset(since))
        )

    def consumer(
        self, act: Act, *, words: bool = False, since: Iterable[EventKind] = (), **data: object
    ) -> Refused | None:
        """The consumer acts now."""
        return self.take(Sent(act, Actor.CONSUMER, _plain(data), words=words, since=frozenset(since)))

    def report(self, state: str = "delivered", question: int | None = None) -> Refused | None:
        """A delivery report of the question (the one now asked)."""
        asked = question or self.request.question_number
        return self.take(Sent(Act.RECEIPT, Actor.SYSTEM, {"question": asked, "state": state}))

    def called(self) -> Refused | None:
        """The call centre rings the consumer and nobody answers."""
        return self.take(Sent(Act.CALLED, Actor.OFFICER, {}, person=77, post="call-centre", rights="take_calls"))

    def resolve(self, put_right: datetime | None = None, post: str = OFFICER) -> Refused | None:
        """Resolved, put right now unless another instant is given."""
        return self.officer(Act.RESOLVE, post, cause="fuse-blown", put_right=put_right or self.at)

    def _written(self, turn: Turn) -> Turn:
        self.request = turn.request
        self.events += turn.events
        self.notices += turn.notices
        self.lapses += turn.lapses
        return turn


def _plain(data: dict[str, object]) -> dict[str, object]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items()}


def assigned(**more: object) -> Desk:
    """A request that was given to the first officer."""
    desk = Desk(**more)  # type: ignore[arg-type]
    desk.look()
    return desk
