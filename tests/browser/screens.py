"""Every screen there is: who sees it, where it lies, and what must be tapped to see it."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from playwright.async_api import FilePayload, Page

from tests.browser.chromium import drawn
from tests.browser.town_of_screens import FILED, TOKEN, Town

TOO_LATE = "The lane is dug up.\nThe crew comes on Monday."
NOBODY = itertools.count(1)
Prepare = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Screen:
    """One screen. `who` is anyone, or a user name of the staff, or `own`; `then` is what is done once it is open.

    `away` says what finds no database: the whole page, or only what is done then.
    """

    name: str
    path: str
    who: str = "anyone"
    status: int = 200
    then: Prepare | None = None
    away: Literal["", "page", "then"] = ""


async def sent(page: Page) -> None:
    """Send the page's form, which cannot be taken now."""
    await page.locator("main form button.main").first.click()
    await page.locator(".alert").wait_for()


async def sent_empty(page: Page) -> None:
    """Send the page's form as it is."""
    await page.locator("main form button.main").first.click()
    await page.locator(".summary").wait_for()


async def sent_with(page: Page, **fields: str) -> None:
    """Send the page's form with these fields."""
    for name, text in fields.items():
        await page.locator(f"main [name={name}]").fill(text)
    await sent_empty(page)


async def sent_too_late(page: Page, path: str, **fields: str) -> None:
    """Send what this page no longer offers, as from one that was opened before it was over."""
    await page.evaluate(
        """([path, fields]) => {
            const form = document.createElement("form")
            form.method = "post"
            form.action = path
            for (const [name, value] of Object.entries(fields))
                form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}))
            document.body.append(form)
            form.submit()
        }""",
        [path, fields],
    )
    await page.locator("figure.typed").wait_for()


async def looked_for(page: Page, words: str) -> None:
    """Look for something at the desk."""
    await page.locator("main [name=q]").fill(words)
    await page.locator("main form.find button").click()
    await page.locator("main table.queue, main .notice").first.wait_for()


async def wrong_sign_in(page: Page) -> None:
    """Sign in as somebody who is not there; each time another, since guessing one name is slowed."""
    await sent_with(page, username=f"nobody-{next(NOBODY)}", password="wrong")


async def all_open(page: Page) -> None:
    """Open whatever can be opened."""
    for closed in reversed(await page.locator("main details:not([open]):not([name]) > summary").all()):
        if await closed.is_visible():
            await closed.click()


async def wrong_leave(page: Page) -> None:
    """Enter a leave that ends before it begins."""
    await page.locator("main details:has([name=until]) > summary").click()
    await sent_with(page, until="2020-01-01T10:00")


async def act_open(page: Page, name: str) -> None:
    """Open the form of one of the officer's actions."""
    await drawn(page)
    form = page.locator(f"#act-{name} > summary")
    if not await form.is_visible():
        await page.locator("details.more > summary").click()
    await form.click()


async def message_begun(page: Page) -> None:
    """Begin a message from a saved reply."""
    await act_open(page, "message")
    form = page.locator("#act-message")
    await form.locator("select").select_option("crew-coming")
    await form.locator("[name=use]").click()
    await form.locator(".sent").wait_for()


async def photo_of_nothing(page: Page) -> None:
    """Send a note with a photo that cannot be read."""
    await act_open(page, "note")
    await page.locator("#note-words").fill("The pole leans.")
    nothing: FilePayload = {"name": "pole.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff and no more"}
    await page.locator("#note-photo").set_input_files(nothing)
    await page.locator("#act-note form.panel > button").last.click()
    await page.locator("#note-photo-error").wait_for()


async def as_a_tenant(page: Page) -> None:
    """Say as what he applies; the papers of that sort are asked for."""
    await page.locator("#applicant").select_option("tenant")
    await page.locator("#scan-lease").wait_for()


async def main_open(page: Page) -> None:
    """Open the main action of the first stage that is the reader's."""
    main = page.locator(".mystage > details.act > summary").first
    if await main.count():
        await main.click()


