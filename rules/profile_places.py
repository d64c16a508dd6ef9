"""The places of a profile: zones, the head office, offices, localities and feeders."""

from __future__ import annotations

from collections.abc import Mapping

from rules.policy import AREA_CLASSES, UNPLACED
from rules.profile import Feeder, HeadOffice, Locality, Office, Texts, Zone
from rules.profile_texts import Reader, known, named
from rules.toml_table import Table


def read_zones(reader: Reader, table: Table, visiting_hours: Mapping[str, Texts]) -> dict[str, Zone]:
    """The zones by code."""
    zones = {}
    for code, one in table.tables():
        names, addresses = (reader.named_texts(one, key) for key in ("names", "addresses"))
        zones[code] = Zone(code, names, addresses, one.text("phone"), _hours(one, visiting_hours))
        one.close()
    return zones


def read_head_office(reader: Reader, table: Table, visiting_hours: Mapping[str, Texts]) -> HeadOffice:
    """Where the posts of the whole company are found."""
    office = HeadOffice(reader.named_texts(table, "addresses"), table.text("phone"), _hours(table, visiting_hours))
    table.close()
    return office


def _hours(table: Table, visiting_hours: Mapping[str, Texts]) -> Texts:
    """The hours of the calendar a place names, in words."""
    calendar = table.text("calendar")
    there = known(table, "calendar", calendar, visiting_hours, "[visiting_hours] for calendar")
    return visiting_hours[calendar] if there else {}


def read_offices(
    reader: Reader, table: Table, zones: Mapping[str, Zone], visiting_hours: Mapping[str, Texts]
) -> dict[str, Office]:
    """The offices by code; each keeps the visiting hours of its calendar in words."""
    offices = {}
    for code, one in table.tables():
        offices[code] = _office(reader, code, one, visiting_hours)
        known(one, "zone", offices[code].zone, zones, "zone")
        one.close()
    return offices


def _office(reader: Reader, code: str, table: Table, visiting_hours: Mapping[str, Texts]) -> Office:
    since, until = reader.first_instant(table, "from"), reader.last_instant(table, "to")
    if since and until and since >= until:
        table.wrong("to", "is not after from")
    return Office(
        code=code,
        zone=table.text("zone"),
        names=reader.named_texts(table, "names"),
        addresses=reader.named_texts(table, "addresses"),
        phone=table.text("phone"),
        hours=_hours(table, visiting_hours),
        area_class=table.choice("area_class", (*AREA_CLASSES, UNPLACED), "urban"),
        since=since,
        until=until,
    )


def read_visiting_hours(reader: Reader, table: Table) -> dict[str, Texts]:
    """The visiting hours of each calendar in words."""
    hours = {}
    for calendar, one in table.tables():
        hours[calendar] = reader.texts(one)
        one.close()
    return hours


def read_localities(reader: Reader, table: Table, offices: Mapping[str, Office]) -> dict[str, Locality]:
    """The localities by code; one name with one PIN code belongs to one office alone."""
    localities: dict[str, Locality] = {}
    owners: dict[tuple[str, str, str], str] = {}
    for code, one in table.tables():
        locality = localities[code] = Locality(
            code, one.text("office"), reader.texts(one), one.text("pin", ""), one.listed("also", ())
        )
        one.close()
        known(one, "office", locality.office, offices, "office")
        for language, name in locality.names.items():
            owner = owners.setdefault((language, name.casefold(), locality.pin), locality.office)
            if name and owner != locality.office:
                one.wrong("office", f"{name} is owned by two offices, {owner} and {locality.office}")
    return localities


def read_feeders(
    reader: Reader, table: Table, offices: Mapping[str, Office], localities: Mapping[str, Locality]
) -> dict[str, Feeder]:
    """The feeders by code; a feeder supplies localities of its own office."""
    feeders = {}
    for code, one in table.tables():
        office = one.text("office")
        names = reader.texts(one)
        supplied = named(one, "localities", one.listed("localities"), localities, "locality")
        one.close()
        known(one, "office", office, offices, "office")
        for locality in supplied:
            if localities[locality].office != office:
                one.wrong("localities", f"{locality} belongs to office {localities[locality].office}, not to {office}")
        feeders[code] = Feeder(code, office, names, supplied)
    return feeders
