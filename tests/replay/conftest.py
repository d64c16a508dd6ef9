"""The town of the stories through Temporal, with a pen that can be made to fail."""

from __future__ import annotations

from tests.stories.conftest import through_temporal
from tests.workflows.conftest import faults, town

__all__ = ["faults", "through_temporal", "town"]
