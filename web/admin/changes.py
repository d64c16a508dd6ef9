"""Differences between versions, and audit rows, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from languages import spoken
from languages.catalog import gettext as _
from languages.catalog import named
from languages.rights import rights_words, scope_words
from models.policy_versions import Change
from rules.policy_check import NeverMatters, TooLate
from rules.policy_second import Longer
from web.admin.fields import field_words
from web.book import Book
from web.typed import own_number

LONGEST = 160
OF_FORMS = frozenset({"names", "texts", "places", "rights"})
"""What a form's fields say of itself in the audit: `names.label-en`."""


@dataclass(frozen=True)
class Told:
    """One change: where, and from what to what. "" is absent."""

    where: str
    before: str
    after: str


def told(changes: Iterable[Change], book: Book) -> list[Told]:
    """Changes with the names of categories and columns."""
    return [
        Told(_where(one.path, book), _value(one.path, one.before, book), _value(one.path, one.after, book))
        for one in map(_days_alone, changes)
    ]


def _value(path: tuple[str, ...], text: str, book: Book) -> str:
    """What is kept as codes, by its name."""
    if path[0] == "rights":
        return rights_words(scope_words(text))
    if path[-1] == "hold_reasons":
        return spoken.joined(book.label("hold_reason", code) for code in text.split(", ")) if text else ""
    return _short(text)


def _days_alone(change: Change) -> Change:
    """Of a list of holidays those days alone that went and came."""
    if change.path[0] != "calendar" or change.path[-1] not in ("holidays", "working"):
        return change
    before, after = change.before.split(", "), change.after.split(", ")
    went, came = [day for day in before if day not in after], [day for day in after if day not in before]
    return Change(change.path, spoken.joined(went), spoken.joined(came))


def told_from_audit(before: Mapping[str, str], after: Mapping[str, str], book: Book) -> list[Told]:
    """The changes an audit row keeps."""
    keys = [*after, *(key for key in before if key not in after)]
    return told(
        (Change(tuple(key.split(".")), str(before.get(key, "")), str(after.get(key, ""))) for key in keys), book
    )


def doubts(found: Iterable[TooLate | NeverMatters], book: Book, now: datetime) -> list[str]:
    """What is allowed and hardly meant, in the reader's language."""
    return [f"{_where((*one.path, one.key.rpartition('.')[2]), book)}: {_doubt(one, book, now)}" for one in found]


def why_second(found: Iterable[Longer | TooLate], book: Book, now: datetime) -> list[str]:
    """Why a second person must agree, in the reader's language."""
    return [_longer(one, book) if isinstance(one, Longer) else doubts([one], book, now)[0] for one in found]


def _longer(one: Longer, book: Book) -> str:
    where = _where((*one.path, "tiers" if one.tier else "standard"), book)
    if one.after is None:
        return _(
            "%(where)s: there is none any more. It was %(before)s.", where=where, before=spoken.duration(one.before)
        )
    times = {"before": spoken.duration(one.before), "after": spoken.duration(one.after)}
    if not one.tier:
        return _("%(where)s: longer, from %(before)s to %(after)s.", where=where, **times)
    return _(
        "%(where)s: officer %(place)d gets longer, from %(before)s to %(after)s.", where=where, place=one.tier, **times
    )


def _doubt(one: TooLate | NeverMatters, book: Book, now: datetime) -> str:
    if isinstance(one, NeverMatters):
        return _("%(time)s never end before the first officer's time.", time=spoken.duration(one.accept))
    zone = ZoneInfo(one.zone)
    return _(
        "Filed on %(filed)s, it comes to the last officer (%(role)s) on %(begins)s. The time limit of %(limit)s has ended"
        " then: on %(ends)s. Shorten the times before, or say in a note why.",
        filed=_dated(one.registered, zone, now),
        role=book.label("role", one.role),
        begins=_dated(one.begins, zone, now),
        limit=spoken.duration(one.standard),
        ends=_dated(one.ends, zone, now),
    )