async def faults_open(page: Page) -> None:
    """Open the form that names faults; the papers are seen beside it."""
    await page.locator("#act-fault-documents > summary").click()
    seen = "image => { image.loading = 'eager'; return image.decode() }"
    await page.evaluate(f"Promise.all([...document.querySelectorAll('.judged img')].map({seen}))")


async def moved_to(page: Page) -> None:
    """Ask what it would do if another office took everything."""
    await page.locator("main select[name=to]").select_option("defence")
    await page.locator("main form button.main").click()
    await page.locator("#outlook").wait_for()


async def zone_chosen(page: Page) -> None:
    """Ask what it would do if the office came to another zone."""
    await page.locator("main select[name=to]").select_option("east")
    await page.locator("main form button.main").click()
    await page.locator("#outlook").wait_for()


async def chosen(page: Page) -> None:
    """Choose two lines."""
    for box in (await page.locator(".pick input").all())[:2]:
        await box.check()


async def keys_shown(page: Page) -> None:
    """Ask what single keys do."""
    await page.keyboard.press("?")
    await page.locator("dialog").wait_for()


STATES = ("received", "assigned", "in_progress", "escalated", "on_hold", "resolved", "beyond", "closed", "withdrawn")


def consumer_screens(town: Town) -> list[Screen]:
    """What consumers see."""
    of = town.of
    return [
        Screen("home", "/"),
        Screen("board", "/board", then=all_open),
        Screen("time-limits", "/time-limits"),
        Screen("time-limits-of-old", "/time-limits/1", then=all_open),
        Screen("home-all-tiles", "/", then=all_open),
        Screen("home-wrong-number", "/track?reference=12345", status=422),
        *(Screen(f"track-{state}", f"/track/{of[state]}") for state in STATES),
        Screen("track-everything-open", f"/track/{of['escalated']}", then=all_open),
        Screen("track-confidential", f"/track/{of['confidential']}"),
        *(Screen(f"own-{state}", f"/track/{of[state]}", "own") for state in ("in_progress", "resolved", "on_hold", "beyond", "closed")),
        Screen("own-after-an-act", f"/track/{of['in_progress']}?told=done", "own"),
        Screen("withdraw", f"/track/{of['in_progress']}/acts/withdraw", "own", then=sent_empty),
        Screen("add", f"/track/{of['in_progress']}/acts/add", "own"),
        Screen("photo", f"/track/{of['in_progress']}/photo", "own", then=sent_empty),
        Screen("reopen", f"/track/{of['closed']}/acts/reopen", "own"),
        Screen("code-phone", f"/track/{of['assigned']}/code", then=partial(sent_with, last_four="12")),
        Screen("code-digits", f"/track/{of['assigned']}/code?step=code", then=partial(sent_with, code="12")),
        Screen("answer", f"/answer/{town.question}"),
        Screen("not-here", "/nothing-is-here", status=404),
        Screen("no-such-number", "/track/123456782", status=404),
    ]  # fmt: skip


def filing_screens() -> list[Screen]:
    """The questions of the form, one a page, and what they say to a wrong answer."""
    plain = ("what", "where", "address", "words", "you", "check")
    return [
        Screen("file-danger", "/file"),
        Screen("file-danger-empty", "/file?category=no-supply", then=sent_empty),
        *(Screen(f"file-{step}", f"/file/{TOKEN}/{step}") for step in plain),
        Screen("file-what-urgent", f"/file/{TOKEN}-urgent/what", then=all_open),
        Screen("file-where-open", f"/file/{TOKEN}-unknown/where", then=all_open),
        Screen("file-where-choose", f"/file/{TOKEN}/where", then=partial(sent_with, locality="Def")),
        Screen("file-where-wrong", f"/file/{TOKEN}/where", then=partial(sent_with, locality="zzzz")),
        Screen("file-address-unknown", f"/file/{TOKEN}-unknown/address"),
        *(Screen(f"file-report-{step}", f"/file/{TOKEN}-report/{step}") for step in ("you", "check")),
        Screen("file-you-wrong", f"/file/{TOKEN}/you", then=partial(sent_with, phone="12")),
        Screen("file-done", f"/file/{FILED}/done"),
        Screen("file-away", f"/file/{TOKEN}/where", status=503, away="page"),
        Screen("file-typed-away", f"/file/{TOKEN}/address", then=sent, away="then"),
        Screen("file-check-away", f"/file/{TOKEN}/check", then=sent, away="then"),
        Screen("file-gone", f"/file/{'x' * 20}/what", status=404),
    ]


