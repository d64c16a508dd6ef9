"""The public board for other systems: the same counts as on its page, with what each of them means."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from languages.board import figure_name, figure_rule
from languages.catalog import current
from rules.board import LATELY, Figure, Shown, Split
from web.api.bodies import Instant, Named
from web.api.catalog import read
from web.api.description import UNCHANGED, problems_of, unchanged
from web.api.problems import Api
from web.board import Board, Section, TheBoard
from web.deps import Parts

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["board"])


class FigureSaid(Named):
    """A figure: its code in `figures`, its name, and what it counts (empty for the ages that `pending` is made of)."""

    rule: str


class BoardRow(Named):
    """An office or a kind with its figures; null where a count is left out so that nobody can be recognised."""

    figures: dict[Figure, int | None]


class BoardSection(BaseModel):
    """Complaints, or connection requests: all together, and apart by office and by kind. Confidential kinds are in `all` alone."""

    all: dict[Figure, int | None]
    offices: list[BoardRow]
    kinds: list[BoardRow]


class BoardSaid(BaseModel):
    """The board at the instant `at`; what happened is counted from `since`."""

    at: Instant
    since: Instant
    figures: list[FigureSaid] = Field(description="What each figure is called and counts, in the language asked for")
    complaints: BoardSection
    connections: BoardSection


@router.get(
    "/board",
    operation_id="board",
    summary="How many came, wait and ended",
    response_model=BoardSaid,
    responses={304: UNCHANGED, **problems_of(plain=(503,))},
)
async def board(request: Request, response: Response, parts: Parts, kept: TheBoard) -> BoardSaid | Response:
    """Counted once a minute: keep the ETag."""
    await read(parts)
    found = await kept.get()
    headers = {
        "ETag": f'W/"{found.tag}-{current()}"',
        "Vary": "Accept-Language, Cookie",
        "Cache-Control": "no-cache",
    }
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return said(found, partial(parts.book.label, "office"), parts.book.matter)


def said(found: Board, office: Callable[[str], str], kind: Callable[[str], str]) -> BoardSaid:
    """The board in the language in use."""

    def section(given: Section) -> BoardSection:
        return BoardSection(
            all=_figures(given.whole), offices=_rows(given.offices, office), kinds=_rows(given.kinds, kind)
        )

    figures = [FigureSaid(code=figure, name=figure_name(figure), rule=figure_rule(figure)) for figure in Figure]
    return BoardSaid(
        at=found.at,
        since=found.at - LATELY,
        figures=figures,
        complaints=section(found.complaints),
        connections=section(found.connections),
    )


def _rows(given: Split, name: Callable[[str], str]) -> list[BoardRow]:
    return [BoardRow(code=code, name=name(code), figures=_figures(row)) for code, row in given.rows.items()]


def _figures(row: Shown) -> dict[Figure, int | None]:
    return dict(row)