def _dated(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """An instant with its date, and with its year where that is not this one."""
    this_year = at.astimezone(zone).year == now.astimezone(zone).year
    return spoken.when(at, zone, now=None if this_year else now)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _where(path: tuple[str, ...], book: Book) -> str:
    if path[0] == "complaint" and len(path) >= 3:
        area = [area_word(path[2])] if len(path) == 4 else []
        return spoken.joined([book.label("category", path[1]), *area, column(path[-1])])
    if path[0] == "procedure":
        return spoken.joined(_of_a_procedure(path, book))
    if path[0] == "calendar":
        return spoken.joined(_of_a_calendar(path, book))
    if path[0] in OF_FORMS and len(path) > 1:
        return spoken.joined([field_words(path[1]), *filter(None, path[2:])])
    heads = {
        "exceptional": _("Exceptional event"),
        "holiday": _("Holiday"),
        "ladder": _("Ladder"),
        "limits": _("Limits"),
        "holds": _("Waiting"),
        "reply": _("Saved reply"),
        "alarms": _("Alarms"),
        **of_people(),
    }
    names = {"holds": "hold_reason", "charge": "post", "post": "post", "roster": "post"}
    words = [book.label(names[path[0]], part) if path[0] in names else part.replace("_", " ") for part in path[1:]]
    return spoken.joined([heads.get(path[0], path[0]), *words])


def _of_a_calendar(path: tuple[str, ...], book: Book) -> Iterator[str]:
    """The calendar, whose it is, and what of it, each by its name."""
    yield _("Calendar: %(name)s", name=book.label("calendar", path[1]))
    rest = path[2:]
    if len(rest) > 1 and rest[0] in ("zones", "offices"):
        yield book.label(rest[0][:-1], rest[1])
        rest = rest[2:]
    words = {
        "hours": _("Hours"),
        "holidays": _("Holidays"),
        "working": _("Working days"),
        "variants": _("Other hours between two dates"),
        "zone": _("Time zone"),
        "from": _("From"),
        "to": _("To"),
        **day_names(),
    }
    for part in rest:
        yield words.get(part, part.replace("_", " "))


def day_names() -> dict[str, str]:
    """The days of the week by their key."""
    return {
        "mon": _("Monday"),
        "tue": _("Tuesday"),
        "wed": _("Wednesday"),
        "thu": _("Thursday"),
        "fri": _("Friday"),
        "sat": _("Saturday"),
        "sun": _("Sunday"),
    }


def of_people() -> dict[str, str]:
    """What can change about a person, as people read it."""
    return {
        "leave": _("On leave"),
        "charge": _("Additional charge"),
        "post": _("In the post"),
        "roster": _("Roster"),
        "able": _("It handles"),
        "most_tasks": _("At most so many open at once"),
        "signs_in": _("Signs in"),
        "password": _("Temporary password"),
        "second": _("Second step"),
        "sessions": _("Signed in at"),
        "name": _("Name"),
    }


def what_words(what: str) -> str:
    """What an audit entry is about, as people read it; another's own word as it is."""
    words = {
        "policy": _("Timings"),
        "policy_proposal": _("Proposed timings"),
        "retiming": _("Applied to open requests"),
        "people": _("People and posts"),
        "slip": _("Code on the counter slip"),
        "names": _("Name or text"),
        "texts": _("What messages say"),
        "places": _("Offices and places"),
        "rights": _("Rights"),
        "reply": _("Saved replies"),
        "alarms": _("Trust in the clock"),
    }
    return words.get(what, what)


def subject_words(what: str, subject: str, names: Mapping[int | None, str], book: Book) -> str:
    """Whom or what an entry is about, by name where there is one."""
    kind, _slash, code = subject.rpartition("/")
    if what == "people":
        return names.get(own_number(subject)) or book.title(subject) or subject
    if what == "rights":
        return book.label("role", subject)
    place = book.locality(code) if kind == "locality" else None
    return (named(place.names) if place else book.name(kind, code) if kind else "") or subject


def _of_a_procedure(path: tuple[str, ...], book: Book) -> Iterator[str]:
    """The procedure, the stage or the sort of applicant, and the key, each by its name."""
    yield book.label("procedure", path[1])
    kinds = {"stage": "stage", "papers": "applicant"}
    for head, part in pairwise(path[1:]):
        if head == "standard":
            yield area_word(part.partition(" ")[2] or part)
        elif part not in kinds:
            yield book.label(kinds[head], part) if head in kinds else column(part).replace("_", " ")


def area_word(area: str) -> str:
    """An area class as people read it."""
    words = {
        "metro": _("metro"),
        "urban": _("town"),
        "municipal": _("small town"),
        "rural": _("village"),
        "hilly": _("hills"),
    }
    return words.get(area, area)


def column(key: str) -> str:
    """A key of a timing as the table's heading names it."""
    words = {
        "accept": _("Take up within"),
        "tiers": _("Time of each officer"),
        "standard": _("Time limit by regulation"),
        "time": _("Time"),
        "recovery_tiers": _("Hold the recovery"),
        "confirm": _("Consumer answers within"),
        "calendar": _("Calendar"),
        "standard_calendar": _("Calendar of the time limit"),
        "ladder": _("Ladder"),
        "safety": _("Danger"),
        "supply": _("Ends when the supply is back"),
        "confidential": _("Confidential"),
        "holdable": _("May wait for the consumer"),
        "hold_reasons": _("What it may wait for"),
        "note": _("Note"),
    }
    return words.get(key, key)
