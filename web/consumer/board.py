"""The public board: how many requests came, wait and ended, by office and by kind; nothing of anybody."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.board import figure_name, figure_rule
from rules.board import AGES, CLOSINGS, FEW, Figure
from web.board import TheBoard
from web.deps import TheBook
from web.render import page

router = APIRouter(include_in_schema=False)
LIMIT = (Figure.JUDGED, Figure.WITHIN, Figure.EXCUSED, Figure.LATE)
HOLDS = (Figure.ON_HOLD, Figure.HELD, Figure.DAYS_HELD)
OTHERS = (*LIMIT, *CLOSINGS, Figure.REOPENED, *HOLDS)


@router.get("/board")
async def board(request: Request, kept: TheBoard, book: TheBook) -> Response:
    """The whole board on one page; it is the same for everybody."""
    found = await kept.get()
    return page(
        request,
        "consumer/board.html",
        headers={"Cache-Control": "private, max-age=30"},
        board=found,
        sections=((True, found.complaints), (False, found.connections)),
        F=Figure,
        ages=AGES,
        others=OTHERS,
        few=FEW - 1,
        figure_name=figure_name,
        figure_rule=figure_rule,
        kind_name=book.matter,
    )
