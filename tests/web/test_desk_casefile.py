"""An officer's page of a request: what it shows, what it offers, and what becomes of an action."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from activities.record import Record
from embedded.postgres import Postgres
from models.casefile import case_file
from models.people import Staff
from models.posts import FilledPost
from models.tray import put
from rules.messages import ItIsTime, Look, Take
from rules.terms import Act, Actor, Refused
from tests.again import again
from tests.sweeping import swept
from tests.timeline import IDS
from tests.web.desk_town import Desk, opened, plain
from web.desk.actions import Offers
from web.desk.allowed import offers_for
from web.desk.forms import Choices, read

ASHAS = "relationship-officer-gizri-1"
RO, OTHER_RO, SM, ZH = "asha", "bilal", "chitra", "jaya"
FIELDS = {
    Act.EXPECT: {"reason": "crew-on-the-way", "quick": "2h"},
    Act.HOLD: {"reason": "premises-locked"},
    Act.RESOLVE: {"cause": "fuse-blown", "words": "The fuse at the pole was changed."},
    Act.GIVE: {"post": "relationship-officer-gizri-2"},
    Act.DIRECT: {"words": "Go there now."},
    Act.ESCALATE: {"words": "It needs a new transformer."},
    Act.CORRECT: {"category": "transformer"},
    Act.TRANSFER: {"office": "rehri"},
    Act.REJECT: {"reason": "own-wiring", "words": "Only his own wiring."},
    Act.RAISE: {"category": "sparks"},
    Act.NOTE: {"words": "Rang the consumer."},
    Act.MESSAGE: {"words": "Is your neighbour dark too?"},
}
PUT_RIGHT = {"cause": "fuse-blown", "words": "The fuse at the pole was changed."}


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        await town.work_goes_to(ASHAS)
        yield town


@pytest.fixture
def pen(desk: Desk) -> Record:
    """The town's own pen."""
    door: Any = desk.town.door
    record: Record = door.record
    return record


@pytest.fixture(autouse=True)
def _time_passes_for_this_test_alone(desk: Desk) -> None:
    desk.town.references.clear()


async def filed(desk: Desk, category: str = "no-supply", **more: str) -> str:
    """A complaint that is Asha's."""
    reference = await desk.town.file(category, **more)
    assert (await desk.town.task(reference)).handler == ASHAS
    return reference


async def climbed(desk: Desk) -> str:
    """A complaint Asha took up in time and did not finish, so that the service manager answers for it now."""
    reference = await filed(desk)
    await desk.town.officer(reference, Act.ACCEPT, ASHAS)
    await desk.town.hours_pass(1.6)
    return reference


def local(desk: Desk, **later: float) -> str:
    """A time from now as a browser's date and time field sends it."""
    return local_at(desk, desk.town.now + timedelta(**later))


def local_at(desk: Desk, at: datetime) -> str:
    """An instant as a browser's date and time field sends it."""
    return at.astimezone(desk.onewindow.zone).strftime("%Y-%m-%dT%H:%M")


async def test_the_page_says_how_it_stands_and_offers_one_main_action(desk: Desk) -> None:
    reference = await filed(desk, name="Meena Example", address="House 7")
    page = await desk.page(RO, f"/desk/requests/{reference}")
    words = plain(page)
    for shown in ("No supply", "Not taken up yet", "Relationship officer 1, Gizri", "Service manager, Gizri",
                  "Zone head, South zone", "Due in 1 h 30 min", "Due in 4 h", "Meena Example", "House 7",
                  "The light is gone in our lane.", "+919810000001"):  # fmt: skip
        assert shown in words
    assert page.count("button main") == 1
    assert f'action="/desk/requests/{reference}/accept"' in page
    assert 'action="/desk/requests/' + reference + '/direct"' not in page


