"""Every field of every form that anybody is shown, one at a time: no error of ours, no markup of theirs, no text lost."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zlib import crc32

import httpx2
import pytest
from markupsafe import escape
from sqlalchemy import Connection, event
from starlette.routing import Match

from embedded.postgres import Postgres
from models.foretelling import NotForetold
from tests.browser.town_of_screens import Town
from tests.servers import database_of
from tests.test_agreements import routes
from tests.web.forms_shown import Shown, forms_of, links_of, read
from tests.web.lookers import Looker, all_there
from tests.web.test_hostile_input import HOSTILE, send
from tests.web.test_rights_walk import LIVE
from web.admin import what_if
from web.errors import SECRET
from web.forms import clean

pytestmark = pytest.mark.sweep("hundreds of forms, a field of each at a time")
ROOT = Path(__file__).resolve().parents[2]
ROUTES = routes()
OF_A_KIND = 1
"""So many pages of one route are opened beside those one begins with: of names, of categories, of places."""
SORTS = ("act", "step", "what")
"""The parts of an address by which forms of one route differ."""
NOT_SHOWN = {
    "/api/v1/payments": "a bank's program, with a signature: test_payments.py",
    "/api/v1/receipts/sms": "a gateway's program: test_kannel_receipts.py",
    "/api/v1/requests": "a program: test_api_by_schemathesis.py",
    "/api/v1/requests/{reference}/documents": "a program: test_api_by_schemathesis.py",
    "/desk/requests/{reference}/message/weight": "the script of the form of a message, with its words: test_letters.py",
}
"""Routes no form of a page leads to, and where they are tried."""
NOT_SENT = {
    "file": "a file: test_uploads_reading.py",
    "viewport": "no field", "robots": "no field", "acts": "no field",
    "person": "looked for with GET", "view": "looked for with GET",
}  # fmt: skip
"""Names in templates that no form sends, and why."""
NUMBERS = ("²", "9" * 5_000, "0000", "9999-12-31T23:59", "0001-01-01", "9999-12-31")
EVERYTHING = "\u202e\x00\x1b[2J<b>\U0001f4a1\U00020bb7"
"""Before the name of each field one writes in, all of them at once: short enough for any."""
TEXTS = (*HOSTILE, *NUMBERS)
LETTERS = {"en": r"[a-z]", "hi": r"[\u0900-\u097f]", "ur": r"[\u0600-\u06ff]"}
SAYS = re.compile(r'(?:class="(?:error|alert|summary|notice)\b|role="alert")[^>]*>(.{0,800})', re.DOTALL)
WRITES = re.compile(r"(?:INSERT INTO|DELETE FROM|(?<!FOR )UPDATE) (\w+)", re.IGNORECASE)
COUNTS = {"staff_session", "sign_in_try"}
"""What is written though nothing was taken: that somebody is there, and how often he tried."""
OUTCOMES = {"submission", "words"}
"""Where a refusal of the pen is kept, with what was sent."""
FILED = "?told=filed"
"""Where a new request is shown: it was written by the driver alone, all its rows at once."""
NEVER_SHOWN = SECRET | {"last_four", "slip", "amount", "estimate"}
"""Secrets, and numbers of a stage that may be over by then."""
NOT_AGAIN = {
    "/file/{token}/now": "a second tap gives the number of the first",
    "/admin/replies/{code}/away": "what is thrown away is not shown again",
}
SHORTEST = 80
"""So much of a text is looked for: of what is longer than its field takes, the beginning may be all."""
ENDS_SESSIONS = ("/account/", "/sign-", "/desk/people/")
LAST = ("/leave", "/sign-out", "/removal", "/sessions")
"""How the addresses end that take away what other forms need."""
FORMS = count(1)
MEGABYTES = b"w" * 3_000_000
"""Of words."""


@dataclass
class Crawled:
    """The forms by who was shown them first; of one who may only read all he was shown."""

    town: Town
    lookers: list[Looker]
    forms: dict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def note(self, looker: Looker, page: httpx2.Response, address: str) -> list[str]:
        """Keep the forms of a page that nobody was shown before; its links."""
        if not page.headers.get("content-type", "").startswith("text/html"):
            return []
        tree = read(page.text)
        for form in forms_of(tree):
            form = Shown(urljoin(address, form.address), form.fields, form.written)
            who = (looker.name,) if looker.reads else ()
            key = (*who, *place_of("POST", form.address), *sorted(form.fields))
            if key not in self.seen:
                self.seen.add(key)
                self.forms[looker.name].append(form)
        return sorted(urljoin(address, link) for link in links_of(tree) if not urlsplit(link).netloc)


def place_of(method: str, address: str) -> tuple[str, ...]:
    """The path of the route that answers at an address, and which sort of it; () where none does."""
    scope = {"type": "http", "method": method, "path": urlsplit(address).path}
    for route in ROUTES:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return (route.path, *(str(found["path_params"].get(sort, "")) for sort in SORTS))
    return ()


async def crawl(crawled: Crawled, looker: Looker) -> None:
    """Every form he comes to from where he begins."""
    browser, opened, waiting = await looker.browser(crawled.town), Counter[tuple[str, ...]](), list(looker.first)
    for address, fields in looker.asks:
        crawled.note(looker, await browser.post(address, data=dict(fields)), address)
    known = set(waiting)
    for address in waiting:
        place = place_of("GET", address)
        if not place or place[0] in LIVE or (address not in looker.first and opened[place] >= OF_A_KIND):
            continue
        opened[place] += 1
        answer = await browser.get(address)
        links = crawled.note(looker, answer, address) if looker.follows or address in looker.first else []
        found = [answer.headers["location"]] if answer.is_redirect else links if looker.follows else []
        waiting += [link for link in found if link not in known]
        known |= set(found)
    await browser.aclose()


@pytest.fixture(scope="module")
async def crawled(postgres: Postgres) -> AsyncIterator[Crawled]:
    """What everybody is shown."""
    async with database_of(postgres) as url, all_there(url) as (town, lookers):
        found = Crawled(town, lookers)

        for looker in lookers:
            await crawl(found, looker)
        yield found


async def test_every_form_there_is_was_shown_or_is_none(crawled: Crawled) -> None:
    shown = {place_of("POST", form.address)[0] for forms in crawled.forms.values() for form in forms}
    there = {route.path for route in ROUTES if "POST" in (route.methods or ())}
    assert (there - shown) == set(NOT_SHOWN), (
        f"{there - shown ^ set(NOT_SHOWN)}: show it to somebody in lookers.py, or say in NOT_SHOWN why not"
    )


async def test_every_field_there_is_was_shown_or_is_none(crawled: Crawled) -> None:
    shown = {name for forms in crawled.forms.values() for form in forms for name in form.fields}
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "web" / "templates").rglob("*.html")]
    there = {name for page in pages for name in re.findall(r'name="([a-z_]+)"', page)}
    assert (there - shown) == set(NOT_SENT), f"in no form: {there - shown ^ set(NOT_SENT)}"


@contextmanager
def noted(town: Town) -> Iterator[set[str]]:
    """The tables that were written for good while the block lasts."""
    engine, kept = town.window.sessions.kw["bind"].sync_engine, set[str]()

    def says(connection: Connection, cursor: Any, statement: str, *_rest: object) -> None:
        if cursor.rowcount:
            connection.info.setdefault("wrote", set()).update(WRITES.findall(statement))

    def commits(connection: Connection) -> None:
        kept.update(connection.info.pop("wrote", ()))

    def forgets(connection: Connection) -> None:
        connection.info.pop("wrote", None)

    heard: tuple[tuple[str, Any], ...] = (("after_cursor_execute", says), ("commit", commits), ("rollback", forgets))
    for what, hears in heard:
        event.listen(engine, what, hears)
    try:
        yield kept
    finally:
        for what, hears in heard:
            event.remove(engine, what, hears)


def one_of_each(form: Shown) -> Iterator[str]:
    """Its fields, of those that differ by a code alone (`names-en`, `no-supply.tier1`) the first and the last."""
    of_a_kind: dict[str, list[str]] = {}
    for name in form.fields:
        of_a_kind.setdefault(sort_of(name), []).append(name)
    for names in of_a_kind.values():
        yield from dict.fromkeys((names[0], names[-1]))


def sort_of(name: str) -> str:
    """What a field is called, without its code."""
    return name.rpartition(".")[2].partition("-")[0]


def wrong_with(answer: httpx2.Response, language: str, typed: Collection[str], wrote: set[str]) -> Iterator[str]:
    """What is wrong with the answer to a form; `typed`: what somebody wrote in it."""
    if answer.is_redirect:
        if answer.headers["location"].startswith("/sign-in?next="):
            yield "nobody was signed in"
        elif typed and not wrote - COUNTS and not answer.headers["location"].endswith(FILED):
            yield f"it was taken and not kept: {answer.headers['location']}"
        return
    if f'lang="{language}"' not in answer.text:
        yield "it is in another language"
    said = " ".join(re.sub(r"<[^>]*>?", " ", text) for text in SAYS.findall(answer.text))
    if answer.status_code >= 400 and not re.search(LETTERS[language], said):
        yield f"it does not say what is wrong: {said[:200]}"
    if answer.status_code >= 400 and wrote - COUNTS - OUTCOMES:
        yield f"it was refused and something was written: {sorted(wrote)}"
    if gone := [text[:40] for text in typed if str(escape(clean(text)[:SHORTEST])) not in answer.text]:
        yield f"what was typed is gone: {gone}"


@dataclass
class Typing:
    """Somebody who types into forms, and what went wrong."""

    town: Town
    looker: Looker
    browser: httpx2.AsyncClient
    wrong: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    async def types(self, form: Shown, texts: Mapping[str, str]) -> None:
        """These texts in fields of a form that was not sent before."""
        fresh = {token: f"a-form-of-its-own-{next(FORMS)}" for token in ("token", "fresh") if form.fields.get(token)}
        with noted(self.town) as wrote:
            answer = await send(self.browser, form.address, {**form.fields, **fresh, **texts})
        self.answers[answer.status_code] += 1
        if self.looker.reads and form.address.startswith("/admin"):
            assert (answer.status_code, wrote - COUNTS) == (403, set()), form.address
        again = place_of("POST", form.address)[0] not in NOT_AGAIN
        typed = [text for name, text in texts.items() if again and name in form.written - NEVER_SHOWN]
        said = {name: text[:12] for name, text in list(texts.items())[:3]}
        self.tell(form, f"{said} {answer.status_code}", wrong_with(answer, self.looker.language, typed, wrote))
        if self.looker.username and form.address.startswith(ENDS_SESSIONS):
            self.browser.cookies.set("staff", await self.looker.session(self.town), domain="localhost.local")

    async def overflows(self, form: Shown) -> None:
        """Megabytes in a form."""
        told = {"content-type": "application/x-www-form-urlencoded"}
        name = next(iter(form.written or form.fields), "words")
        answer = await self.browser.post(form.address, content=f"{name}=".encode() + MEGABYTES, headers=told)
        self.tell(form, f"megabytes {answer.status_code}", wrong_with(answer, self.looker.language, (), set()))
        if answer.status_code not in (400, 413):
            self.tell(form, f"megabytes {answer.status_code}", ["they were read"])

    def tell(self, form: Shown, what: str, wrong: Iterable[str]) -> None:
        """Note what went wrong."""
        self.wrong += [f"{self.looker.name}, {form.address}, {what}: {one}" for one in wrong]


async def test_every_field_of_every_form_takes_whatever_is_typed(
    crawled: Crawled, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_foretold(*_of: object) -> None:
        raise NotForetold

    monkeypatch.setattr(what_if, "foretold", nothing_foretold)

    met, answers, wrong = Counter[str](), Counter[int](), []
    for looker in crawled.lookers:
        typing = Typing(crawled.town, looker, await looker.browser(crawled.town))
        for form in sorted(crawled.forms[looker.name], key=lambda form: form.address.endswith(LAST)):
            await typing.overflows(form)
            if form.written:
                await typing.types(form, {name: EVERYTHING + name[-12:] for name in sorted(form.written)})
            for name in one_of_each(form):
                sort = sort_of(name)
                await typing.types(form, {name: TEXTS[(crc32(sort.encode()) + met[sort]) % len(TEXTS)]})
                met[sort] += 1
        await typing.browser.aclose()
        answers += typing.answers
        wrong += typing.wrong
    assert not wrong, f"{len(wrong)} of {answers.total()}:\n" + "\n".join(wrong)
    assert answers.total() > 400
    assert answers[422] > 100
