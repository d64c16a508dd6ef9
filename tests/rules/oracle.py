"""Working time counted minute by minute on the local clock, to judge the arithmetic by; and calendars to try it on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, islice
from zoneinfo import ZoneInfo

from hypothesis import reject, settings
from hypothesis import strategies as st

from rules.calendar import Calendar, Span, Variant
from rules.due import Pause
from rules.hours import Day, Week

settings.register_profile("rules", deadline=None, derandomize=True, max_examples=25, database=None)
QUICK = settings.get_profile("rules")

MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)
WINDOW = 14


@lru_cache(maxsize=16)
def clock(zone: str, begins: datetime) -> list[datetime]:
    """What the local clock shows in each minute of the window, held still while it is put back."""
    lead = 2 * 1440
    minutes = (begins + n * MINUTE for n in range(-lead, WINDOW * 1440))
    shown = accumulate((at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in minutes), max)
    return list(islice(shown, lead, None))


@lru_cache(maxsize=16)
def faces(zone: str, begins: datetime) -> list[tuple[date, int]]:
    """The same as day and minute of the day."""
    return [(shown.date(), shown.hour * 60 + shown.minute) for shown in clock(zone, begins)]


class Oracle:
    """A calendar as one open or closed minute after another in a window of days; knows no sums and no instants of change.

    What would run out of the window is rejected as an example.
    """

    def __init__(self, calendar: Calendar, begins: datetime) -> None:
        self.calendar = calendar
        self.begins = begins
        self.shown = clock(calendar.zone, begins)
        first, last = self.shown[0].date(), self.shown[-1].date()
        self.spans = {first + n * ONE_DAY: self._spans(first + n * ONE_DAY) for n in range(-1, (last - first).days + 1)}
        owners = {day: self._owners(day) for day in self.spans if day - ONE_DAY in self.spans}
        self.days = [owners[day][minute] for day, minute in faces(calendar.zone, begins)]
        """The day whose hours each minute belongs to, None while closed."""

    def _owners(self, today: date) -> list[date | None]:
        """The same for each minute a clock may show on one day; its own hours go before what is left of last night's."""
        owners: list[date | None] = [None] * 1440
        for day, earlier in ((today - ONE_DAY, 1440), (today, 0)):
            for minute in (minute for span in self.spans[day] for minute in _minutes_of(span)):
                if 0 <= minute - earlier < 1440:
                    owners[minute - earlier] = day
        return owners

    def _spans(self, day: date) -> Day:
        if day in self.calendar.holidays:
            return ()
        for variant in self.calendar.variants:
            if variant.first <= day <= variant.last:
                return variant.week[day.weekday()]
        return self.calendar.week[day.weekday()]

    def place(self, at: datetime) -> int:
        return (at - self.begins) // MINUTE

    def is_open(self, at: datetime) -> bool:
        return self.days[self.place(at)] is not None

    def opening(self, at: datetime) -> datetime:
        return next((minute for minute in self._minutes(at) if self.is_open(minute)), None) or reject()

    def working(self, a: datetime, b: datetime) -> timedelta:
        return sum(day is not None for day in self.days[self.place(a) : max(self.place(a), self.place(b))]) * MINUTE

    def held(self, a: datetime, b: datetime, pauses: Sequence[Pause]) -> int:
        """The open minutes inside the pauses between two instants."""
        minutes = (self.begins + place * MINUTE for place in range(self.place(a), self.place(b)))
        return sum(self.is_open(at) and any(_covers(pause, at) for pause in pauses) for at in minutes)

    def runs_out(self, at: datetime, minutes: int, pauses: Sequence[Pause] = ()) -> datetime | None:
        """When so many open minutes outside the pauses have run; None if an open pause comes first."""
        for minute in self._minutes(at):
            if minutes == 0:
                return minute
            paused = [pause for pause in pauses if _covers(pause, minute)]
            if any(pause.end is None for pause in paused):
                return None
            minutes -= self.is_open(minute) and not paused
        return reject()

    def close_of_nth_day(self, at: datetime, n: int) -> datetime:
        begins = self.place(self.opening(at))
        later = sorted({day for day in self.days[begins:] if day is not None})
        if n >= len(later) or later[n] > self.shown[-1].date() - 2 * ONE_DAY:
            reject()
        wanted = later[n]
        last = max(place for place, day in enumerate(self.days) if day == wanted)
        return self.begins + (last + 1) * MINUTE

    def end_of_nth_calendar_day(self, at: datetime, n: int) -> datetime:
        wanted = self.shown[self.place(self.opening(at))].date() + n * ONE_DAY
        return (
            next((minute for minute in self._minutes(at) if self.shown[self.place(minute)].date() > wanted), None)
            or reject()
        )

    def _minutes(self, at: datetime) -> Iterator[datetime]:
        return (self.begins + place * MINUTE for place in range(self.place(at), len(self.days)))


