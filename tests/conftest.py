"""What all tests share is in `servers.py`; whoever only hands tests out to others, two at a time, does without."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the servers where tests run: importing them takes three seconds, for which those who run them would wait."""
    if config.getoption("dist", "no") == "no":
        from tests import servers

        config.pluginmanager.register(servers)
