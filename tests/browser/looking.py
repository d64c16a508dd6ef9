"""How screens are looked at: everybody's browser in one language, and axe."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.chromium import Visitor, drawn, visiting
from tests.browser.screens import Screen
from tests.browser.town_of_screens import Town

VENDOR = Path(__file__).parent / "vendor"
AXE = VENDOR / "axe.min.js"
SCHEMES = ("light", "dark")
GRAVE = frozenset({"serious", "critical"})
FAULTS = """async grave => {
  const never = axe._audit.rules.filter(rule => rule.impact && !grave.includes(rule.impact));
  const off = Object.fromEntries(never.map(rule => [rule.id, { enabled: false }]));
  const found = await axe.run(document, {
    resultTypes: ["violations"], preload: false, rules: { ...off, "target-size": { enabled: true } } });
  return found.violations.filter(one => grave.includes(one.impact)).map(one =>
    `${one.id}: ${one.help}: ${JSON.stringify(one.nodes.slice(0, 5).map(node => node.target))}`);
}"""
"""What axe finds, as lines; of WCAG 2.2 the size of targets, which it leaves out unless asked. Rules whose faults are never grave are not run, and style sheets are not fetched once more for it."""
STAFF = ("chitra", "asha", "danish", "kabir", "tara", "vimla", "priya", "salim", "qasim", "screen")
OWNED = (
    "in_progress", "resolved", "on_hold", "beyond", "closed", "rejected", "papers_wanted", "dates", "visit_over", "to_pay",
    "no_access", "energised", "closed_well", "refund",
)  # fmt: skip


class Everybody:
    """A browser for each who looks, opened when first needed, all in one language."""

    def __init__(
        self, browser: Browser, town: Town, language: str, held: AsyncExitStack, *, phone: bool | None, with_axe: bool
    ) -> None:
        self.browser = browser
        self.town = town
        self.language = language
        self.held = held
        self.phone = phone
        self.with_axe = with_axe
        self.visitors: dict[str, Visitor] = {}

    async def visitor(self, who: str) -> Visitor:
        """The browser of anyone, of the consumer himself, or of one of the staff; `phone` None: as they have it."""
        if who not in self.visitors:
            phone = who not in STAFF if self.phone is None else self.phone
            visitor = visiting(self.browser, self.town.address, self.language, phone=phone)
            self.visitors[who] = await self.held.enter_async_context(visitor)
            if self.with_axe:
                await self.visitors[who].context.add_init_script(axe_source())
            await self.visitors[who].context.add_cookies(await self.cookies(who))  # type: ignore[arg-type]
        return self.visitors[who]

    async def cookies(self, who: str) -> list[dict[str, Any]]:
        """What makes this browser theirs."""
        language = {"name": "language", "value": self.language, "domain": "127.0.0.1", "path": "/"}
        if who == "own":
            return [language, *[await self.town.own(name) for name in OWNED if name in self.town.of]]
        return [language, await self.town.staff(who)] if who in STAFF else [language]

    async def see(self, screen: Screen, scheme: str) -> Page:
        """Open a screen in a colour scheme."""
        visitor = await self.visitor(screen.who)
        await visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if screen.away:  # every open page hears of it: its stream ends, and is refused for a moment
            for one in self.visitors.values():
                one.forgiven += ["status of 503", "status 503"]
        with self.town.database_away() if screen.away == "page" else nullcontext():
            await visitor.go(screen.path, screen.status)
        if screen.then is not None:
            visitor.forgiven += ["status of 422", "status of 409"]
            with self.town.database_away() if screen.away else nullcontext():
                await screen.then(visitor.page)
        return visitor.page


@asynccontextmanager
async def everybody(
    browser: Browser, town: Town, language: str, *, phone: bool | None = None, with_axe: bool = False
) -> AsyncIterator[Everybody]:
    """All of them; at the end none of their pages may have complained. `with_axe`: every page brings it along."""
    async with AsyncExitStack() as held:
        yield Everybody(browser, town, language, held, phone=phone, with_axe=with_axe)


def axe_source() -> str:
    """axe as it was published: its sum is checked."""
    source = AXE.read_bytes()
    assert f"{hashlib.sha256(source).hexdigest()}  {AXE.name}" in (VENDOR / "SHA256SUMS").read_text().splitlines()
    return source.decode()


async def looked_at(people: Everybody, screens: Sequence[tuple[int, Screen]]) -> dict[str, list[str]]:
    """What axe finds on these screens, every other one in the dark, and whether they are wider than what they are looked at on."""
    found = {}
    for place, screen in screens:
        scheme = SCHEMES[place % 2]
        page = await people.see(screen, scheme)
        bad = await faults(page)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        if page.viewport_size and wide > page.viewport_size["width"]:
            bad.append(f"{wide} wide")
        if bad:
            found[f"{screen.name} ({scheme})"] = bad
    return found


async def faults(page: Page) -> list[str]:
    """What axe finds serious or critical on a page, each with the elements concerned."""
    await drawn(page)
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(axe_source())
    found: list[str] = await page.evaluate(FAULTS, sorted(GRAVE))
    return found