def _minutes_of(span: Span) -> range:
    """Every whole minute that begins in it, counted from its day's midnight."""
    return range(-(-span.opens // 60), -(-span.closes // 60))


def _covers(pause: Pause, at: datetime) -> bool:
    return pause.start <= at and (pause.end is None or at < pause.end)


# Weeks in which something happens: the clocks of Berlin, New York, Beirut and Lord Howe Island change in theirs.
WEEKS = (
    ("Asia/Kolkata", date(2026, 8, 12)),
    ("Asia/Karachi", date(2026, 12, 29)),
    ("Europe/Berlin", date(2026, 3, 27)),
    ("Europe/Berlin", date(2026, 10, 23)),
    ("America/New_York", date(2026, 10, 30)),
    ("Asia/Beirut", date(2026, 3, 27)),
    ("Asia/Beirut", date(2026, 10, 23)),
    ("Australia/Lord_Howe", date(2026, 10, 2)),
)
NIGHT_OPENS = 22 * 3600


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Up to three spans of a day in quarter hours, the last perhaps running into the night."""
    marks = sorted(draw(st.sets(st.integers(20, 88), max_size=6)))
    spans = [Span(a * 900, b * 900) for a, b in zip(marks[::2], marks[1::2], strict=False)]
    night = draw(st.sampled_from([None, None, None, 24, 25, 26, 29]))
    return (*spans, Span(NIGHT_OPENS, night * 3600)) if night is not None else tuple(spans)


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """A week that opens on a Friday at the least."""
    mon, tue, wed, thu, fri, sat, sun = (draw(days()) for _ in range(7))
    return (mon, tue, wed, thu, fri or (Span(34200, 46800),), sat, sun)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar, and the instant its interesting week begins."""
    zone, first = draw(st.sampled_from(WEEKS))
    begins = datetime.combine(first, time(), tzinfo=UTC)
    if draw(st.integers(0, 5)) == 0:
        return Calendar.round_the_clock(zone), begins
    holidays = draw(st.frozensets(st.integers(0, 6).map(lambda n: first + n * ONE_DAY), max_size=2))
    season = Variant(first + 3 * ONE_DAY, first + 5 * ONE_DAY, draw(weeks()))
    return Calendar("tried", zone, draw(weeks()), holidays, draw(st.sampled_from([(), (season,)]))), begins


@st.composite
def pauses(draw: st.DrawFn, begins: datetime, may_stay_open: bool = True) -> list[Pause]:
    """Up to four pauses in the week, in any order, some over one another, some without length, one perhaps still open."""
    made = []
    for _ in range(draw(st.integers(0, 4))):
        start = begins + draw(st.integers(0, 5 * 1440)) * MINUTE
        length = draw(st.sampled_from([0, 7, 90, 600, 2000, None] if may_stay_open else [0, 7, 90, 600, 2000]))
        made.append(Pause(start, None if length is None else start + length * MINUTE))
    return made
