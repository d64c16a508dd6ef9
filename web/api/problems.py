"""What can be wrong with a call, each kind with an address of its own (RFC 9457), and the route that answers with it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from rules.papers import FileFault
from web.errors import PROBLEM, FieldError, request_id, unfit_status
from web.forms import too_long

TYPES = "/api/v1/problems"
PLAIN = {
    413: "The body is larger than 64 KiB.",
    429: "Too many numbers that do not exist were asked for from this address. Try again later.",
    503: "The database does not answer. Nothing was written; try again.",
}
"""Problems of type about:blank: the status says it all."""


@dataclass(frozen=True)
class Kind:
    """One kind of problem: the end of its address, its status, its title that never changes, and what to do about it."""

    name: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        """The URI by which programs know it."""
        return f"{TYPES}#{self.name}"


INVALID = Kind(
    "invalid-fields",
    422,
    "Some fields cannot be taken as they are",
    "`errors` names each field and what is wrong with it. Nothing was written.",
)
NOT_A_REFERENCE = Kind(
    "not-a-reference",
    422,
    "This is not a request's number",
    "A number has nine digits, the last of which checks the others. Most likely it was mistyped.",
)
UNKNOWN_REFERENCE = Kind(
    "unknown-reference",
    404,
    "No request has this number",
    "The number is well formed, but was never given to anybody.",
)
KEY_REUSED = Kind(
    "idempotency-key-reused",
    422,
    "This key was used with another body",
    "A key stands for one request and its repetitions. Send a new request with a new key.",
)
TOO_MANY_FILED = Kind(
    "too-many-filed",
    429,
    "Too many requests were filed with this telephone number",
    "One telephone number filed more requests within an hour than anybody needs. Try again later.",
)
UNKNOWN_MESSAGE = Kind(
    "unknown-message",
    404,
    "No message has this id",
    "The delivery report names an id that was never handed to the gateway. Do not repeat it.",
)
DOCUMENT_NOT_WANTED = Kind(
    "document-not-wanted",
    409,
    "This request does not want this document",
    "It is a complaint, it is over, it never asked for this paper, or it has accepted one already. Nothing was kept.",
)
NOT_SIGNED = Kind(
    "not-signed",
    401,
    "The signature is not right",
    "The header Onewindow-Signature is missing, older than five minutes, or made with another secret or body.",
)
UNKNOWN_NOTE = Kind(
    "unknown-demand-note",
    422,
    "No demand note has this number",
    "The money was not booked. Give it back to whoever paid, or ask for the right number.",
)
PAYMENT_REUSED = Kind(
    "payment-id-reused",
    422,
    "This payment id was used for another payment",
    "An id stands for one payment and its repetitions, with one note and one amount.",
)
PAYMENTS_OFF = Kind(
    "payments-not-set-up",
    503,
    "Payments are not set up here",
    "PAYMENT_SECRET is not set, so that no signature can be checked. Nothing was booked.",
)
TITLES = {
    FileFault.NOTHING: "The file is empty",
    FileFault.TOO_LARGE: "The file is larger than 10 MB",
    FileFault.OTHER_KIND: "The file is neither JPEG, PNG, WebP nor PDF",
    FileFault.HEIC: "The picture is HEIC, which cannot be read",
    FileFault.BROKEN: "The file is damaged or not complete",
    FileFault.TOO_MANY_PIXELS: "The picture has more than 40 million pixels",
    FileFault.MOVING: "The picture moves",
    FileFault.LOCKED: "The PDF is locked with a password",
    FileFault.TOO_SLOW: "The file took too long to open",
    FileFault.INFECTED: "The file carries a virus",
    FileFault.NOT_SCANNED: "Files cannot be scanned at the moment",
    FileFault.TOO_MANY: "The request has as many documents as it may have",
}
UNFIT = {
    fault: Kind(f"document-{fault.value.replace('_', '-')}", unfit_status(fault), title, "Nothing was kept.")
    for fault, title in TITLES.items()
}
"""Why a file cannot be taken; what it is, is told by its content alone."""
KINDS = (
    INVALID, NOT_A_REFERENCE, UNKNOWN_REFERENCE, KEY_REUSED, TOO_MANY_FILED, UNKNOWN_MESSAGE, DOCUMENT_NOT_WANTED,
    NOT_SIGNED, UNKNOWN_NOTE, PAYMENT_REUSED, PAYMENTS_OFF, *UNFIT.values(),
)  # fmt: skip


class Problem(Exception):
    """A call that cannot be done, of a kind of its own. `detail` is in the reader's language where people need it."""

    def __init__(self, kind: Kind, detail: str = "", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(kind.title)
        self.kind = kind
        self.detail = detail or kind.meaning
        self.errors = tuple(errors)


def invalid(field: str, message: str) -> Problem:
    """The problem of one field."""
    return Problem(INVALID, errors=[FieldError(field, message)])


def answer(request: Request, wrong: Problem) -> Response:
    """The problem as it is sent."""
    body: dict[str, Any] = {
        "type": wrong.kind.type,
        "title": wrong.kind.title,
        "status": wrong.kind.status,
        "detail": wrong.detail,
        "instance": request.url.path,
        "request_id": request_id(request),
    }
    if wrong.errors:
        body["errors"] = [{"field": error.field, "message": error.message} for error in wrong.errors]
    headers = {"Cache-Control": "no-store"}
    if wrong.kind.status == 429:
        headers["Retry-After"] = "600"
    return JSONResponse(body, wrong.kind.status, headers, media_type=PROBLEM)


def field_error(found: dict[str, Any]) -> FieldError:
    """What the form check says of one field; a body that is no JSON at all has no field."""
    place = () if found["type"] == "json_invalid" else found["loc"][1:]
    message = str(found["msg"])
    if found["type"] == "string_too_long" and isinstance(found.get("input"), str):
        message = too_long(found["input"], found["ctx"]["max_length"]) or message
    return FieldError(".".join(str(part) for part in place), message)


class Api(APIRoute):
    """A route whose problems are answered with their types."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with what it raises turned into answers."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except RequestValidationError as bad:
                wrong = Problem(INVALID, errors=[field_error(found) for found in bad.errors()])
            except Problem as problem:
                wrong = problem
            return answer(request, wrong)

        return handler


class ProblemKind(BaseModel):
    """One kind of problem: its URI, status, title, and what to do about it."""

    type: str = Field(examples=[INVALID.type])
    status: int
    title: str
    meaning: str


class Problems(BaseModel):
    """Every kind of problem with a type of its own; all others are about:blank and mean what their status says."""

    problems: list[ProblemKind]


router = APIRouter(prefix="/api/v1", route_class=Api, tags=["catalog"])


@router.get("/problems", operation_id="problems", summary="The types of problems")
async def problems() -> Problems:
    """Every type of problem that this API answers with, and what to do about it."""
    return Problems(
        problems=[
            ProblemKind(type=kind.type, status=kind.status, title=kind.title, meaning=kind.meaning) for kind in KINDS
        ]
    )