STAGES = ("app-checked", "app-feasibility", "app-note", "app-work", "app-meter")
"""Connection requests at a stage that is the office's turn."""


def staff_screens(town: Town) -> list[Screen]:
    """What officers, the counter and administrators see."""
    of = town.of
    requests = ("assigned", "escalated", "on_hold", "resolved", "beyond", "closed")
    return [
        Screen("sign-in", "/sign-in"),
        Screen("sign-in-wrong", "/sign-in", then=wrong_sign_in),
        Screen("sign-in-kept", "/sign-in?next=/desk&kept=1&why=unknown"),
        Screen("sign-in-second", "/sign-in/second", "priya"),
        Screen("sign-in-second-wrong", "/sign-in/second", "priya", then=partial(sent_with, code="12")),
        Screen("account", "/account", "chitra"),
        Screen("account-password", "/account/password", "chitra"),
        Screen(
            "account-password-wrong",
            "/account/password",
            "salim",
            then=partial(sent_with, password="x", new="password12345", again="z"),
        ),
        Screen("account-second", "/account/second", "chitra", then=all_open),
        Screen("account-kept", "/account/kept", "asha"),
        Screen("people", "/desk/people", "chitra"),
        Screen("people-everybody", "/desk/people", "vimla"),
        Screen("person", f"/desk/people/{town.colleague}", "vimla", then=all_open),
        Screen(
            "person-wrong",
            f"/desk/people/{town.colleague}",
            "chitra",
            then=wrong_leave,
        ),
        Screen("post", "/desk/people/posts/relationship-officer-gizri-1", "vimla", then=all_open),
        Screen("roster", "/desk/people/posts/relationship-officer-gizri-1/roster", "vimla"),
        Screen(
            "roster-wrong",
            "/desk/people/posts/relationship-officer-gizri-1/roster",
            "chitra",
            then=partial(sent_with, who="nobody-here", opens="09:30", closes="17:30"),
        ),
        Screen("team", "/desk/team", "chitra"),
        Screen("team-company", "/desk/team?period=90-days", "qasim"),
        Screen("team-requests", "/desk/team/requests?what=open", "chitra"),
        Screen("team-record", "/desk/team/record", "chitra"),
        Screen("team-closed", "/desk/away", "asha", 403),
        Screen("away", "/desk/away", "kabir"),
        Screen("wall", "/desk/wall", "screen"),
        Screen("queue", "/desk", "chitra"),
        Screen("queue-mine", "/desk?view=mine", "asha", then=chosen),
        Screen("queue-keys", "/desk?none=1", "asha", then=keys_shown),
        *(Screen(f"bulk-{act}", f"/desk/bulk/{act}?{town.chosen}", "asha") for act in ("give", "note", "resolve")),
        Screen("bulk-nothing", "/desk/bulk/note", "chitra"),
        Screen("list-waiting", f"/desk/lists/{town.waiting}", "asha"),
        Screen("list-done", f"/desk/lists/{town.done}?late=1", "asha"),
        Screen("request-on-the-way", f"/desk/requests/{of['assigned']}?in=view%3Dmine&at=0", "asha"),
        Screen("queue-empty", "/desk", "kabir"),
        Screen("queue-narrowed", "/desk?view=team&state=assigned", "chitra"),
        Screen("queue-wrong", "/desk?view=nowhere&tier=x", "chitra", 422),
        Screen("desk-found", "/desk/search", "chitra", then=partial(looked_for, words="light")),
        Screen("desk-found-nothing", "/desk/search", "chitra", then=partial(looked_for, words="12")),
        *(Screen(f"request-{state}", f"/desk/requests/{of[state]}", "chitra") for state in requests),
        *(
            Screen(f"request-{act}", f"/desk/requests/{of['in_progress']}", "danish", then=partial(act_open, name=act))
            for act in ("resolve", "expect", "hold", "give", "escalate", "note", "message")
        ),
        Screen(
            "request-too-late",
            f"/desk/requests/{of['closed']}",
            "chitra",
            then=partial(
                sent_too_late, path=f"/desk/requests/{of['closed']}/direct", words=TOO_LATE, token="t" * 24, seen="1"
            ),
        ),
        Screen("request-photo-wrong", f"/desk/requests/{of['in_progress']}", "danish", then=photo_of_nothing),
        Screen("request-message-weighed", f"/desk/requests/{of['in_progress']}", "danish", then=message_begun),
        Screen("request-letters", f"/desk/requests/{of['in_progress']}?show=letters", "danish"),
        Screen("replies", "/admin/replies", "vimla"),
        Screen("reply", "/admin/replies/crew-coming", "vimla"),
        Screen("reply-wrong", "/admin/replies/new", "vimla", then=partial(sent_with, **{"text-en": "Dear {name}"})),
        Screen("names", "/admin/names", "vimla", then=all_open),
        Screen("name", "/admin/names/category/no-supply", "vimla"),
        Screen("name-wrong", "/admin/names/utility/phone", "vimla", then=partial(sent_with, value="ring us")),
        Screen("places", "/admin/places", "vimla", then=all_open),
        Screen("place", "/admin/places/locality/gizri", "vimla"),
        Screen("place-wrong", "/admin/places/office/new", "vimla", then=sent_empty),
        Screen("move", "/admin/moves/offices/gizri", "vimla", then=moved_to),
        Screen("move-zone", "/admin/moves/zones/gizri", "vimla", then=zone_chosen),
        Screen("post-ends", "/admin/moves/posts/relationship-officer-gizri-1", "vimla"),
        Screen("post-stays", "/admin/moves/posts/service-manager-gizri", "vimla"),
        Screen("post-new", "/admin/places/post/new?office=gizri", "vimla", then=sent_empty),
        Screen("rights", "/admin/rights", "vimla", then=all_open),
        Screen("waits", "/admin/waits", "vimla"),
        Screen("waits-wrong", "/admin/waits", "vimla", then=partial(sent_with, **{"hold-premises-locked": "90 days"})),
        Screen("categories", "/admin/categories", "vimla"),
        Screen("category-wrong", "/admin/categories/new", "vimla", then=sent_empty),
        Screen("settings", "/admin/settings", "vimla"),
        Screen("settings-wrong", "/admin/settings", "vimla", then=partial(sent_with, code_tries="0")),
        Screen("texts", "/admin/texts", "vimla"),
        Screen("text", "/admin/texts/consumer/escalated/en", "vimla", then=all_open),
        Screen("text-wrong", "/admin/texts/consumer/code/ur", "vimla", then=partial(sent_with, sms="Dear {name}")),
        Screen("request-direct", f"/desk/requests/{of['escalated']}", "chitra", then=partial(act_open, name="direct")),
        *(Screen(name, f"/desk/requests/{of[name]}", "chitra") for name in ("app-papers", "app-payment")),
        *(Screen(f"{name}-own", f"/desk/requests/{of[name]}", "asha", then=main_open) for name in STAGES),
        Screen(
            "app-faults",
            f"/desk/requests/{of['app-checked']}",
            "asha",
            then=faults_open,
        ),
        Screen("counter", "/counter", "tara"),
        Screen("counter-calls", "/counter/calls", "tara"),
        Screen("counter-meeting", "/counter/meeting?locality=Gizri", "tara"),
        Screen("counter-apply", "/counter/applications/new?procedure=new-connection", "tara", then=as_a_tenant),
        Screen("counter-apply-empty", "/counter/applications/new?procedure=new-connection", "tara", then=sent_empty),
        *(
            Screen(f"counter-{name}", f"/counter/requests/{of[name]}", "tara")
            for name in ("app-papers", "app-visit", "app-payment")
        ),
        Screen("not-yours", "/admin", "chitra", 403),
        Screen("timings", "/admin", "vimla", then=all_open),
        Screen("calendars", "/admin/calendars", "vimla"),
        Screen("calendar", "/admin/calendars/office?year=2027&state=IN-DL", "vimla"),
        Screen("calendar-of-a-zone", "/admin/calendars/office?at=zones.south", "vimla"),
        Screen("holiday", "/admin/holiday", "vimla"),
        Screen("events", "/admin/events", "vimla"),
        Screen("versions", "/admin/versions", "vimla"),
        Screen("version", "/admin/versions/1", "vimla"),
        Screen("version-newest", "/admin/versions/2", "vimla"),
        Screen("proposals", "/admin/proposals", "vimla"),
        Screen("proposal", "/admin/proposals/2", "vimla"),
        Screen("proposal-approved", "/admin/proposals/1", "vimla"),
        Screen(
            "proposal-too-late",
            "/admin/proposals/1",
            "vimla",
            then=partial(sent_too_late, path="/admin/proposals/1/refusal", answer=TOO_LATE),
        ),
        Screen("audit", "/admin/audit", "vimla"),
        Screen("admin-messages", "/admin/messages", "vimla"),
        Screen("clock", "/admin/clock", "vimla", then=all_open),
        Screen(
            "clock-wrong",
            "/admin/clock",
            "vimla",
            then=partial(sent_with, addresses="nobody", outbox="soon", workers="0"),
        ),
    ]