async def test_taking_up_and_saying_when(desk: Desk) -> None:
    reference = await filed(desk)
    answer = await desk.act(RO, reference, "accept")
    assert answer.status_code == 303
    page = await desk.page(RO, answer.headers["location"])
    assert "Done: Take it up." in plain(page)
    assert 'id="act-resolve"' in page.partition('details class="more"')[0]
    answer = await desk.act(RO, reference, "expect", reason="crew-on-the-way", quick="1h")
    assert answer.status_code == 303, plain(answer.text)
    assert (await desk.town.row(reference)).expected_at == desk.town.now + timedelta(hours=1)
    assert "Expected time told to the consumer" in plain(await desk.page(RO, f"/desk/requests/{reference}"))


async def test_a_form_that_cannot_be_taken_comes_back_as_typed(desk: Desk) -> None:
    reference = await filed(desk)
    answer = await desk.act(
        RO, reference, "resolve", cause="no-such-cause", words="Changed the <fuse>", put_right=local(desk, hours=2)
    )
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert "Changed the &lt;fuse&gt;" in answer.text
    assert 'href="#resolve-cause"' in answer.text
    assert 'id="resolve-cause"' in answer.text
    assert 'href="#resolve-put_right"' in answer.text
    assert await desk.town.kinds(reference) == ["registered", "assigned"]


@pytest.mark.parametrize(
    ("act", "fields", "wrong"),
    [
        pytest.param("note", {"words": "  "}, ["words"], id="an empty note"),
        pytest.param("note", {"words": "x" * 2001}, ["words"], id="a note too long"),
        pytest.param("expect", {"quick": "1h"}, ["reason"], id="no reason"),
        pytest.param("expect", {"reason": "crew-on-the-way"}, ["until"], id="no time"),
        pytest.param("expect", {"reason": "crew-on-the-way", "until": "soon"}, ["until"], id="no time at all"),
        pytest.param("expect", {"reason": "crew-on-the-way", "until": "2027-05-10T11:59"}, ["until"], id="in the past"),
        pytest.param("hold", {"reason": "lunch"}, ["reason"], id="an unknown reason"),
        pytest.param("resolve", {"cause": "fuse-blown", "put_right": "2027-05-10T12:00"}, ["words"], id="nothing done"),
        pytest.param("give", {"post": "managing-director"}, ["post"], id="to a post out of reach"),
        pytest.param("escalate", {}, ["words"], id="without a reason"),
        pytest.param("direct", {"words": "Go", "by": "2027-13-40T99:99"}, ["by"], id="an impossible date"),
        pytest.param("correct", {"category": "no-supply"}, ["category"], id="to the category it has"),
        pytest.param("correct", {"category": "wire-down"}, ["category"], id="to danger by the quiet way"),
        pytest.param("transfer", {"office": "gizri"}, ["office"], id="to the office it is at"),
        pytest.param("reject", {"reason": "not-ours", "words": "Not ours."}, ["reason"], id="not ours is no reason"),
        pytest.param("reject", {"reason": "own-wiring"}, ["words"], id="rejected without a word"),
        pytest.param("raise", {"category": "voltage"}, ["category"], id="a danger that is none"),
    ],
)
async def test_what_is_wrong_is_said_by_field(desk: Desk, act: str, fields: dict[str, str], wrong: list[str]) -> None:
    reference = await filed(desk)
    answer = await desk.act(RO, reference, act, **fields)
    assert answer.status_code == 422
    for name in wrong:
        assert f'href="#{act}-{name}"' in answer.text
    assert await desk.town.kinds(reference) == ["registered", "assigned"]


async def test_the_same_form_sent_twice_counts_once(desk: Desk) -> None:
    reference = await filed(desk)
    page = await desk.page(RO, f"/desk/requests/{reference}")
    first = await desk.act(RO, reference, "note", page=page, words="Rang, no answer.")
    second = await desk.act(RO, reference, "note", page=page, words="Rang, no answer.")
    assert first.headers["location"] == second.headers["location"]
    assert (await desk.town.kinds(reference)).count("noted") == 1


