"""What other systems may choose from: kinds, categories, localities and languages by code and name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from languages.catalog import LANGUAGES, OWN_NAMES, current, named, use
from languages.labels import kind_label
from models.policy import Names
from rules import procedure as rules
from rules import terms
from web.about import works
from web.api.bodies import Catalog, Named, Procedure
from web.api.description import UNCHANGED, problems_of, unchanged
from web.api.problems import INVALID, Api, invalid
from web.book import Book
from web.deps import Parts
from web.onewindow import Onewindow

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["catalog"])


async def read(parts: Onewindow) -> Book:
    """The names, read at once by a process that has just begun."""
    if not parts.book.edition:
        await parts.database.read(parts.book.refresh)
    return parts.book


@router.get(
    "/catalog",
    operation_id="catalog",
    summary="What may be chosen",
    response_model=Catalog,
    responses={304: UNCHANGED, **problems_of(INVALID, plain=(503,))},
)
async def catalog(
    request: Request,
    response: Response,
    parts: Parts,
    language: Annotated[str | None, Query(max_length=20, description="en, hi or ur; else by Accept-Language")] = None,
) -> Catalog | Response:
    """Codes and names of everything a request is filed with. The names change seldom: keep the ETag."""
    if language is not None and language not in LANGUAGES:
        raise invalid("language", f"Input should be one of {', '.join(LANGUAGES)}")
    book = await read(parts)
    headers = {
        "ETag": f'W/"{book.edition}-{language or current()}"',
        "Vary": "Accept-Language, Cookie",
        "Cache-Control": "no-cache",
    }
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    with use(language):
        return everything(book)


def _offered(book: Book) -> Mapping[str, rules.Procedure]:
    policy = book.policies.get(book.newest)
    return policy.procedures if policy else {}


def _procedure(row: Names, book: Book) -> Procedure:
    given = _offered(book)[row.code]
    asked = given.loads
    loads = None if asked is None else {"least": f"{asked.least}", "most": f"{asked.most}", "step": f"{asked.step}"}
    return Procedure(
        code=row.code,
        name=named(row.labels),
        kind=given.kind,
        account=given.account,
        applicants=book.in_order("applicant", given.papers),
        papers={applicant: list(papers) for applicant, papers in given.papers.items()},
        loads=loads,
    )


def everything(book: Book) -> Catalog:
    """The catalog in the language in use."""
    return Catalog(
        kinds=[Named(code=kind.value, name=kind_label(kind)) for kind in terms.Kind],
        categories=[Named(code=row.code, name=named(row.labels)) for row in book.categories()],
        procedures=[_procedure(row, book) for row in book.all("procedure") if row.code in _offered(book)],
        localities=[Named(code=place.code, name=named(place.names)) for place in book.now.localities.values()],
        languages=[Named(code=code, name=OWN_NAMES[code]) for code in book.languages],
        posts=[Named(code=post.code, name=book.title(post.code)) for post in book.posts() if works(post)],
    )
