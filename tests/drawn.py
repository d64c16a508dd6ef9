"""How many examples a property is tried on: some each time, and all where the sweeps run."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

SOME = 4
A_PART = 20
some_only = False
"""Whether the sweeps are left out; `servers.py` says so before anything is collected."""


def drawn(many: int, **more: Any) -> settings:
    """Settings of a property for so many examples, a twentieth of them (four at least) where the sweeps are left out."""
    examples = min(many, max(SOME, many // A_PART)) if some_only else many
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None, **more)
