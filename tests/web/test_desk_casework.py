"""Wrong category, wrong office, rejection and danger from the officer's page: offered to whom, told how, refused in words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from embedded.postgres import Postgres
from rules.terms import Act
from tests.sweeping import swept
from tests.web.desk_town import Desk, opened, plain

RO, SM, ZH, CALLS = "asha", "chitra", "jaya", "tara"
OFFICER = "relationship-officer-gizri-1"


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        await town.work_goes_to(OFFICER)
        yield town


@pytest.fixture(autouse=True)
def _time_passes_for_this_test_alone(desk: Desk) -> None:
    desk.town.references.clear()


async def filed(desk: Desk, category: str = "no-supply") -> str:
    """A complaint that is Asha's."""
    reference = await desk.town.file(category)
    assert (await desk.town.task(reference)).handler == OFFICER
    return reference


def offered(page: str) -> set[str]:
    """The actions a page has a form for."""
    return set(re.findall(r'action="/desk/requests/\d+/(\w+)(?:/documents)?"', page))


def option(page: str, code: str) -> str:
    """What one reads of a choice in a list."""
    found = re.search(rf'<option value="{code}"[^>]*>([^<]*)<', page)
    assert found, f"no choice {code}"
    return found[1]


def part(page: str, code: str) -> str:
    """Under which heading of its list a choice stands."""
    before = page.partition(f'<option value="{code}"')[0]
    return before.rpartition('<optgroup label="')[2].partition('"')[0]


async def test_the_list_of_categories_says_what_is_changed_at_once_and_what_is_asked_first(desk: Desk) -> None:
    reference = await filed(desk, "voltage")
    page = await desk.page(RO, f"/desk/requests/{reference}")
    assert part(page, "no-supply") == "Changed at once"
    assert part(page, "meter-fault") == "Asked first: Service manager, Gizri decides"
    assert "at the latest today, Monday, 4 in the afternoon" in option(page, "no-supply")
    assert 'value="wire-down"' in page.partition('id="raise-category"')[2]
    assert '<option value="wire-down"' not in page


async def test_a_shorter_category_is_changed_at_once(desk: Desk) -> None:
    reference = await filed(desk, "voltage")
    answer = await desk.act(RO, reference, "correct", category="no-supply", words="The whole lane is dark.")
    assert answer.status_code == 303, plain(answer.text)
    words = plain(await desk.page(RO, answer.headers["location"]))
    assert "Done: Change the category." in words
    assert "The category was changed: Low or high voltage, now No supply." in words
    assert "The whole lane is dark." in words


async def test_a_longer_category_is_put_before_the_next_tier_with_both_dates(desk: Desk) -> None:
    reference = await filed(desk)
    assert (await desk.act(RO, reference, "correct", category="voltage", words="The lamps only flicker.")).is_redirect
    words = plain(page := await desk.page(SM, f"/desk/requests/{reference}"))
    for shown in ("To decide: Another category", "No supply is to become: Low or high voltage", "The lamps only flicker.",
                  "Proposed by: Relationship officer 1, Gizri (Asha Example)", "Time limit as it is today, Monday, 4 in the afternoon",
                  "Time limit if you agree", "The consumer is told both dates."):  # fmt: skip
        assert shown in words
    assert {"agree", "disagree"} <= offered(page)
    queue = plain(await desk.page(SM, "/desk?view=to_agree"))
    assert "To agree 1" in queue
    assert "You must decide" in queue
    own = await desk.page(RO, f"/desk/requests/{reference}")
    assert "You proposed this yourself. Somebody else decides: Service manager, Gizri." in plain(own)
    assert offered(own) & {"agree", "disagree", "correct", "transfer", "reject"} == set()
    assert (await desk.act(SM, reference, "agree", page=page)).is_redirect
    assert (await desk.town.row(reference)).category == "voltage"


async def test_not_agreeing_leaves_it_and_says_why(desk: Desk) -> None:
    reference = await filed(desk)
    await desk.act(RO, reference, "correct", category="voltage")
    assert (await desk.act(SM, reference, "disagree", words="I saw the lane: it is dark.")).is_redirect
    words = plain(await desk.page(RO, f"/desk/requests/{reference}"))
    assert "The category and the time limit stay as they were." in words
    assert "I saw the lane: it is dark." in words
    assert (await desk.town.row(reference)).category == "no-supply"


