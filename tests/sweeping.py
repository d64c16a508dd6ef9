"""Of many nearly equal cases one runs every time, and all in the sweep; a few of them not once more beside all."""

from __future__ import annotations

from typing import Any

import pytest

from tests import drawn


def swept(why: str, first: Any, *rest: Any) -> list[Any]:
    """The cases of a parametrised test: the first, and the rest marked as a sweep for this reason."""
    mark = pytest.mark.sweep(why)
    return [first, *(pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=mark) for one in rest)]


def widened(why: str, few: Any, whole: Any) -> list[Any]:
    """The one case of a parametrised test: a few of what there is, or the whole with those few in it as a sweep for this reason."""
    if drawn.some_only:
        return [few]
    return [pytest.param(*(whole if isinstance(whole, tuple) else (whole,)), marks=pytest.mark.sweep(why))]
