"""Opening hours of one local year as instants with running sums, so that questions to a calendar take microseconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from rules.hours import Day

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Year:
    """The spans that open in one local year, in microseconds since 1970; `worked` sums them up from the year's start.

    `mornings` and `evenings` are the first opening and the last close of each working day.
    """

    number: int
    opens: Sequence[int]
    closes: Sequence[int]
    worked: Sequence[int]
    mornings: Sequence[int]
    evenings: Sequence[int]

    def is_open(self, moment: int) -> bool:
        """Whether a moment at or after the year's first opening lies in a span."""
        return moment < self.closes[bisect_right(self.opens, moment) - 1]

    def worked_until(self, moment: int) -> int:
        """The open microseconds from the year's start to a moment at or after its first opening."""
        span = bisect_right(self.opens, moment) - 1
        return self.worked[span] - max(0, self.closes[span] - moment)


def compiled(number: int, zone: ZoneInfo, spans_on: Callable[[date], Day]) -> Year:
    """The year of that number; a span that the change of clocks leaves without length is left out."""
    days = [lasting for day in _days(number) if (lasting := _lasting(zone, day, spans_on(day)))]
    spans = [span for day in days for span in day]
    return Year(
        number,
        opens=[opening for opening, _ in spans],
        closes=[closing for _, closing in spans],
        worked=list(accumulate(closing - opening for opening, closing in spans)),
        mornings=[day[0][0] for day in days],
        evenings=[day[-1][1] for day in days],
    )


def moment_of(at: datetime) -> int:
    """An aware instant as microseconds since 1970; TypeError for a naive one."""
    return (at - EPOCH) // MICROSECOND


def instant_of(moment: int) -> datetime:
    """Microseconds since 1970 as an instant in UTC."""
    return EPOCH + moment * MICROSECOND


def wall(zone: ZoneInfo, day: date, seconds: int) -> int:
    """The first moment at which the local clock shows this time, counted from midnight of `day`, or has jumped past it."""
    shown = datetime.combine(day, time()) + timedelta(seconds=seconds)
    first, second = shown.replace(tzinfo=zone), shown.replace(tzinfo=zone, fold=1)
    jumped = (second.utcoffset() or timedelta()) - (first.utcoffset() or timedelta())
    if jumped > timedelta(0):
        return _change(zone, moment_of(second.astimezone(UTC)), moment_of(first.astimezone(UTC)))
    return moment_of(first.astimezone(UTC))


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The moment of the one change of clocks between two moments."""
    old = instant_of(before).astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if instant_of(middle).astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _days(number: int) -> Iterator[date]:
    for ordinal in range(date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal() + 1):
        yield date.fromordinal(ordinal)


def _lasting(zone: ZoneInfo, day: date, spans: Day) -> list[tuple[int, int]]:
    instants = ((wall(zone, day, span.opens), wall(zone, day, span.closes)) for span in spans)
    return [(opening, closing) for opening, closing in instants if opening < closing]