async def test_who_sends_it_to_another_office_is_told_that_it_left_him(desk: Desk) -> None:
    reference = await filed(desk)
    due = (await desk.town.task(reference)).due
    answer = await desk.act(RO, reference, "transfer", office="defence", words="It is their pole.")
    assert answer.headers["location"] == "/desk?gone=transfer"
    words = plain(await desk.page(RO, answer.headers["location"]))
    assert "Done: Send it to another office. It is no longer with you." in words
    await desk.page(RO, f"/desk/requests/{reference}", 403)
    words = plain(await desk.page("danish", f"/desk/requests/{reference}"))
    assert "Offices it has been at Gizri · Defence" in words
    assert "It is their pole." in words
    assert (await desk.town.task(reference)).due == due


async def test_a_quarrel_of_two_offices_is_told_in_the_list_and_decided_above_both(desk: Desk) -> None:
    reference = await filed(desk, "wrong-bill")
    await desk.act(RO, reference, "transfer", office="defence")
    await desk.act("danish", reference, "transfer", office="gizri")
    owner = "asha" if (await desk.town.task(reference)).handler == OFFICER else "bilal"
    page = await desk.page(owner, f"/desk/requests/{reference}")
    assert option(page, "defence") == "Defence (an officer above both offices decides)"
    assert option(page, "rehri") == "Rehri"
    assert (await desk.act(owner, reference, "transfer", page=page, office="defence")).is_redirect
    assert (await desk.town.row(reference)).office == "gizri"
    assert "agree" not in offered(await desk.page(SM, f"/desk/requests/{reference}"))
    page = await desk.page(ZH, f"/desk/requests/{reference}")
    assert "To the office Defence" in plain(page)
    assert (await desk.act(ZH, reference, "agree", page=page)).is_redirect
    assert (await desk.town.row(reference)).office == "defence"


async def test_a_rejection_is_proposed_with_a_reason_and_decided_above(desk: Desk) -> None:
    reference = await filed(desk, "wrong-bill")
    page = await desk.page(RO, f"/desk/requests/{reference}")
    assert "not-ours" not in page
    sent = {"reason": "own-wiring", "words": "Only his own wiring hums."}
    assert (await desk.act(RO, reference, "reject", page=page, **sent)).is_redirect
    page = await desk.page(SM, f"/desk/requests/{reference}")
    words = plain(page)
    assert "To decide: Not to accept it" in words
    assert "Only the wiring inside the premises" in words
    assert "Only his own wiring hums." in words.partition("Proposed by")[0]
    assert "hold" not in offered(page)
    assert (await desk.act(SM, reference, "agree", page=page)).is_redirect
    words = plain(await desk.page(RO, f"/desk/requests/{reference}"))
    assert "Not accepted" in words
    await desk.town.consumer(reference, Act.OBJECT, words="It is your line.")
    assert "The consumer objected to it." in plain(await desk.page(RO, f"/desk/requests/{reference}"))


async def test_a_decision_on_an_old_page_is_refused_and_the_words_are_kept(desk: Desk) -> None:
    reference = await filed(desk)
    await desk.act(RO, reference, "correct", category="voltage")
    old = await desk.page(SM, f"/desk/requests/{reference}")
    await desk.act(SM, reference, "agree", page=old)
    answer = await desk.act(SM, reference, "disagree", page=old, words="I would not.")
    assert answer.status_code == 409
    words = plain(answer.text)
    assert "Something changed here meanwhile" in words
    assert "The category was changed" in words


async def test_deciding_without_being_asked_is_refused_in_words(desk: Desk) -> None:
    reference = await filed(desk)
    answer = await desk.act(SM, reference, "agree")
    assert answer.status_code == 409
    assert "Nothing waits for a decision here." in plain(answer.text)
    await desk.act(RO, reference, "correct", category="voltage")
    answer = await desk.act(RO, reference, "agree")
    assert answer.status_code == 409
    assert "This is not with you." in plain(answer.text)
    answer = await desk.act(CALLS, reference, "agree")
    assert answer.status_code == 403


@pytest.mark.parametrize("username", swept("everybody else", RO, "bilal", SM, ZH, CALLS, "lata"))
async def test_everybody_who_sees_it_raises_it_to_danger_with_one_press(desk: Desk, username: str) -> None:
    reference = await filed(desk)
    page = await desk.page(username, f"/desk/requests/{reference}")
    buttons = re.findall(r'name="category" value="([\w-]+)"', page.partition('id="raise-category"')[2])
    assert buttons == ["wire-down", "sparks"]
    answer = await desk.act(username, reference, "raise", page=page, category="sparks")
    assert answer.is_redirect, plain(answer.text)
    row = await desk.town.row(reference)
    assert (row.safety, (await desk.town.task(reference)).handler) == (True, "control-room")


