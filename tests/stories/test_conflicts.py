"""Who is given the work: what concerns an officer himself passes him by, as an event; groups, ability and load decide the rest."""

from __future__ import annotations

from models import absences
from models.people import Fill, Post
from models.policy import Names
from models.requests import Connection, Consumer, ServiceRequest
from rules.terms import Act, EventKind
from tests.stories.test_absences import number
from tests.stories.test_the_ladder import at
from tests.timeline import Timeline


async def skipped(town: Timeline, reference: str, kind: EventKind) -> list[tuple[int, str]]:
    """The tiers that line of history passed over, and why."""
    event = next(one for one in await town.events(reference) if one.kind == kind)
    return [(one["tier"], one["why"]) for one in event.data.get("skipped", ())]


async def test_an_officers_own_complaint_goes_to_his_colleague_and_never_to_his_own_post(town: Timeline) -> None:
    town.now = at("10:00")
    complaints = [await town.file("no-supply", phone="+91 55500 00101") for _ in range(3)]
    assert {(await town.task(one)).handler for one in complaints} == {"relationship-officer-gizri-2"}


async def test_the_only_officer_of_an_office_is_passed_over_and_the_manager_has_it_at_once(town: Timeline) -> None:
    town.now = at("10:00")
    complaint = await town.file("no-supply", locality="defence-1", email="Danish@demo.example", phone=None)
    task = await town.task(complaint)
    assert (task.handler, task.answerable, task.tier) == ("service-manager-defence", "service-manager-defence", 2)
    assert await skipped(town, complaint, EventKind.ASSIGNED) == [(1, "concerned")]


async def test_a_managers_own_complaint_goes_from_his_officer_to_the_zone_head(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply", phone="+915550000103")
    await town.officer(complaint, Act.ACCEPT, (await town.task(complaint)).handler)
    await town.until(at("19:31"))
    assert (await town.task(complaint)).answerable == "zone-head-south"
    assert await skipped(town, complaint, EventKind.ESCALATED) == [(2, "concerned")]


async def test_a_report_of_conduct_never_reaches_the_one_named_nor_those_under_him(town: Timeline) -> None:
    town.now = at("10:00")
    report = await town.file("conduct", phone=None, about="vigilance-head")
    task, row = await town.task(report), await town.row(report)
    assert (task.handler, task.answerable) == ("managing-director", "managing-director")
    async with town.sessions() as session:
        people = (await session.get(ServiceRequest, report) or row).concerned
    assert len(people) == 2, "the head of vigilance and the officer under him"
    plain = await town.file("conduct", phone=None, about="service-manager-gizri")
    assert (await town.task(plain)).handler == "vigilance-officer"
    concerned = (await town.row(plain)).concerned
    assert {await number(town, who) for who in ("asha", "bilal", "chitra")} <= set(concerned)
    assert await number(town, "danish") not in concerned


async def test_a_report_that_writes_a_name_never_reaches_who_is_called_so_nor_those_under_him(town: Timeline) -> None:
    town.now = at("10:00")
    asha, bilal, chitra, danish = [await number(town, who) for who in ("asha", "bilal", "chitra", "danish")]
    written = {
        "Chitra Example": {asha, bilal, chitra},
        "mr. BILAL example": {bilal},
        "the lineman Bilaal": {bilal},
        "Danish": set(),
        "Example": {asha, bilal, chitra},
        "nobody we know": set(),
    }
    for called, people in written.items():
        row = await town.row(await town.file("conduct", phone=None, called=called, locality="gizri"))
        assert set(row.concerned) & {asha, bilal, chitra, danish} == people, called
    both = await town.file("conduct", phone=None, called="Bilal", about="vigilance-head")
    assert (await town.task(both)).handler == "managing-director"
    assert bilal in (await town.row(both)).concerned
    plain = await town.file("no-supply", called="Chitra Example")
    assert (await town.row(plain)).concerned == []


async def test_what_is_not_confidential_names_nobody(town: Timeline) -> None:
    town.now = at("10:00")
    complaint = await town.file("no-supply", about="service-manager-gizri")
    assert (await town.row(complaint)).concerned == []


async def test_a_large_load_goes_to_its_own_manager_and_others_to_who_is_able_and_not_full(town: Timeline) -> None:
    town.now = at("10:00")
    danish = await number(town, "danish")
    async with town.sessions.begin() as session:
        group = {"role": "client_manager", "beside": "relationship_officer", "above_kw": 100}
        session.add(Names(kind="segment", code="large", place=0, labels={"en": "Large load"}, data=group))
        session.add(Post(code="client-manager", role="client_manager", rights="handle", scope="company"))
        session.add(consumer := Consumer(name="A mill"))
        await session.flush()
        session.add(Connection(account="700001", consumer_id=consumer.id or 0, locality="gizri", load_kw=250))
        session.add(Fill(post="client-manager", person=danish, since=at("00:00")))
        await absences.set_work(session, "relationship-officer-gizri-1", ["voltage"], None, town.now, None)
        await absences.set_work(session, "relationship-officer-gizri-2", [], 1, town.now, None)
    mill = await town.file("no-supply", account="700001", locality=None)
    task = await town.task(mill)
    assert (task.handler, task.answerable, task.tier) == ("client-manager", "client-manager", 1)
    await town.officer(mill, Act.ACCEPT, "client-manager")
    await town.until(at("11:31"))
    assert (await town.task(mill)).answerable == "service-manager-gizri", "above him, the office's own line"
    handlers = [(await town.task(await town.file("no-supply"))).handler for _ in range(2)]
    assert handlers == ["relationship-officer-gizri-2"] * 2, "full, but the only one who can"
    assert (await town.task(await town.file("voltage"))).handler == "relationship-officer-gizri-1"
