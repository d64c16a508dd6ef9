"""Every field of every form that the staff are shown, one at a time: no error of ours, no markup of theirs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.routing import Match

from embedded.postgres import Postgres
from tests.servers import database_of
from tests.test_agreements import routes
from tests.web.forms_shown import Shown, forms_of, links_of, read
from tests.web.test_hostile_input import HOSTILE, browser_of, send
from tests.web.test_rights_walk import LIVE, things, walked
from tests.web.window import Window, window_on

ROUTES = routes()
OF_A_KIND = 2
"""So many pages of one route are opened: of names, of categories, of places."""


@pytest.fixture
async def alone(postgres: Postgres) -> AsyncIterator[Window]:
    """An application of one's own: what is typed is often taken."""
    async with database_of(postgres) as url, window_on(url) as window:
        yield window


def route_of(method: str, address: str) -> str:
    """The path of the route that answers at an address; "" where none does."""
    scope = {"type": "http", "method": method, "path": urlsplit(address).path}
    return next((route.path for route in ROUTES if route.matches(scope)[0] is Match.FULL), "")


async def shown_to(window: Window, username: str, *first: str) -> list[Shown]:
    """Every form he comes to by links, those of one route and with the same fields once."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, frozenset[str]], Shown] = {}
    waiting = list(first)
    while waiting:
        address = waiting.pop(0)
        route = route_of("GET", address)
        if not route or route in LIVE or seen[route] == OF_A_KIND:
            continue
        seen[route] += 1
        browser = await browser_of(window, username)
        answer = await browser.get(address)
        await browser.aclose()
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        tree = read(answer.text)
        waiting += [urljoin(address, link) for link in links_of(tree) if not urlsplit(link).netloc]
        for form in forms_of(tree):
            form = Shown(urljoin(address, form.address), form.fields)
            found.setdefault((route_of("POST", form.address), frozenset(form.fields)), form)
    return list(found.values())


def one_of_each(form: Shown) -> Iterator[str]:
    """Its fields, of those that differ by a code alone (`names-en`, `no-supply.tier1`) the first and the last."""
    of_a_kind: dict[str, list[str]] = {}
    for name in form.fields:
        of_a_kind.setdefault(name.rpartition(".")[2].partition("-")[0], []).append(name)
    for names in of_a_kind.values():
        yield from dict.fromkeys((names[0], names[-1]))


@pytest.mark.sweep("hundreds of forms, a field of each at a time")
@pytest.mark.parametrize("username", ["vimla", "tara"])
async def test_every_field_of_every_form_takes_whatever_is_typed(alone: Window, username: str) -> None:
    there = await things(alone)
    texts = itertools.cycle(HOSTILE)
    answers: Counter[int] = Counter()
    pages = [there.address(path) for method, path in walked(public=False) if method == "GET"]
    for form in await shown_to(alone, username, *pages):
        for name in one_of_each(form):
            browser = await browser_of(alone, username)
            answer = await send(browser, form.address, {**form.fields, name: next(texts)})
            await browser.aclose()
            answers[answer.status_code] += 1
    assert answers.total() > 20
    assert answers[422]
