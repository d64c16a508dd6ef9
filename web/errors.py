"""What went wrong, said once: a page in the reader's language, or problem+json (RFC 9457) for the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from languages.catalog import N_, gettext
from languages.labels import refusal
from languages.papers import unfit
from models.storage import StorageAway
from rules.papers import FileFault
from rules.states import IllegalMove
from rules.terms import Refused
from web.database import DatabaseAway
from web.forms import texts
from web.render import page
from web.uploads.faults import Lost, Unfit

log = structlog.get_logger()
HUNG_UP = 499
"""The status in the access log when the sender is gone before all of his form had come: no fault of ours, and nobody reads it."""
PROBLEM = "application/problem+json"
SECRET = frozenset({"password", "code", "new", "again"})
"""Fields that are never shown again."""


class NotFound(Exception):
    """There is nothing under this address, or no such request."""


class NotYours(Exception):
    """The reader may not see or do this."""


class Stale(Exception):
    """What the reader acted on has changed since."""


class CrossSite(Exception):
    """A form was sent from somebody else's page."""


class TooLarge(Exception):
    """More was sent than any form holds."""


class TooMany(Exception):
    """Too many tries from one place; try again later."""


class RefusedAct(Exception):
    """The pen refused a submission; `code` says why."""

    def __init__(self, code: Refused) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class FieldError:
    """One field that cannot be taken as it is, and what to do about it, in the reader's language."""

    field: str
    message: str


class Invalid(Exception):
    """Fields that cannot be taken as they are; pages re-render their form instead of raising this."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Words:
    """A status with its heading and the sentence below it, in the source's language."""

    status: int
    title: str
    detail: str


WORDS: dict[type[Exception], Words] = {
    NotFound: Words(404, N_("This page is not here"), N_("Check the number or the address and try again.")),
    NotYours: Words(403, N_("You may not see this"), N_("Sign in with a post that may, or ask your office.")),
    CrossSite: Words(
        403, N_("This was not sent from our page"), N_("Go back, load the page again and send it once more.")
    ),
    Stale: Words(409, N_("Something changed meanwhile"), N_("Look at the newest state and try again.")),
    IllegalMove: Words(409, N_("This cannot be done now"), N_("Look at the newest state and try again.")),
    Lost: Words(
        410,
        N_("This document cannot be opened any more"),
        N_("Its file is damaged or gone. It has to be sent once more; nothing else is lost."),
    ),
    TooLarge: Words(413, N_("That is too much at once"), N_("Write less and send it again.")),
    Invalid: Words(422, N_("Something needs to be corrected"), N_("Correct what is marked and send it again.")),
    TooMany: Words(429, N_("Too many tries"), N_("Wait a few minutes and try again, or ring us.")),
    DatabaseAway: Words(
        503, N_("We cannot do this at the moment"), N_("Nothing was lost. Try again in a minute, or ring us.")
    ),
    StorageAway: Words(
        503, N_("We cannot keep files at the moment"), N_("Nothing else was lost. Try again in a minute, or ring us.")
    ),
}
BY_STATUS = {words.status: words for words in reversed(WORDS.values())} | {
    400: Words(400, N_("This cannot be done here"), N_("Go back, load the page again and send it once more.")),
    405: Words(405, N_("This cannot be done here"), N_("Go back and use the buttons of the page.")),
}
KEPT = N_("We cannot save this at the moment. What you typed is still here. Try again in a minute, or ring us.")
FAILED = Words(500, N_("Something went wrong on our side"), N_("Try again in a minute, or ring us."))


def wants_json(request: Request) -> bool:
    """Whether a machine asks: by path, or by what it accepts."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def unfit_status(fault: FileFault) -> int:
    """The status of a file that cannot be taken."""
    return {FileFault.TOO_LARGE: 413, FileFault.TOO_MANY: 409, FileFault.NOT_SCANNED: 503}.get(fault, 422)


def words_of(error: Exception) -> Words:
    """What is said of this error."""
    if isinstance(error, RefusedAct):
        return Words(409, N_("This cannot be done now"), refusal(error.code))
    if isinstance(error, Unfit):
        return Words(unfit_status(error.fault), N_("This file cannot be taken"), unfit(error.fault))
    if isinstance(error, RequestValidationError):
        return WORDS[Invalid]
    if isinstance(error, HTTPException):
        return BY_STATUS.get(error.status_code) or Words(error.status_code, HTTPStatus(error.status_code).phrase, "")
    return next((words for kind, words in WORDS.items() if isinstance(error, kind)), FAILED)


def problem(request: Request, error: Exception, words: Words) -> Response:
    """RFC 9457, with the fields at fault where there are some."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": gettext(words.title),
        "status": words.status,
        "detail": gettext(words.detail) if words.detail else "",
        "instance": request.url.path,
        "request_id": request_id(request),
    }
    if isinstance(error, RefusedAct):
        body["code"] = error.code.value
    if isinstance(error, Invalid):
        body["errors"] = [{"field": found.field, "message": found.message} for found in error.errors]
    if isinstance(error, RequestValidationError):
        body["errors"] = [
            {"field": ".".join(str(part) for part in found["loc"][1:]), "message": found["msg"]}
            for found in error.errors()
        ]
    return JSONResponse(body, words.status, {"Cache-Control": "no-store"}, media_type=PROBLEM)


def request_id(request: Request) -> str:
    """The number under which this request stands in the log."""
    return str(request.scope.get("state", {}).get("request_id", ""))


async def kept(request: Request, error: Exception) -> Mapping[str, str]:
    """What was typed into a form that the database could not take, to be sent again; nothing when it holds a secret."""
    if isinstance(error, DatabaseAway | NotYours) and request.method == "POST" and not wants_json(request):
        with suppress(HTTPException):
            form = await texts(request)
            return {} if SECRET & form.keys() else form
    return {}


def answer(request: Request, error: Exception, form: Mapping[str, str] | None = None) -> Response:
    """The response for an error: a page, with `form` to be sent again, a block for htmx, or problem+json."""
    words = words_of(error)
    headers = {"Retry-After": "30"} if words.status in (429, 503) else {}
    if isinstance(error, HTTPException) and error.headers:
        headers |= dict(error.headers)
    if wants_json(request):
        response = problem(request, error, words)
        response.headers.update(headers)
        return response
    block = "message" if request.headers.get("hx-request") == "true" else None
    detail = KEPT if form and isinstance(error, DatabaseAway) else words.detail
    context = {"heading": gettext(words.title), "detail": gettext(detail) if detail else "", "typed": form or {}}
    shown = request_id(request) if words.status == 500 else ""
    return page(
        request, "error.html", block=block, status=words.status, headers=headers, shown_id=shown,
        again=request.url.path, **context,
    )  # fmt: skip


async def handle(request: Request, error: Exception) -> Response:
    """The one exception handler; what nobody named is logged by the server with its request id."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=HUNG_UP)
    if isinstance(error, HTTPException) and 300 <= error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    if words_of(error) is FAILED:
        log.error("a request failed", request_id=request_id(request), path=request.url.path, error=repr(error))
    return answer(request, error, await kept(request, error))


def install(app: FastAPI) -> None:
    """Answer every error of `app` here."""
    for kind in (*WORDS, ClientDisconnect, RefusedAct, Unfit, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, handle)