async def found(page: Page, typed: str = "98000 00017") -> None:
    """Look a caller up."""
    await page.locator("[name=q]").fill(typed)
    await page.locator("main form button.main").first.click()
    await page.locator("#open-title").wait_for()


async def printed(page: Page) -> None:
    """Print a slip."""
    await page.locator("form[action$=slip] button").click()
    await page.locator(".paper").wait_for()


async def asked_once_more(page: Page) -> None:
    """Write words of danger into the one-page form and send it."""
    await page.locator("[name=danger][value=no]").check()
    await page.locator("#category").select_option("no-supply")
    await page.locator("#locality").fill("Gizri")
    await page.locator("[name=words]").fill("Sparks at the pole.")
    await page.locator("[name=language]").first.check()
    await page.locator("[name=channel][value=call]").check()
    await page.locator("main form button.main").last.click()
    await page.locator(".asked").wait_for()


def casework_screens(town: Town) -> list[Screen]:
    """What casework shows to the counter, to officers and to consumers."""
    of = town.of
    return [
        Screen("counter-found", "/counter", "tara", then=found),
        Screen("counter-new", "/counter/new", "tara", then=asked_once_more),
        Screen("counter-request", f"/counter/requests/{of['resolved']}", "tara", then=all_open),
        Screen("counter-call-backs", "/counter/call-backs", "tara"),
        Screen("counter-slip", f"/counter/requests/{of['call_back']}", "tara", then=printed),
        Screen("request-to-decide", f"/desk/requests/{of['proposed']}", "chitra"),
        Screen("request-danger", f"/desk/requests/{of['danger']}", "chitra"),
        Screen("request-others", f"/desk/requests/{of['assigned']}", "chitra", then=all_open),
        *(
            Screen(f"request-{act}", f"/desk/requests/{of['in_progress']}", "danish", then=partial(act_open, name=act))
            for act in ("correct", "transfer", "reject")
        ),
        *(Screen(f"track-{state}", f"/track/{of[state]}") for state in ("proposed", "rejected", "danger", "call_back", "hearing")),
        Screen("own-rejected", f"/track/{of['rejected']}", "own"),
        Screen("not-mine", f"/not-mine/{town.stop}"),
    ]  # fmt: skip


def every_screen(town: Town) -> list[Screen]:
    """All of them but those of casework."""
    return [*consumer_screens(town), *filing_screens(), *staff_screens(town)]
