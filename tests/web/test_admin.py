"""The administrators' table of timings: several at once, a new version each time, nothing lost and nothing overwritten."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import httpx2
import pytest
from sqlmodel import col, select

from embedded.postgres import Postgres
from models import policy_versions
from models.audit import Audit
from models.policy import Names, PolicyVersion
from models.policy_proposals import OtherBase, PolicyProposal, import_toml
from rules import policy_toml
from rules.policy import BadPolicy, Policy, days, timing_of
from tests.sweeping import swept
from tests.web.desk_town import Desk, opened, plain
from tests.wellformed import well_formed
from tests.world import demo_profile
from web.admin.grid import Edited, edit, grid

ADMIN, AUDITOR, OFFICER = "vimla", "yusuf", "asha"


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


async def in_force(desk: Desk) -> Policy:
    return await desk.onewindow.database.read(policy_versions.current)


def table(page: str) -> dict[str, str]:
    """Every field of the form as it would be sent."""
    fields = dict(re.findall(r'<input id="([^"]+)" name="[^"]+" value="([^"]*)"', page))
    for name, options in re.findall(r'<select id="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base
    return {**fields, "base": base[1]}


async def save(desk: Desk, fields: dict[str, str], who: str = ADMIN) -> httpx2.Response:
    return await (await desk.of(who)).post("/admin", data=fields)


async def test_several_times_changed_at_once_become_one_version_that_new_complaints_use(desk: Desk) -> None:
    old = await desk.town.file("no-supply")
    before = await in_force(desk)
    fields = table(await desk.page(ADMIN, "/admin"))
    fields |= {
        "no-supply.tier1": "1h 30m",
        "no-supply.tier2": "45m",
        "wire-down.standard": "5h",
        "note": "The order of June",
    }
    answer = await save(desk, fields)
    assert answer.status_code == 303
    page = plain(await desk.page(ADMIN, answer.headers["location"]))
    assert f"Saved as version {before.version + 1}." in page
    after = await in_force(desk)
    assert [str(tier) for tier in after.timings["no-supply"].tiers] == ["90m", "45m", "90m"]
    assert str(after.timings["wire-down"].standard) == "5h"
    new = await desk.town.file("no-supply")
    assert (await desk.town.row(old)).policy_version == before.version
    assert (await desk.town.row(new)).policy_version == after.version


async def test_the_audit_keeps_before_and_after_and_the_version_shows_its_difference(desk: Desk) -> None:
    fields = table(await desk.page(ADMIN, "/admin"))
    number = int(
        (await save(desk, fields | {"burnt-meter.accept": "3h", "note": "Fewer crews"}))
        .headers["location"]
        .split("=")[1]
    )
    async with desk.onewindow.sessions() as session:
        audit = (await session.exec(select(Audit).order_by(col(Audit.id).desc()).limit(1))).one()
    assert audit.before == {"complaint.burnt-meter.accept": "2h"}
    assert audit.after == {"complaint.burnt-meter.accept": "3h"}
    assert (audit.note, audit.subject) == ("Fewer crews", str(number))
    shown = plain(await desk.page(AUDITOR, f"/admin/versions/{number}"))
    assert "Burnt meter, Take up within 2h 3h" in shown
    assert "Fewer crews" in plain(await desk.page(AUDITOR, "/admin/audit"))
    assert "Vimla Example" in plain(await desk.page(AUDITOR, "/admin/versions"))
    await desk.page(AUDITOR, "/admin/versions/999", 404)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("no-supply.tier1", "soon"),
        ("no-supply.tier1", ""),
        ("no-supply.tier2", "none"),
        ("no-supply.tier3", "0m"),
        ("no-supply.accept", "31 days"),
        ("no-supply.standard", "-4h"),
        ("no-supply.confirm", "1 fortnight"),
        ("no-supply.calendar", "moon"),
        ("no-supply@rural.standard", "99999 days"),
        ("note", ""),
        ("note", "x" * 501),
    ],
)
async def test_a_time_that_is_none_saves_nothing_and_keeps_what_was_typed(desk: Desk, name: str, typed: str) -> None:
    before = await in_force(desk)
    fields = table(await desk.page(ADMIN, "/admin"))
    answer = await save(desk, fields | {"voltage.tier1": "3 working days", "note": "A note", name: typed})
    assert answer.status_code == 422
    well_formed(answer.text)
    assert f'href="#{name}"' in answer.text
    assert 'value="3 working days"' in answer.text
    assert await in_force(desk) == before


async def test_saving_without_a_change_is_no_version(desk: Desk) -> None:
    before = await in_force(desk)
    answer = await save(desk, table(await desk.page(ADMIN, "/admin")) | {"note": "Nothing"})
    assert answer.status_code == 422
    assert "Nothing is different" in plain(answer.text)
    assert (await in_force(desk)).version == before.version


async def test_who_saves_over_somebody_is_told_and_overwrites_nothing(desk: Desk) -> None:
    fields = table(await desk.page(ADMIN, "/admin"))
    assert (await save(desk, fields | {"wire-down.standard": "200m", "note": "First"})).status_code == 303
    stage = {"name-change/record.tier1": "2 hours"}
    answer = await save(desk, fields | {"sparks.standard": "3h", "note": "Second", **stage})
    assert answer.status_code == 409
    assert "somebody saved version" in plain(answer.text)
    assert f", Time limit by regulation: {fields['wire-down.standard']} → 200m" in plain(answer.text)
    again = table(answer.text)
    assert (again["sparks.standard"], again["wire-down.standard"], again["note"]) == ("3h", "200m", "Second")
    assert again.items() >= stage.items()
    assert (await save(desk, again)).status_code == 303
    policy = await in_force(desk)
    assert str(policy.procedures["name-change"].stages["record"].timing.tiers[0]) == "2h"
    assert str(policy.timings["sparks"].standard) == "3h"
    assert str(policy.timings["wire-down"].standard) == "200m"


async def test_an_area_class_follows_its_category_where_it_says_nothing_else(desk: Desk) -> None:
    fields = table(await desk.page(ADMIN, "/admin"))
    assert fields["wire-down@rural.tier1"] == ""
    answer = await save(
        desk, fields | {"wire-down.tier1": "25m", "wire-down@rural.standard": "20h", "note": "Villages"}
    )
    assert answer.status_code == 303
    policy = await in_force(desk)
    rural = timing_of(policy, "wire-down", "rural")
    assert (str(rural.tiers[0]), str(rural.standard)) == ("25m", "20h")


async def test_stages_limits_of_applications_and_recovery_are_changed_with_the_rest(desk: Desk) -> None:
    before = await in_force(desk)
    page = await desk.page(ADMIN, "/admin")
    fields = table(page)
    assert "new-connection/standard/1.standard" not in fields  # it ended in 2024
    assert page.count('<details class="group" open>') == 1
    typed = {
        "new-connection/visit.tier1": "4 hours",
        "new-connection/standard/2.standard": "1 week",
        "new-connection/standard/4.standard": "2 weeks",
        "disconnection/.confirm": "2 days",
        "billing-old-dues@recovery.tier1": "6 hours",
        "note": "One sheet",
    }
    answer = await save(desk, fields | typed)
    assert answer.status_code == 303
    after = await in_force(desk)
    number = after.version
    assert number == before.version + 1
    shown = plain(await desk.page(AUDITOR, f"/admin/versions/{number}"))
    assert "New connection, Visit to the place, Time of each officer" in shown
    assert "New connection, Time limit by regulation, village, Time 15 days 14 days" in shown
    changed = {".".join(one.path): one.after for one in policy_versions.differences(before, after)}
    assert changed == {
        "complaint.billing-old-dues.recovery_tiers": "6h, 1 working day, 1 working day",
        "procedure.new-connection.standard.4 rural.time": "14 days",
        "procedure.new-connection.stage.visit.tiers": "4h, 1 working day, 1 working day",
        "procedure.disconnection.confirm": "2 days",
    }


def test_what_is_sent_as_it_stands_changes_nothing() -> None:
    policy = demo_profile().policy
    fields = {cell.name: cell.text for row in grid(policy) for cell in row.cells}
    assert len(fields) == sum(len(row.cells) for row in grid(policy))
    assert edit(policy, fields) == Edited(policy, {}) == edit(policy, {})


async def test_a_wrong_time_of_a_stage_opens_its_group_and_saves_nothing(desk: Desk) -> None:
    before = await in_force(desk)
    fields = table(await desk.page(ADMIN, "/admin")) | {"note": "Few crews"}
    bad = {
        "meter-shift/visit.tier1": "none",
        "meter-shift/visit.calendar": "moon",
        "meter-shift/standard/2.standard": "none",
        "meter-shift/.confirm": "500 days",
    }
    wrong = await save(desk, fields | bad)
    assert wrong.status_code == 422
    assert all(f'href="#{name}"' in well_formed(wrong.text) for name in bad)
    assert "Move the meter or the line, Visit to the place: Write a length of time" in plain(wrong.text)
    assert re.findall(r'<details class="group" open>\s*<summary id="([^"]*)"', wrong.text) == ["of-", "of-meter-shift"]
    assert await in_force(desk) == before


async def test_only_who_tunes_may_save_and_only_who_tunes_or_audits_may_look(desk: Desk) -> None:
    page = await desk.page(AUDITOR, "/admin")
    assert "Save as a new version" not in page
    before = (await in_force(desk)).version
    assert (await save(desk, {"base": str(before), "note": "x"}, who=AUDITOR)).status_code == 403
    for address in ("/admin", "/admin/versions", "/admin/audit", "/admin/messages", "/admin/policy.toml"):
        await desk.page(OFFICER, address, 403)
    assert (await in_force(desk)).version == before


async def test_a_form_of_no_version_is_refused(desk: Desk) -> None:
    assert (await save(desk, {"note": "x"})).status_code == 409
    assert (await save(desk, {"base": "12345", "note": "x"})).status_code == 409


async def test_what_is_exported_is_imported_as_the_same_and_a_changed_file_as_the_next_version(desk: Desk) -> None:
    async with desk.onewindow.sessions.begin() as session:
        text = await policy_versions.export_toml(session)
        number = (await policy_versions.newest(session)).number
        assert await import_toml(session, text, "Again", None, desk.town.now) == (number, None)
        part = '[complaint.no-supply]\ntiers = ["1s", "1s", "2s"]\n'
        assert await import_toml(session, part, "Seconds", None, desk.town.now) == (number + 1, None)
    after = await in_force(desk)
    assert [str(tier) for tier in after.timings["no-supply"].tiers] == ["1s", "1s", "2s"]
    assert after.timings["no-supply"].ladder == "supply"
    assert (await (await desk.of(ADMIN)).get("/admin/policy.toml")).text.count("[complaint.no-supply]") == 1


async def test_a_changed_stage_is_the_next_version_and_told_by_its_name(desk: Desk) -> None:
    async with desk.onewindow.sessions.begin() as session:
        text = await policy_versions.export_toml(session)
        number = (await policy_versions.newest(session)).number
        before, mark, own = text.partition("[procedure.new-connection]")
        changed = before + mark + own.replace('tiers = ["2 working days", ', 'tiers = ["1 working day", ', 1)
        assert await import_toml(session, changed, "Papers", None, desk.town.now) == (number + 1, None)
    documents = (await in_force(desk)).procedures["new-connection"].stages["documents"]
    assert str(documents.timing.tiers[0]) == "1 working day"
    page = await desk.page(ADMIN, f"/admin/versions/{number + 1}")
    assert "New connection, Check of the papers, Time of each officer" in page


async def test_the_words_of_procedures_are_kept_with_their_sentences(desk: Desk) -> None:
    book = desk.onewindow.book
    assert book.label("stage", "handover") == "Switching on"
    assert book.label("refuse_reason", "old-dues") == "Old dues at this place"
    paper, procedure = book.row("paper", "landlord-consent"), book.row("procedure", "new-connection")
    assert paper is not None
    assert paper.data["descriptions"]["en"] == "A letter in which your landlord agrees to the connection"
    assert procedure is not None
    assert procedure.data["icon"] == "plus"
    assert [row.code for row in book.all("procedure")][:2] == ["new-connection", "load-change"]
    assert book.value("currency") == "INR"


async def test_a_broken_file_or_no_note_is_no_version(desk: Desk) -> None:
    async with desk.onewindow.sessions.begin() as session:
        count = len((await session.exec(select(PolicyVersion.number))).all())
        with pytest.raises(BadPolicy):
            await import_toml(session, '[complaint.no-supply]\ntiers = ["1h"]\n', "x", None, desk.town.now)
        with pytest.raises(policy_versions.NoteMissing):
            await import_toml(session, '[complaint.no-supply]\naccept = "9m"\n', " ", None, desk.town.now)
        assert len((await session.exec(select(PolicyVersion.number))).all()) == count


async def test_a_file_cannot_take_away_the_last_danger_nor_change_timings_it_was_not_made_from(desk: Desk) -> None:
    policy = await in_force(desk)
    dangers = [code for code, timing in policy.timings.items() if timing.safety]
    safe = replace(policy, timings={code: one for code, one in policy.timings.items() if code not in dangers})
    safe = replace(safe, areas={key: one for key, one in policy.areas.items() if key[0] in safe.timings})
    older = policy_toml.export(
        replace(policy, version=policy.version + 7, limits=replace(policy.limits, hold_limit=days(2)))
    )
    async with desk.onewindow.sessions.begin() as session:
        with pytest.raises(BadPolicy) as refused:
            await import_toml(session, policy_toml.export(safe), "x", None, desk.town.now)
        assert [one.key for one in refused.value.problems] == [f"complaint.{code}" for code in dangers]
        with pytest.raises(OtherBase, match=f"no. {policy.version + 7}, but no. {policy.version} are in force"):
            await import_toml(session, older, "x", None, desk.town.now)
    assert (await in_force(desk)).version == policy.version


async def test_a_sort_or_a_zone_nobody_knows_is_refused_by_its_field_and_nothing_is_begun(desk: Desk) -> None:
    before = (await in_force(desk)).version
    for longer in ("89m", "95m"):
        for field, said in (
            ("apply_category", "no such sort"),
            ("apply_zone", "no such zone"),
            ("apply", "Choose which"),
        ):
            sent = table(await desk.page(ADMIN, "/admin")) | {"no-supply.tier3": longer, "note": "x", "apply": "all"}
            answer = await save(desk, sent | {field: "tier99" if field == "apply" else "moon", "rate": "77"})
            assert answer.status_code == 422
            page = well_formed(answer.text)
            assert said in plain(page)
            assert f'id="{field}"' in page
            assert 'value="77"' in page
    assert (await in_force(desk)).version == before
    async with desk.onewindow.sessions() as session:
        assert not (await session.exec(select(PolicyProposal))).all()


@pytest.mark.parametrize("language", swept("the other languages", "ur", "en", "hi"))
async def test_the_pages_are_well_formed_in_every_language(desk: Desk, language: str) -> None:
    for address in ("/admin", "/admin/versions", "/admin/versions/1", "/admin/audit", "/admin/messages"):
        assert f'<html lang="{language}"' in await desk.page(ADMIN, f"{address}?lang={language}")
    await (await desk.of(ADMIN)).get("/admin?lang=en")


DOUBTFUL = """
[complaint.voltage]
accept = "5h"
tiers = ["4h", "4h", "1h"]
standard = "4h"
"""


@pytest.mark.parametrize(
    ("language", "late", "idle"),
    [
        pytest.param("en", "Time of each officer: Filed on ", "Take up within: 5 hours never end", id="en"),
        pytest.param("hi", "शिकायत", "5 घंटे", id="hi"),
        pytest.param("ur", "شکایت", "5 گھنٹے", id="ur"),
    ],
)
async def test_doubtful_timings_are_told_in_the_readers_language(
    desk: Desk, language: str, late: str, idle: str
) -> None:
    async with desk.onewindow.sessions.begin() as session:
        doubtful = await policy_versions.read_toml(session, DOUBTFUL)
        with suppress(policy_versions.NothingChanged):
            await policy_versions.save(session, doubtful, "Doubtful", None, desk.town.now)
    page = await desk.page(ADMIN, f"/admin?lang={language}")
    told = plain(f"<main{page.partition('<details')[2].partition('</details>')[0]}")
    assert late in told
    assert idle in told
    assert ("becomes answerable" in told, "Filed on" in told) == (False, language == "en")
    await (await desk.of(ADMIN)).get("/admin?lang=en")


async def test_messages_that_reached_nobody_are_listed_without_addresses(desk: Desk) -> None:
    desk.town.sms.refusing = True
    reference = await desk.town.file("no-supply", phone="+919810000077")
    await desk.town.post()
    desk.town.sms.refusing = False
    shown = plain(await desk.page(ADMIN, "/admin/messages"))
    assert f"{reference[:4]}-{reference[4:8]}-{reference[8]}" in shown
    assert "Could not be sent" in shown
    assert "9810000077" not in shown
    assert "http://caught.example/" in await desk.page(ADMIN, "/admin/messages")


async def test_only_the_languages_the_utility_speaks_are_offered(desk: Desk) -> None:
    book = desk.onewindow.book
    before = book.now
    spoken = Names(kind="utility", code="languages", data={"value": ["en", "ur"]})
    book.now = replace(before, names={**before.names, ("utility", "languages"): spoken})
    try:
        page = await desk.page(ADMIN, "/admin/audit")
    finally:
        book.now = before
    offered = re.findall(r'hreflang="(\w+)"', page)
    assert offered == ["en", "ur"]


async def test_the_audit_is_searched_checked_and_taken_away(desk: Desk) -> None:
    fields = table(await desk.page(ADMIN, "/admin"))
    assert (await save(desk, {**fields, "burnt-meter.tier1": "7h", "note": "=Monsoon crews"})).status_code == 303
    found = plain(await desk.page(AUDITOR, "/admin/audit?words=monsoon&what=policy"))
    assert "=Monsoon crews" in found
    assert "Nothing like this is on record" in plain(await desk.page(AUDITOR, "/admin/audit?words=monsoon&what=people"))
    assert "Monsoon" not in plain(await desk.page(AUDITOR, "/admin/audit?until=2001-01-01"))
    assert "This is not a day" in plain(await desk.page(AUDITOR, "/admin/audit?since=yesterday", 422))
    assert "as they were written" in plain(await desk.page(AUDITOR, "/admin/audit?check=1"))
    file = await (await desk.of(AUDITOR)).get("/admin/audit.csv?words=monsoon")
    assert file.headers["content-type"].startswith("text/csv")
    assert [line.count("'=Monsoon crews") for line in file.text.splitlines()] == [0, 1]
