"""Chromium for the session, and the towns that people visit with it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser
from temporalio.testing import WorkflowEnvironment

from activities.record import Record
from embedded.postgres import Postgres
from tests.browser.chromium import launched, program
from tests.browser.living import Living, living


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium; tests that need it are skipped where there is none, unless REQUIRE_BROWSER is set."""
    path = program()
    if path is None:
        missing = "no Chromium here: install Debian's `chromium-headless-shell`, or name one in CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER", "") not in ("", "0"):
            pytest.fail(missing)
        pytest.skip(missing)
    async with launched(path) as found:
        yield found


@pytest.fixture
async def town(
    browser: Browser, postgres: Postgres, temporal: WorkflowEnvironment, pen: Record, tmp_path: Path
) -> AsyncIterator[Living]:
    """A whole utility in real time."""
    async with living(postgres, temporal, pen, tmp_path) as running:
        yield running
