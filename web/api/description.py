"""The OpenAPI description: the API's routes alone, every problem with its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field

from web.api.problems import INVALID, PLAIN, Kind
from web.errors import PROBLEM

SCHEMAS = "#/components/schemas/"
ABOUT = """File requests with an electricity utility and follow them by their number.

Instants are RFC 3339 in UTC. Every error is `application/problem+json` (RFC 9457). Numbers are nine digits."""
UNCHANGED: dict[str, Any] = {"description": "Not changed since the answer that had this ETag"}
LANGUAGE_HEADER = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "examples": ["hi"]},
    "description": "The language of names and of details that people read: en, hi or ur",
}


class FieldProblem(BaseModel):
    """A field that cannot be taken as it is; `field` is its path, empty for the body as a whole."""

    field: str = Field(examples=["consumer.phone"])
    message: str


class ProblemDetails(BaseModel):
    """A problem (RFC 9457). `type` is about:blank where the status says it all."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(examples=[INVALID.type])
    title: str
    status: int
    detail: str
    instance: str
    request_id: str = Field(description="The number under which this call stands in the utility's log")
    errors: list[FieldProblem] = []


def problems_of(*kinds: Kind, plain: Sequence[int] = ()) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are problems, by status."""
    said: dict[int, list[str]] = {status: [PLAIN[status]] for status in plain}
    for kind in kinds:
        said.setdefault(kind.status, []).append(f"{kind.title} (`{kind.type}`).")
    schema = {"schema": {"$ref": f"{SCHEMAS}Problem"}}
    return {
        status: {"description": " ".join(words), "content": {PROBLEM: schema}} for status, words in sorted(said.items())
    }


def unchanged(request: Request, tag: str) -> bool:
    """Whether the caller has what has this ETag."""
    return tag in (known.strip() for known in request.headers.get("if-none-match", "").split(","))


def describe(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Let `app` describe these routers and nothing else."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = schema_of(routers)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def schema_of(routers: Sequence[APIRouter]) -> dict[str, Any]:
    """The whole description."""
    routes = [route for router in routers for route in router.routes]
    made = get_openapi(title="Onewindow", version="1.0.0", description=ABOUT, routes=routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDetails.model_json_schema(ref_template=f"{SCHEMAS}{{model}}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for path in made["paths"].values():
        for operation in path.values():
            operation.setdefault("parameters", []).append(LANGUAGE_HEADER)
    return made
