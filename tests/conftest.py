"""What all tests share is in `servers.py`; whoever only hands tests out to others, two at a time, does without."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the servers where tests run: importing them takes three seconds, for which those who run them would wait."""
    if config.getoption("dist", "no") == "no":
        from tests import servers

        config.pluginmanager.register(servers)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """End what a worker that did not end by itself left running: it would hold our output open."""
    if error is None:
        return
    given = node.workerinput
    ours = {f"PYTEST_XDIST_WORKER={given['workerid']}", f"PYTEST_XDIST_TESTRUNUID={given['testrunuid']}"}
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if ours <= set(environ.read_text(errors="replace").split("\0")):
                os.kill(int(environ.parent.name), signal.SIGKILL)
