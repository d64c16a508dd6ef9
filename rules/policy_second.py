"""Whether new timings need a second person: a time that becomes longer, or a last tier that begins after the time limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.calendar import Calendar
from rules.due import due
from rules.durations import Duration
from rules.policy import Policy, Timing
from rules.policy_check import ANY_MONDAY, TooLate, too_late
from rules.procedure_laws import in_place_of

TRIED = [datetime.fromisoformat(f"{ANY_MONDAY}T00:00:00+00:00") + n * timedelta(hours=5) for n in range(60)]
"""Instants a time is counted from, over some twelve days: at every hour of a day, and on every day of a week."""


@dataclass(frozen=True)
class Longer:
    """A time that becomes longer: of which tier (0: the time limit itself), from what to what (None: there is none)."""

    path: tuple[str, ...]
    tier: int
    before: Duration
    after: Duration | None


def needs_second(before: Policy, after: Policy) -> list[Longer | TooLate]:
    """Why a second person must agree to `after`; empty where one may save it alone.

    Calendars are compared by their name: what is changed in one is the same for all, and its own page shows it.
    The regulated time of an application spans all its stages and the waits between them, so that no stage by itself
    can be said to begin its last tier too late: only complaints are asked for that.
    """
    old = dict(_timings(before))
    found: list[Longer | TooLate] = []
    for path, timing in [*_timings(after), *_back_to_the_category(before, after)]:
        was = old.get(path) or old.get(path[:2])
        if was is not None:
            found += _longer(path, was, timing, before, after)
        found += _newly_late(path, was, timing, before, after)
    for code in before.procedures.keys() & after.procedures.keys():
        found += _promised_later(code, before, after)
    return found


def _timings(policy: Policy) -> Iterator[tuple[tuple[str, ...], Timing]]:
    for category, timing in policy.timings.items():
        yield ("complaint", category), timing
    for (category, area), timing in policy.areas.items():
        yield ("complaint", category, area), timing
    for code, procedure in policy.procedures.items():
        for stage in procedure.stages.values():
            yield ("procedure", code, "stage", stage.code), stage.timing


def _back_to_the_category(before: Policy, after: Policy) -> Iterator[tuple[tuple[str, ...], Timing]]:
    """Area classes that lose times of their own, with those they get."""
    for category, area in before.areas.keys() - after.areas.keys():
        if category in after.timings:
            yield ("complaint", category, area), after.timings[category]


def _longer(path: tuple[str, ...], was: Timing, now: Timing, before: Policy, after: Policy) -> Iterator[Longer]:
    ours = before.calendars[was.calendar], _as_it_was(now.calendar, before, after)
    pairs = zip(was.tiers, now.tiers, strict=False)
    yield from _each(path, enumerate(pairs, 1), ours)
    yield from _each(path, enumerate(zip(was.recovery_tiers, now.recovery_tiers, strict=False), 1), ours)
    if was.standard is not None and now.standard is None:
        yield Longer(path, 0, was.standard, None)
    elif was.standard is not None and now.standard is not None:
        law = before.calendars[was.standard_calendar], _as_it_was(now.standard_calendar, before, after)
        yield from _each(path, [(0, (was.standard, now.standard))], law)


def _promised_later(code: str, before: Policy, after: Policy) -> Iterator[Longer]:
    """Regulated times of a sort of application that become longer, or are gone, for whomever they ruled."""
    was, now = before.procedures[code], after.procedures[code]
    for law in was.standards if was.standards != now.standards else ():
        path, ours = ("procedure", code), before.calendars[law.calendar]
        for new in in_place_of(law, was, now):
            if new is None:
                yield Longer(path, 0, law.time, None)
            else:
                yield from _each(path, [(0, (law.time, new.time))], (ours, _as_it_was(new.calendar, before, after)))


def _as_it_was(code: str, before: Policy, after: Policy) -> Calendar:
    return before.calendars.get(code) or after.calendars[code]


def _each(
    path: tuple[str, ...],
    pairs: Iterator[tuple[int, tuple[Duration, Duration]]] | Sequence[tuple[int, tuple[Duration, Duration]]],
    calendars: tuple[Calendar, Calendar],
) -> Iterator[Longer]:
    for tier, (was, now) in pairs:
        if (was, calendars[0]) != (now, calendars[1]) and any(
            _ends(now, at, calendars[1]) > _ends(was, at, calendars[0]) for at in TRIED
        ):
            yield Longer(path, tier, was, now)


def _ends(time: Duration, at: datetime, calendar: Calendar) -> datetime:
    ends = due(time, at, (), calendar)
    assert ends is not None
    return ends


def _newly_late(path: tuple[str, ...], was: Timing | None, now: Timing, before: Policy, after: Policy) -> list[TooLate]:
    """That the last tier begins after the time limit, where it did not before; a note that says why excuses nobody here."""
    if now == was or path[0] != "complaint":
        return []
    late = too_late(after, path, replace(now, note=""))
    already = was is not None and too_late(before, path, replace(was, note="")) is not None
    return [late] if late is not None and not already else []
