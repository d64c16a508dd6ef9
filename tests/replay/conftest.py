"""The town of the stories, with a pen that can be made to fail."""

from __future__ import annotations

from tests.stories.conftest import town
from tests.workflows.conftest import faults

__all__ = ["faults", "town"]
