"""One application a module of tests, its clock set back to Monday morning before each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.compiled import compiled_before
from tests.web.window import MONDAY, Window, window_on


@pytest.fixture(scope="session", autouse=True)
def templates(pytestconfig: pytest.Config) -> Iterator[None]:
    """The templates, compiled once for all runs."""
    with compiled_before(pytestconfig.cache.mkdir("templates")):
        yield


@pytest.fixture(scope="module")
async def application(database_url: str) -> AsyncIterator[Window]:
    """The application over this module's database."""
    async with window_on(database_url) as window:
        yield window


@pytest.fixture
async def window(application: Window) -> Window:
    """The application on Monday at ten, its door open."""
    application.now = MONDAY
    application.door.away = False
    return application