async def test_an_action_on_an_old_page_is_refused_with_what_happened_and_keeps_the_text(desk: Desk) -> None:
    reference = await climbed(desk)
    old = await desk.page(RO, f"/desk/requests/{reference}")
    assert (await desk.act(SM, reference, "take_over")).status_code == 303
    answer = await desk.act(RO, reference, "resolve", page=old, put_right=local(desk, minutes=-5), **PUT_RIGHT)
    assert answer.status_code == 409
    words = plain(answer.text)
    assert "Something changed here meanwhile" in words
    assert "The service manager, Gizri took over the work" in words
    assert "Chitra Example" in words
    assert PUT_RIGHT["words"] in words
    assert (await desk.town.row(reference)).state != "resolved"


async def test_an_action_is_kept_while_the_workflows_are_away(desk: Desk) -> None:
    reference = await filed(desk)
    page = await desk.page(RO, f"/desk/requests/{reference}")
    door: Any = desk.town.door
    door.away = True
    try:
        answer = await desk.act(RO, reference, "accept", page=page)
    finally:
        door.away = False
    assert answer.status_code == 303
    waiting = answer.headers["location"]
    assert "sent=" in waiting
    answer = await desk.act(RO, reference, "accept", page=page)
    assert answer.status_code == 303
    assert "Done: Take it up." in plain(await desk.page(RO, waiting))
    assert (await desk.town.kinds(reference)).count("accepted") == 1


async def test_holding_resuming_resolving_and_the_page_of_each_state(desk: Desk) -> None:
    reference = await filed(desk, category="voltage")
    assert (await desk.act(RO, reference, "hold", reason="premises-locked")).status_code == 303
    words = plain(await desk.page(RO, f"/desk/requests/{reference}"))
    assert "On hold" in words
    assert "It does not move: we wait for the consumer" in words
    await desk.town.hours_pass(1)
    assert (await desk.act(RO, reference, "resume")).status_code == 303
    answer = await desk.act(RO, reference, "resolve", cause="loose-joint", words="Tightened.", put_right=local(desk))
    assert answer.status_code == 303, plain(answer.text)
    page = await desk.page(RO, f"/desk/requests/{reference}")
    assert "Waiting for the answer" in plain(page)
    assert "button main" not in page


async def test_what_was_done_is_said_until_something_else_happens(desk: Desk) -> None:
    reference = await filed(desk)
    done = (await desk.act(RO, reference, "note", words="The pole leans.")).headers["location"]
    assert "Done: " in plain(await desk.page(RO, done))
    await desk.act(RO, reference, "note", words="The crew is there.")
    assert "Done: " not in plain(await desk.page(RO, done))


async def test_what_must_be_agreed_to_is_not_said_to_be_done(desk: Desk) -> None:
    reference = await filed(desk)
    done = (await desk.act(RO, reference, "correct", category="voltage", words="It is low.")).headers["location"]
    page = plain(await desk.page(RO, done))
    assert ("Proposed, not yet decided: " in page, "Done: " in page) == (True, False)


async def test_of_a_complaint_that_is_over_the_ladder_tells_only_who_had_it(desk: Desk) -> None:
    reference = await climbed(desk)
    before = plain(await desk.page(RO, f"/desk/requests/{reference}"))
    assert "Gets it if it is not done" in before
    await desk.town.consumer(reference, Act.WITHDRAW)
    page = plain(await desk.page(RO, f"/desk/requests/{reference}"))
    ladder = page.partition("Who had it")[2].partition("Other complaints")[0]
    assert ("Relationship officer 1, Gizri" in ladder, "Service manager, Gizri Had it before." in ladder) == (
        True,
        True,
    )
    assert not [said for said in ("Zone head", "Has it now", "Gets it", "Must act") if said in ladder]


async def test_the_answerable_post_directs_and_the_handler_sees_it(desk: Desk) -> None:
    reference = await climbed(desk)
    page = await desk.page(SM, f"/desk/requests/{reference}")
    assert 'id="act-direct"' in page.partition('details class="more"')[0]
    assert "It went to the service manager, Gizri" in plain(page)
    answer = await desk.act(SM, reference, "direct", page=page, words="Send the second crew.", by=local(desk, hours=1))
    assert answer.status_code == 303, plain(answer.text)
    assert "Send the second crew." in plain(await desk.page(RO, f"/desk/requests/{reference}"))


