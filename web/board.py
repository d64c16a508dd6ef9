"""The public board as it is shown: counted once a minute for all who look, names as they are now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from models.board import Sort, counted
from rules.board import Shown, Split, split, whole
from web.book import Book
from web.onewindow import Onewindow

KEPT = timedelta(minutes=1)


@dataclass(frozen=True)
class Section:
    """Complaints, or connection requests: all of them, and apart by office and by kind."""

    whole: Shown
    offices: Split
    kinds: Split

    @property
    def left_out(self) -> bool:
        """Whether some counts are not shown."""
        return bool(self.offices.left_out or self.kinds.left_out)


@dataclass(frozen=True)
class Board:
    """The board at an instant."""

    at: datetime
    edition: int
    complaints: Section
    connections: Section

    @property
    def tag(self) -> str:
        """What tells this board from any other."""
        return f"{self.edition}-{int(self.at.timestamp() * 1000)}"


class Kept:
    """The board, counted anew when it is a minute old or the administrator's tables changed."""

    def __init__(self, onewindow: Onewindow) -> None:
        self.onewindow = onewindow
        self._lock = asyncio.Lock()
        self._kept: Board | None = None

    async def get(self) -> Board:
        """The board of this minute. DatabaseAway when it cannot be counted."""
        async with self._lock:
            if self._kept is None or not self._true(self._kept):
                now = self.onewindow.clock()
                sorts = await self.onewindow.database.read(counted, now)
                book = self.onewindow.book
                self._kept = Board(now, book.edition, section(sorts[True], book), section(sorts[False], book))
            return self._kept

    def _true(self, board: Board) -> bool:
        age = self.onewindow.clock() - board.at
        return timedelta(0) <= age < KEPT and board.edition == self.onewindow.book.edition


def section(sort: Sort, book: Book) -> Section:
    """The counts as they may be shown, offices and kinds in the order of the utility's tables."""
    kinds = [row.code for what in ("category", "procedure") for row in book.all(what)]
    offices, shown = split(sort.offices), split(sort.kinds)
    return Section(
        whole(sort.offices),
        _sorted(offices, list(book.now.offices).index),
        _sorted(shown, lambda code: kinds.index(code)),
    )


def _sorted(given: Split, place: Callable[[str], int]) -> Split:
    def order(code: str) -> tuple[int, str]:
        try:
            return place(code), code
        except ValueError:
            return 10_000, code

    rows: Mapping[str, Shown] = {code: given.rows[code] for code in sorted(given.rows, key=order)}
    return Split(rows, given.left_out)


async def kept_board(request: Request) -> Kept:
    """The board this process keeps."""
    found: Kept = request.app.state.board
    return found


TheBoard = Annotated[Kept, Depends(kept_board)]
