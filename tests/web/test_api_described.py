"""The API's description is true: every answer is one it names, whatever is sent, and asking changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlmodel import SQLModel, func, select

from rules.terms import State
from tests.drawn import drawn
from tests.web.window import Window
from web.api.bodies import FILING
from web.api.description import schema_of
from web.api.mount import ROUTERS
from web.api.problems import KINDS
from web.errors import PROBLEM

DESCRIBED = schema_of(ROUTERS)
ANYWHERE = {400, 403, 405}
"""What any address may answer to a call that is no call of this API."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every method and address with its description."""
    for path, methods in DESCRIBED["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema, followed to where it is written."""
    while "$ref" in schema:
        schema = DESCRIBED["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def fits(value: Any, schema: dict[str, Any], where: str = "") -> None:
    """Fail unless a value has the shape of a schema: its kind, its fields and no others, its choices."""
    schema = resolved(schema)
    if "anyOf" in schema:
        choices = [resolved(choice) for choice in schema["anyOf"]]
        kinds = {choice["type"]: choice for choice in choices}
        return fits(value, kinds["null"] if value is None else next(c for k, c in kinds.items() if k != "null"), where)
    kinds_of = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    assert isinstance(value, kinds_of[schema["type"]]), f"{where}: {value!r} is no {schema['type']}"
    assert value in schema.get("enum", [value]), where
    assert value == schema.get("const", value), where
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        assert set(schema.get("required", ())) <= set(value), (where, set(value))
        assert others or set(value) <= set(known), (where, set(value))
        for name, part in value.items():
            fits(part, known.get(name, others), f"{where}.{name}")
    if isinstance(value, list):
        for part in value:
            fits(part, schema["items"], f"{where}[]")
    return None


def true_to(answer: httpx2.Response, operation: dict[str, Any]) -> None:
    """Fail unless the description names this answer."""
    if answer.status_code in ANYWHERE:
        assert answer.headers["content-type"] == PROBLEM
        return fits(answer.json(), {"$ref": "#/components/schemas/Problem"})
    assert str(answer.status_code) in operation["responses"], (answer.status_code, answer.text)
    content = operation["responses"][str(answer.status_code)].get("content")
    if content is None:
        assert answer.content == b""
        return None
    kind = answer.headers["content-type"]
    assert kind in content, kind
    return fits(answer.json(), content[kind]["schema"])


def operation(method: str, path: str) -> dict[str, Any]:
    """The description of one call."""
    found: dict[str, Any] = DESCRIBED["paths"][path][method.lower()]
    return found


async def test_the_description_speaks_of_the_api_alone(window: Window) -> None:
    answer = await window.visitor().get("/api/v1/openapi.json")
    assert answer.json() == json.loads(json.dumps(DESCRIBED))
    assert {(method, path) for method, path, _ in operations()} == {
        ("POST", "/api/v1/requests"),
        ("GET", "/api/v1/requests/{reference}"),
        ("POST", "/api/v1/requests/{reference}/documents"),
        ("GET", "/api/v1/catalog"),
        ("GET", "/api/v1/board"),
        ("POST", "/api/v1/payments"),
        ("GET", "/api/v1/problems"),
        ("POST", "/api/v1/receipts/sms"),
    }


def test_every_call_and_field_says_what_it_is() -> None:
    names = [described["operationId"] for _, _, described in operations()]
    assert len(names) == len(set(names))
    for _, path, described in operations():
        assert described["summary"], path
        assert described["description"], path
        for status, answer in described["responses"].items():
            kinds = set(answer.get("content", {}))
            assert kinds <= ({PROBLEM} if int(status) >= 400 else {"application/json"}), (path, status)
    for name, schema in DESCRIBED["components"]["schemas"].items():
        assert schema.get("description") or "enum" in schema, name


def test_every_reference_within_the_description_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in DESCRIBED["components"]["schemas"]}
    text = json.dumps(DESCRIBED)
    used = {part.partition('"')[0] for part in text.split('"$ref": "')[1:]}
    assert used == known


def test_every_type_of_problem_is_answered_by_some_call() -> None:
    said = json.dumps(DESCRIBED["paths"])
    for kind in KINDS:
        assert kind.type in said


def test_the_page_about_the_api_names_every_call_problem_and_field() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for method, path, _ in operations():
        assert f"`{method} {path}`" in page
    for kind in KINDS:
        assert f"| `{kind.type}` | {kind.status} |" in page
    assert page.count("/api/v1/problems#") == len(KINDS)
    for name in ("Filing", "Asker", "Registered", "Status", "PublicEvent", "Problem", "Receipt", "HandedIn"):
        for field in DESCRIBED["components"]["schemas"][name]["properties"]:
            assert re.search(rf"\b{field}\b", page), f"{name}.{field}"
    assert [state for state in State if f"`{state}`" not in page] == []


async def test_the_examples_work_as_they_stand(window: Window) -> None:
    filing = DESCRIBED["components"]["schemas"]["Filing"]
    for example in filing["examples"]:
        answer = await window.visitor().post("/api/v1/requests", json=example)
        assert answer.status_code == 201
        true_to(answer, operation("POST", "/api/v1/requests"))
        followed = await window.visitor().get(answer.headers["location"])
        assert followed.status_code == 200
        true_to(followed, operation("GET", "/api/v1/requests/{reference}"))
    number = DESCRIBED["components"]["schemas"]["Registered"]["properties"]["reference"]["examples"][0]
    answer = await window.visitor().get(f"/api/v1/requests/{number}")
    assert answer.status_code == 404
    receipt = DESCRIBED["components"]["schemas"]["Receipt"]["examples"][0]
    answer = await window.visitor().post("/api/v1/receipts/sms", json=receipt)
    assert answer.status_code == 404
    true_to(answer, operation("POST", "/api/v1/receipts/sms"))


# Whatever is sent

ANY_TEXT = st.text(st.characters(), max_size=30)
"""With characters of every kind, also those that are none: halves of pairs, controls, NUL."""
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ANY_TEXT
    | st.sampled_from(["a" * 5000, "0", "-1", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)
CONSUMER = st.fixed_dictionaries(
    {},
    optional={
        "name": ANY_TEXT,
        "phone": st.from_regex(r"\+?[0-9 ()-]{3,20}", fullmatch=True) | ANY_TEXT,
        "email": st.emails() | ANY_TEXT,
    },
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.just("complaint"),
    "category": st.sampled_from(["no-supply", "theft-report", "wire-down", "try-it"]),
    "channel": st.sampled_from(["api", "web"]),
    "description": ANY_TEXT,
    "language": st.sampled_from(["en", "hi", "ur"]),
    "locality": st.sampled_from(["gizri", "rehri"]),
    "account": st.none(),
    "place": ANY_TEXT,
    "address": ANY_TEXT,
    "consumer": CONSUMER,
}
RECEIPT: dict[str, st.SearchStrategy[Any]] = {
    "id": ANY_TEXT,
    "state": st.sampled_from(["delivered", "failed"]),
    "at": st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()) | st.integers(),
}


@st.composite
def bodies(draw: st.DrawFn, good: dict[str, st.SearchStrategy[Any]]) -> Any:
    """A body of good fields, some of them left out, up to two of them junk; now and then junk altogether."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JUNK)
    left = draw(st.sets(st.sampled_from(sorted(good)), max_size=2))
    body = {name: draw(value) for name, value in good.items() if name not in left}
    for name in draw(st.sets(st.sampled_from([*sorted(good), "extra"]), max_size=2)):
        body[name] = draw(JUNK)
    return body


FUZZ = drawn(
    60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
)


async def sent(window: Window, path: str, body: Any) -> httpx2.Response:
    """Send a body as JSON, with what JSON's own words cannot say escaped."""
    return await window.visitor(**{"Content-Type": "application/json"}).post(path, content=json.dumps(body).encode())


@FUZZ
@given(body=bodies(GOOD))
async def test_whatever_is_filed_is_taken_or_a_problem(window: Window, body: Any) -> None:
    answer = await sent(window, "/api/v1/requests", body)
    assert answer.status_code in {201, 422}, (answer.text, body)
    true_to(answer, operation("POST", "/api/v1/requests"))


@FUZZ
@given(body=bodies(RECEIPT))
async def test_whatever_is_reported_is_a_problem(window: Window, body: Any) -> None:
    answer = await sent(window, "/api/v1/receipts/sms", body)
    assert answer.status_code in {404, 422}, (answer.text, body)
    true_to(answer, operation("POST", "/api/v1/receipts/sms"))


PATH = st.text(st.characters(codec="utf-8", exclude_characters="/?#."), min_size=1, max_size=70)


@FUZZ
@given(reference=PATH | st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), language=PATH)
async def test_whatever_is_asked_for_is_answered(window: Window, reference: str, language: str) -> None:
    visitor = window.visitor(**{"If-None-Match": 'W/"1", *'})
    answer = await visitor.get(httpx2.URL("http://localhost:8000/api/v1/requests/").join(quoted(reference)))
    assert answer.status_code in {404, 422, 429}
    true_to(answer, operation("GET", "/api/v1/requests/{reference}"))
    answer = await visitor.get("/api/v1/catalog", params={"language": language})
    assert answer.status_code == 422
    true_to(answer, operation("GET", "/api/v1/catalog"))


