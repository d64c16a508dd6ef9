"""What a profile offers and says: categories with their causes, holidays, channels, the forum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from rules.hours import BadCalendar, week_from
from rules.profile import Category, ChannelPlan, Choice, Forum, Holiday, Texts
from rules.profile_texts import Reader, named
from rules.toml_table import Table

HolidaySource = Callable[[str, str | None, int], Mapping[date, str]]
"""The public holidays of a country (and subdivision) in a year, by day; LookupError where there are none to be had."""

ESTIMATED = "(estimated)"
FIRST_YEAR, LAST_YEAR = 2000, 2100


def read_categories(reader: Reader, table: Table, causes: Mapping[str, Choice]) -> dict[str, Category]:
    """The categories by code, in the order of the file."""
    categories = {}
    for order, (code, one) in enumerate(table.tables(), 1):
        categories[code] = Category(
            code=code,
            labels=reader.named_texts(one, "label"),
            descriptions=reader.named_texts(one, "description"),
            icon=one.text("icon"),
            order=order,
            causes=named(one, "causes", one.listed("causes"), causes, "cause"),
            emergency=one.flag("emergency"),
            message=reader.maybe_texts(one, "message"),
        )
        one.close()
    if not categories:
        table.wrong("", "is missing or empty")
    return categories


def read_holidays(reader: Reader, table: Table, source: HolidaySource) -> tuple[Holiday, ...]:
    """The holidays in order of time: those of the country, those of every year, and single ones, which win."""
    days: dict[date, Holiday] = {}
    years = table.value("years", [])
    if not isinstance(years, list) or not all(isinstance(y, int) and FIRST_YEAR <= y <= LAST_YEAR for y in years):
        table.wrong("years", "is no list of years")
        years = []
    for year in years:
        days |= _of_the_country(reader, table, source, year)
        days |= _of_the_year(reader, table.table("annual", False), year)
    days |= _single(reader, table.table("dates", False))
    table.close()
    return tuple(days[day] for day in sorted(days))


def _of_the_country(reader: Reader, table: Table, source: HolidaySource, year: int) -> dict[date, Holiday]:
    country, subdivision = table.text("country", ""), table.text("subdivision", "")
    if not country:
        return {}
    try:
        found = source(country, subdivision or None, year)
    except LookupError as error:
        table.wrong("country", f"no holidays are known of {country} {subdivision}".rstrip() + f": {error}")
        return {}
    return {day: _moving(reader, day, name) for day, name in found.items()}


def _moving(reader: Reader, day: date, name: str) -> Holiday:
    plain = " ".join(name.replace(ESTIMATED, "").split())
    return Holiday(day, dict.fromkeys(reader.languages, plain), ESTIMATED in name)


def _of_the_year(reader: Reader, table: Table, year: int) -> dict[date, Holiday]:
    days = {}
    for key, one in table.tables():
        try:
            day = date.fromisoformat(f"{year}-{key}")
        except ValueError:
            table.wrong(key, f"is no day of {year}; write month and day like 01-26")
            continue
        days[day] = Holiday(day, reader.texts(one))
        one.close()
    return days


def _single(reader: Reader, table: Table) -> dict[date, Holiday]:
    days = {}
    for key, one in table.tables():
        try:
            day = date.fromisoformat(key)
        except ValueError:
            table.wrong(key, "is no date; write one like 2027-03-22")
            continue
        days[day] = Holiday(day, reader.texts(one), one.flag("estimated"))
        one.close()
    return days


def read_channels(reader: Reader, table: Table) -> dict[str, ChannelPlan]:
    """The channels by code."""
    channels = {}
    for code, one in table.tables():
        language = one.choice("language", ("recipient", *reader.languages), "recipient")
        quiet = one.text("quiet", "")
        if quiet and not _is_span(quiet):
            one.wrong("quiet", f"{quiet!r} is no span; write 21:30-07:00")
        channels[code] = ChannelPlan(code, None if language == "recipient" else language, quiet or None)
        one.close()
    return channels


def _is_span(text: str) -> bool:
    try:
        week_from({"mon": [text]}, "quiet")
    except BadCalendar:
        return False
    return True


def read_forum(reader: Reader, table: Table) -> Forum:
    """Where a consumer may go when the ladder has ended."""
    texts: dict[str, Texts] = {key: reader.named_texts(table, key) for key in ("names", "addresses", "texts")}
    forum = Forum(texts["names"], texts["addresses"], texts["texts"], table.text("phone", ""))
    table.close()
    return forum
