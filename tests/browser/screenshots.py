"""Pictures of every screen, to be looked at by people: `python -m tests.browser.screenshots FOLDER [screen ...]`."""

from __future__ import annotations

import asyncio
import itertools
import sys
import tempfile
from pathlib import Path

from embedded.postgres import running
from languages.catalog import LANGUAGES
from tests.browser.chromium import launched, program
from tests.browser.looking import everybody
from tests.browser.screens import Screen, casework_screens, every_screen
from tests.browser.screens_of_applying import application_screens, applying_screens
from tests.browser.town_of_screens import Town, town_on
from tests.world import demo_profile, load

WIDTHS = {"narrow": True, "wide": False}
SCHEMES = ("light", "dark")


def all_screens(town: Town) -> list[Screen]:
    """Every screen there is."""
    return [*every_screen(town), *casework_screens(town), *applying_screens(town), *application_screens(town)]


async def take(folder: Path, wanted: set[str]) -> int:
    """Take them all, or only the screens named; how many pictures."""
    path = program()
    if path is None:
        raise SystemExit("There is no Chromium here: install Debian's `chromium`, or name one in CHROMIUM.")
    taken = 0
    async with running(Path(tempfile.mkdtemp()) / "pg", durable=False) as server:
        await load(server.url, demo_profile())
        async with town_on(server.url) as town, launched(path) as browser:
            for language, (width, phone) in itertools.product(LANGUAGES, WIDTHS.items()):
                async with everybody(browser, town, language, phone=phone) as people:
                    for screen, scheme in itertools.product(all_screens(town), SCHEMES):
                        if wanted and screen.name not in wanted:
                            continue
                        page = await people.see(screen, scheme)
                        file = folder / f"{screen.name}.{language}.{width}.{scheme}.png"
                        await page.screenshot(path=file, full_page=True)
                        taken += 1
                print(f"{language} {width}: {taken} pictures", flush=True)
    return taken


def main() -> None:
    """Read the arguments and take the pictures."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder, set(sys.argv[2:])))


if __name__ == "__main__":
    main()