def quoted(text: str) -> str:
    """A text as one part of an address."""
    return "./" + "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize("key", ["", " ", "a" * 201, "a\x7fb", "ä"])
async def test_a_key_that_is_none_is_a_problem(window: Window, key: str) -> None:
    headers = [(b"idempotency-key", key.encode("latin-1"))]
    answer = await window.visitor().post("/api/v1/requests", json=FILING, headers=headers)
    true_to(answer, operation("POST", "/api/v1/requests"))
    assert answer.status_code == 422, answer.text


async def test_asking_changes_nothing(window: Window) -> None:
    reference = await window.filed()

    async def rows() -> dict[str, int]:
        async with window.sessions() as session:
            tables = SQLModel.metadata.sorted_tables
            return {t.name: (await session.exec(select(func.count()).select_from(t))).one() for t in tables}

    before, row = await rows(), await window.row(reference)
    for method, path, described in operations():
        if method == "GET":
            answer = await window.visitor().get(path.format(reference=reference))
            assert answer.status_code == 200
            true_to(answer, described)
    assert (await rows(), await window.row(reference)) == (before, row)


async def test_other_methods_are_problems(window: Window) -> None:
    for method, path, described in operations():
        other = "DELETE" if method == "GET" else "PUT"
        answer = await window.visitor().request(other, path.format(reference="482719368"))
        assert answer.status_code == 405
        true_to(answer, described)
        assert method in answer.headers["allow"]
