"""Every call with what schemathesis makes of its description, fitting and unfit: no error of ours, each answer as described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.drawn import drawn
from tests.web.connecting import applied
from tests.web.test_api_described import ANYWHERE, DESCRIBED, operations, true_to
from tests.web.window import Window
from web.api.signed import HEADER, signature

SECRET = "a payment secret of more than thirty-two letters"
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def calls() -> Iterator[Any]:
    """Every call with values that fit, and with others where there is anything that could not fit."""
    for method, path, described in operations():
        yield pytest.param(method, path, GenerationMode.POSITIVE, id=f"{method} {path}")
        told = {parameter["name"] for parameter in described["parameters"]} - {"Accept-Language"}
        if told or "requestBody" in described:
            yield pytest.param(method, path, GenerationMode.NEGATIVE, id=f"{method} {path} unfit")


@dataclass(frozen=True)
class There:
    """What is there to be named: a request that wants documents, and a demand note that is to be paid."""

    reference: str
    note: str


@pytest.fixture(scope="module")
async def there(application: Window) -> There:
    """Two applications, one at its papers, one at its payment."""
    application.parts.payment_secret = SECRET
    wanting, owing = await applied(application), await applied(application)
    await owing.walk(until="payment")
    note = (await owing.case()).note
    assert note is not None
    return There(wanting.reference, note.number)


@pytest.mark.sweep("very many calls; those of test_api_described.py are sent each time")
@pytest.mark.parametrize(("method", "path", "mode"), [*calls()])
@drawn(20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_a_call_is_answered_as_described(
    window: Window, there: There, method: str, path: str, mode: GenerationMode, data: st.DataObject
) -> None:
    case: Any = data.draw(SCHEMA[path][method].as_strategy(generation_mode=mode))
    known = data.draw(st.booleans())
    if known and "reference" in case.path_parameters:
        case.path_parameters["reference"] = there.reference
    if known and isinstance(case.body, dict) and "note" in case.body:
        case.body["note"] = there.note
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://localhost:8000")).prepare()
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    headers = {name: value for name, value in sent.headers.items() if name != "Content-Length"}
    if known and path.endswith("/payments"):
        headers[HEADER] = signature(SECRET, body, window.now)
    async with window.visitor() as visitor:
        answer = await visitor.request(method, sent.url or "", content=body, headers=headers)
    if answer.status_code in ANYWHERE:
        return true_to(answer, DESCRIBED["paths"][path][method.lower()])
    return case.validate_response(answer, checks=CHECKS)