async def test_danger_leads_the_queue_and_offers_neither_hold_nor_rejection(desk: Desk) -> None:
    await filed(desk)
    reference = await desk.town.file("wire-down")
    words = plain(page := await desk.page("lata", "/desk"))
    assert "Danger" in words
    listed = re.findall(r'<tr id="row-(\d+)', page)
    assert reference in listed
    assert (await desk.town.row(listed[0])).safety
    page = await desk.page("lata", f"/desk/requests/{reference}")
    assert offered(page) & {"hold", "reject", "raise"} == set()
    answer = await desk.act("lata", reference, "hold", page=page, reason="premises-locked")
    assert answer.status_code == 409
    assert "This cannot be done where there is danger." in plain(answer.text)
    answer = await desk.act("lata", reference, "correct", page=page, category="no-supply", words="Only a <cable>.")
    assert answer.is_redirect
    words = plain(await desk.page(SM, f"/desk/requests/{reference}"))
    assert "To decide: No danger after all" in words
    assert "Only a &lt;cable&gt;." in words
    await desk.town.officer(reference, Act.DISAGREE, "service-manager-gizri")


async def test_a_wait_that_was_not_his_turn_is_judged_above(desk: Desk) -> None:
    reference = await filed(desk)
    await desk.act(RO, reference, "hold", reason="premises-locked")
    await desk.town.consumer(reference, Act.PRESENT, claim="was_there")
    words = plain(await desk.page(SM, f"/desk/requests/{reference}"))
    for shown in (
        "Was it the consumer's turn?",
        "Said by the consumer",
        "The wait was right",
        "The wait was not right",
    ):
        assert shown in words.replace("&#39;", "'")
    assert (await desk.act(SM, reference, "disagree")).is_redirect
    assert "Its time does not count." in plain(await desk.page(RO, f"/desk/requests/{reference}"))


async def test_a_call_back_and_repeats_are_shown(desk: Desk) -> None:
    reference = await filed(desk)
    await desk.town.officer(reference, Act.CALLED_AGAIN, "call-centre-1")
    await desk.town.consumer(reference, Act.CALLED_AGAIN)
    done = {"words": "Done.", "cause": "fuse-blown", "put_right": desk.town.now}
    await desk.town.officer(reference, Act.RESOLVE, OFFICER, **done)
    desk.town.sms.refusing = True
    await desk.town.post()
    desk.town.sms.refusing = False
    await desk.town.hours_pass(50)
    await desk.town.officer(reference, Act.CALLED, "call-centre-1")
    words = plain(await desk.page(RO, f"/desk/requests/{reference}"))
    for shown in ("The consumer must be rung Rung once, nobody answered", "Asked about it again 2 times"):
        assert shown in words
    queue = plain(await desk.page(RO, "/desk"))
    assert "To be rung" in queue
    assert "Asked about again 2 times" in queue


async def test_the_consumers_other_complaints_stand_beside_and_no_confidential_one(desk: Desk) -> None:
    phone = "+919810055001"
    mine, other = await desk.town.file("no-supply", phone=phone), await desk.town.file("voltage", phone=phone)
    far = await desk.town.file("no-supply", phone=phone, locality="rehri")
    theft = await desk.town.file("theft-report", phone=phone)
    strange = await desk.town.file("voltage", phone="+919810055002")
    ended = await desk.town.file("wrong-bill", phone=phone)
    await desk.town.consumer(ended, Act.WITHDRAW)
    page = await desk.page("chitra", f"/desk/requests/{mine}")
    beside = page.partition('id="beside-title"')[2].partition("</section>")[0]
    assert f"/desk/requests/{other}" in beside
    assert spaced(far) in beside
    assert f"/desk/requests/{far}" not in beside  # of an office whose page is not hers to open
    assert "Ended in the last 90 days" in beside.partition(spaced(other))[2].partition(spaced(ended))[0]
    for hidden_one in (theft, strange, mine):
        assert spaced(hidden_one) not in beside
        assert hidden_one not in beside
    assert 'id="beside-title"' not in await desk.page("omar", f"/desk/requests/{theft}")


def spaced(reference: str) -> str:
    return f"{reference[:4]}-{reference[4:8]}-{reference[8]}"


async def test_what_was_typed_for_an_act_that_is_no_longer_offered_is_shown_again(desk: Desk) -> None:
    reference = await filed(desk)
    opened = await desk.page(RO, f"/desk/requests/{reference}")
    assert (await desk.act(RO, reference, "reject", reason="own-wiring", words="Only his own wiring.")).is_redirect
    answer = await desk.act(RO, reference, "correct", page=opened, category="", words="The whole lane is dark.")
    assert answer.status_code == 422
    assert "correct" not in offered(answer.text)
    assert "The whole lane is dark." in plain(answer.text)
