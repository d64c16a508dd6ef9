"""Where a request may go instead: the other categories with what each would mean, and the other offices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from languages.catalog import gettext as _
from languages.catalog import named
from languages.spoken import when
from models.casefile import CaseFile
from models.ground import site_of, standard_of
from models.requests import ServiceRequest
from rules.due import due
from rules.policy import UNPLACED, Policy, Timing, calendar_of, standard_calendar_of, timing_of
from web.book import Book
from web.desk.actions import Offers

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Other:
    """Another category: `then` is when its standard would end (None: it has none), `asked` whether somebody must agree."""

    code: str
    name: str
    then: datetime | None
    asked: bool
    confidential: bool


def categories(request: ServiceRequest, policy: Policy, book: Book) -> list[str]:
    """The codes a request may be corrected to. To danger leads another button, unless it is one danger for another."""
    codes = [row.code for row in book.categories() if row.code in policy.timings and row.code != request.category]
    return [code for code in codes if request.safety or not _timing(request, policy, code).safety]


def dangers(request: ServiceRequest, policy: Policy, book: Book) -> list[str]:
    """The codes of what is dangerous; none where it is dangerous already, or confidential."""
    if request.safety or request.confidential:
        return []
    codes = [row.code for row in book.categories() if row.code in policy.timings]
    return [code for code in codes if _timing(request, policy, code).safety]


def offices(request: ServiceRequest, book: Book, now: datetime) -> list[str]:
    """The codes of the offices it may be sent to; none where it is confidential."""
    if request.confidential:
        return []
    there = [office for office in book.now.offices.values() if office.until is None or office.until > now]
    return sorted(one.code for one in there if one.code != request.office and one.area_class != UNPLACED)


def places(book: Book) -> list[tuple[str, list[tuple[str, str]]]]:
    """Where a request may be whose place nobody knew: the localities of each office, and after its @ the office, for any other."""
    found: dict[str, list[tuple[str, str]]] = {}
    for place in sorted(book.now.localities.values(), key=lambda one: named(one.names)):
        found.setdefault(book.label("office", place.office), []).append((place.code, named(place.names)))
    for office in book.now.offices.values():
        if here := found.get(book.label("office", office.code)):
            here.append((f"@{office.code}", _("Another place of this office")))
    return sorted(found.items())


def codes_of(groups: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> list[str]:
    """The codes that may be chosen from a list in parts."""
    return [code for _heading, options in groups for code, _words in options]


def decided_above(request: ServiceRequest, office: str) -> bool:
    """Whether sending it there is a quarrel that an officer above both offices decides."""
    return office in request.offices and len(request.offices) > 2


def others(file: CaseFile, policy: Policy, book: Book, offers: Offers, *, above: bool) -> list[Other]:
    """Every other category; `above`: whether there is a tier above. Who does the work there may lengthen nothing."""
    request = file.request
    found = [_other(file, policy, book, code) for code in categories(request, policy, book)]
    if above:
        return found
    if offers.handler:
        return [other for other in found if not other.asked]
    return [Other(other.code, other.name, other.then, False, other.confidential) for other in found]


def _other(file: CaseFile, policy: Policy, book: Book, code: str) -> Other:
    request = file.request
    timing = _timing(request, policy, code)
    then = _standard(request, policy, timing)
    longer = (then or NEVER) > (_standard_now(request, policy) or NEVER)
    opened = request.confidential and not timing.confidential
    asked = longer or opened or _later(file, policy, timing) or (request.safety and not timing.safety)
    return Other(code, book.label("category", code), then, asked, timing.confidential)


def _later(file: CaseFile, policy: Policy, timing: Timing) -> bool:
    """Whether the time of who answers now would end later, as `rules.corrections` asks."""
    if file.task is None:
        return False
    entered, tier = file.task.entered, file.task.tier

    def ends(under: Timing) -> datetime:
        time = under.tiers[min(tier, len(under.tiers)) - 1]
        return due(time, entered, (), calendar_of(policy, under, site_of(file.request))) or NEVER

    return ends(timing) > ends(_timing(file.request, policy, file.request.category))


def _timing(request: ServiceRequest, policy: Policy, code: str) -> Timing:
    return timing_of(policy, code, request.area_class)


def _standard(request: ServiceRequest, policy: Policy, timing: Timing) -> datetime | None:
    if timing.standard is None:
        return None
    return due(timing.standard, request.registered_at, (), standard_calendar_of(policy, timing, site_of(request)))


def _standard_now(request: ServiceRequest, policy: Policy) -> datetime | None:
    law = standard_of(request, policy)
    return None if law is None else due(law.time, request.registered_at, (), law.calendar)


def option(other: Other, zone: tzinfo, now: datetime) -> str:
    """A category as it stands in the list: with the time limit it would have."""
    if other.confidential:
        return _("%(category)s (confidential: it leaves your queue)", category=other.name)
    if other.then is None:
        return _("%(category)s: no time limit", category=other.name)
    return _("%(category)s: at the latest %(when)s", category=other.name, when=when(other.then, zone, now=now))


def office_option(request: ServiceRequest, code: str, book: Book) -> str:
    """An office as it stands in the list; it says when sending it there is decided above."""
    name = book.label("office", code)
    if decided_above(request, code):
        return _("%(office)s (an officer above both offices decides)", office=name)
    return name


def groups(
    found: list[Other], decider: str, zone: tzinfo, now: datetime
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The list in its two parts: what is changed at once, and what `decider` is asked first."""
    at_once = [(other.code, option(other, zone, now)) for other in found if not other.asked]
    asked = [(other.code, option(other, zone, now)) for other in found if other.asked]
    if at_once:
        yield _("Changed at once"), at_once
    if asked:
        yield _("Asked first: %(title)s decides", title=decider or _("the next officer above")), asked