@pytest.mark.parametrize(
    ("username", "state"),
    swept(
        "the other states", (SM, "in_progress"), (RO, "assigned"), (RO, "in_progress"), (RO, "on_hold"), (SM, "on_hold")
    ),
)
async def test_every_action_offered_is_one_the_rules_take(desk: Desk, pen: Record, username: str, state: str) -> None:
    offers, at = await standing_at(desk, pen, username, state)
    assert len(offers.all) >= 4
    for act in offers.all:
        async with desk.onewindow.sessions.begin() as session:
            one = replace(offers, reference=await again(session, offers.reference))
        done = await sent(desk, pen, one, act, at)
        assert done is None, (act, done)


@dataclass(frozen=True)
class Standing:
    """A request at one point of its life, and what its page offers somebody."""

    reference: str
    offers: Offers

    @property
    def all(self) -> tuple[Act, ...]:
        return self.offers.all


async def standing_at(desk: Desk, pen: Record, username: str, state: str) -> tuple[Standing, datetime]:
    """A request of Asha's in that state, for the service manager two hours later; moved by the pen alone."""
    at = desk.town.now
    reference = await desk.town.file("no-supply", start=False)
    await pen.look(Look(reference, at))
    handler = Offers(handler=(await desk.town.task(reference)).handler)
    assert handler.handler == ASHAS
    steps = {"assigned": (), "in_progress": (Act.ACCEPT,), "on_hold": (Act.ACCEPT,)}[state]
    for act in steps:
        await sent(desk, pen, Standing(reference, handler), act, at)
    if username == SM:
        at += timedelta(minutes=90)
        await pen.it_is_time(ItIsTime(reference, at))
    if state == "on_hold":
        await sent(desk, pen, Standing(reference, handler), Act.HOLD, at)
    assert (await desk.town.row(reference)).state == state
    posts = {RO: ASHAS, SM: "service-manager-gizri"}
    filled = FilledPost(posts[username], "", "handle", "office", "gizri", "south", {}, "person")
    async with desk.onewindow.sessions() as session:
        file = await case_file(session, reference)
        assert file is not None
        policy = await desk.onewindow.book.hold_policy(session, file.request.policy_version)
    return Standing(reference, offers_for(file, policy, (filled,), at)), at


async def sent(desk: Desk, pen: Record, on: Standing, act: Act, at: datetime) -> Refused | None:
    """Send an act with what its form would carry, through the tray and the pen; why it was refused."""
    choices = Choices(
        now=at,
        zone=desk.onewindow.zone,
        causes=["fuse-blown"],
        hold_reasons=["premises-locked"],
        expected_reasons=["crew-on-the-way"],
        receivers=["relationship-officer-gizri-2"],
        categories=["transformer"],
        offices=["rehri"],
        reject_reasons=["own-wiring"],
        dangers=["sparks"],
    )
    typed = {**FIELDS.get(act, {}), "put_right": local_at(desk, at)}
    form = read(act, typed, choices)
    assert not form.errors
    id = f"offered-{next(IDS)}"
    async with desk.onewindow.sessions.begin() as session:
        await put(
            session, id=id, reference=on.reference, act=act, actor=Actor.OFFICER, at=at, post=on.offers.post_for(act),
            data=form.data, words=form.words,
        )  # fmt: skip
    return (await pen.take(Take(on.reference, id, act, at))).refused


