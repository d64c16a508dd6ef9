"""Of many nearly equal cases one runs every time, and all in the sweep."""

from __future__ import annotations

from typing import Any

import pytest


def swept(why: str, first: Any, *rest: Any) -> list[Any]:
    """The cases of a parametrised test: the first, and the rest marked as a sweep for this reason."""
    mark = pytest.mark.sweep(why)
    return [first, *(pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=mark) for one in rest)]