@pytest.mark.parametrize(
    ("username", "category", "status"),
    [
        pytest.param("bilal", "no-supply", 200, id="a colleague of the office"),
        pytest.param("jaya", "no-supply", 200, id="the zone's head"),
        pytest.param("danish", "no-supply", 403, id="an officer of another office"),
        pytest.param("kabir", "no-supply", 403, id="the head of another zone"),
        pytest.param("tara", "no-supply", 200, id="the call centre"),
        pytest.param("vimla", "no-supply", 403, id="the administrator"),
        pytest.param("yusuf", "theft-report", 200, id="the auditor, also confidential ones"),
        pytest.param("omar", "theft-report", 200, id="vigilance"),
        pytest.param("asha", "theft-report", 403, id="confidential, to the office"),
        pytest.param("tara", "theft-report", 403, id="confidential, to the call centre"),
    ],
)
async def test_who_may_open_it(desk: Desk, username: str, category: str, status: int) -> None:
    reference = await desk.town.file(category)
    page = await desk.page(username, f"/desk/requests/{reference}", status)
    assert (reference[:4] in page.partition("<main")[2]) is (status == 200)


async def test_who_only_reads_is_offered_nothing_and_refused(desk: Desk) -> None:
    reference = await filed(desk)
    page = await desk.page("yusuf", f"/desk/requests/{reference}")
    assert "There is nothing for you to do here now." in plain(page)
    assert "<form" not in page.partition("<main")[2]
    page = await desk.page("tara", f"/desk/requests/{reference}")
    assert set(re.findall(r'action="/desk/requests/\d+/(\w+)(?:/documents)?"', page)) == {"raise"}
    anothers = await desk.page(RO, f"/desk/requests/{reference}")
    answer = await desk.act("tara", reference, "accept", page=anothers)
    assert answer.status_code == 403
    answer = await desk.act(OTHER_RO, reference, "accept", page=anothers)
    assert answer.status_code == 409
    assert "This is not with you." in plain(answer.text)


@pytest.mark.parametrize("address", ["/desk/requests/123456789", "/desk/requests/abc", "/desk/requests/100000008"])
async def test_a_number_that_is_none_is_not_found(desk: Desk, address: str) -> None:
    said = plain(await desk.page(RO, address, 404))
    assert "This page is not here" in said


async def test_nothing_but_the_forms_of_the_page_is_taken(desk: Desk) -> None:
    reference = await filed(desk)
    browser = await desk.of(RO)
    strange = await browser.post(f"/desk/requests/{reference}/confirm", data={"token": "t" * 22})
    assert strange.status_code == 404
    without = await browser.post(f"/desk/requests/{reference}/accept", data={})
    assert without.status_code == 409
    elsewhere = await browser.post(
        f"/desk/requests/{reference}/accept", data={"token": "t" * 22}, headers={"sec-fetch-site": "cross-site"}
    )
    assert elsewhere.status_code == 403
    assert await desk.town.kinds(reference) == ["registered", "assigned"]


async def test_messages_to_the_consumer_are_shown_with_how_far_they_got(desk: Desk) -> None:
    reference = await filed(desk)
    assert "Waiting to be sent" in plain(await desk.page(RO, f"/desk/requests/{reference}"))
    await desk.town.post()
    words = plain(await desk.page(RO, f"/desk/requests/{reference}"))
    assert "Text message: Delivered" in words
    assert "New work → Relationship officer 1, Gizri (Asha Example)" in words


@pytest.mark.parametrize("language", swept("the other languages", "ur", "en", "hi"))
async def test_the_pages_are_well_formed_in_every_language(desk: Desk, language: str) -> None:
    reference = await climbed(desk)
    for username, address in ((RO, "/desk"), (SM, f"/desk/requests/{reference}"), ("tara", "/counter")):
        page = await desk.page(username, f"{address}?lang={language}")
        assert f'<html lang="{language}"' in page
        await (await desk.of(username)).get("/desk?lang=en")


async def test_the_own_language_of_an_officer_is_spoken_after_sign_in(desk: Desk) -> None:
    async with desk.onewindow.sessions.begin() as session:
        assert await session.get(Staff, 1)
    await desk.of(RO)
    browser = desk.stranger()
    browser.cookies.clear()
    browser.cookies.set("staff", (await desk.of(RO)).cookies["staff"], domain="localhost.local")
    assert '<html lang="hi"' in (await browser.get("/desk")).text
    await browser.aclose()
