"""What two files say of the same thing agrees."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from temporalio.client import Client
from temporalio.worker import Worker

import activities
import web
import worker
import workflows
from activities.fanout import FanOut
from activities.record import Record
from models import database
from models.requests import Hold as HoldRow
from models.requests import ServiceRequest
from models.requests import Task as TaskRow
from rules import consumer_acts, officer_acts, timers
from rules.messages import ItIsTime, Look, Standing, Take, Taken, TaskStanding
from rules.request import Hold, Request, Task
from rules.states import CONNECTION_LEADS_TO, LEADS_TO, OPEN, WORKED
from rules.terms import Act, Kind, State, Wake
from web.app import Application, create_app
from web.desk.session import signed_in
from web.onewindow import Onewindow
from workflows.attributes import TASK_QUEUE
from workflows.client import WORKFLOWS, Door
from workflows.fanout import FanOutWorkflow

ROOT = Path(__file__).resolve().parents[1]
ANY_TIME = datetime(2027, 5, 14, tzinfo=UTC)


def members(package: Any) -> Iterator[Any]:
    """Every class that is defined in a package."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for _, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if member.__module__ == module.name:
                yield member


# Workflows and the pen


def test_every_kind_has_a_workflow_and_every_workflow_is_registered() -> None:
    assert set(WORKFLOWS) == set(Kind)
    defined = {member for member in members(workflows) if hasattr(member, "__temporal_workflow_definition")}
    assert defined == {*WORKFLOWS.values(), FanOutWorkflow}


async def test_the_worker_runs_every_workflow_and_every_activity(monkeypatch: pytest.MonkeyPatch) -> None:
    built: dict[str, Any] = {}

    class Listed(Worker):
        def __init__(self, client: Client, **settings: Any) -> None:
            built.update(settings)

    monkeypatch.setattr(worker, "Worker", Listed)
    worker.worker_of(None, Record(None), FanOut(None))  # type: ignore[arg-type]
    defined = {
        method
        for member in members(activities)
        for _, method in inspect.getmembers(member, inspect.isfunction)
        if hasattr(method, "__temporal_activity_definition")
    }
    assert defined
    assert {activity.__func__ for activity in built["activities"]} == defined
    assert set(built["workflows"]) == {*WORKFLOWS.values(), FanOutWorkflow}
    assert built["task_queue"] == TASK_QUEUE


def test_nothing_personal_can_cross_into_a_workflows_history() -> None:
    """What crosses holds references, ids, codes, instants and numbers: no field for words or a person."""
    allowed = {"Kind", "State", "Act", "Wake", "Refused", "str", "int", "bool", "datetime", "None"}
    allowed |= {"Standing", "tuple[TaskStanding, ...]"}
    names = {"reference", "submission", "stage", "handler", "answerable", "id"}
    for message in (Look, ItIsTime, Take, Standing, Taken, TaskStanding):
        assert is_dataclass(message)
        for field in fields(message):
            parts = set(re.split(r" \| ", str(field.type)))
            assert parts <= allowed, f"{message.__name__}.{field.name}"
            assert "str" not in parts or field.name in names, f"{message.__name__}.{field.name}"


# Rules, tables and the table of states


def test_everything_that_falls_due_is_done_and_every_act_is_somebodys() -> None:
    assert set(timers.FALLS_DUE) == set(Wake)
    judged_apart = {Act.RECEIPT, Act.CALLED, Act.RAISE, Act.AGREE, Act.DISAGREE, Act.PAY, Act.RETIME, Act.MOVE}
    at_stages = {*officer_acts.AT_A_STAGE, *consumer_acts.AN_APPLICANTS}
    assert {*officer_acts.ACTS, *consumer_acts.ACTS, *at_stages, *judged_apart} == set(Act)


def test_every_state_is_in_the_table_and_open_ones_lead_somewhere() -> None:
    assert set(LEADS_TO) | set(CONNECTION_LEADS_TO) == set(State)
    assert WORKED < OPEN
    for state in OPEN:
        assert LEADS_TO.get(state, frozenset()) > {State.WITHDRAWN} or CONNECTION_LEADS_TO[state]


@pytest.mark.parametrize(
    ("value", "table", "elsewhere"),
    [(Request, ServiceRequest, {"tasks", "case"}), (Task, TaskRow, {"holds"}), (Hold, HoldRow, set())],
    ids=["request", "task", "hold"],
)
def test_every_field_a_rule_sees_is_a_column(value: Any, table: Any, elsewhere: set[str]) -> None:
    assert {field.name for field in fields(value)} - elsewhere <= set(table.model_fields)


def test_every_instant_in_a_table_knows_its_zone() -> None:
    for table in ServiceRequest.metadata.tables.values():
        for column in table.columns:
            if "DATETIME" in str(column.type).upper() or "TIMESTAMP" in str(column.type).upper():
                assert getattr(column.type, "timezone", False), column


# Migrations


def migrations(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory.from_config(migrations("")).get_heads()) == 1


async def test_the_tables_are_what_the_migrations_make(database_url: str) -> None:
    await asyncio.to_thread(command.check, migrations(database_url))


# Addresses


PUBLIC = re.compile(
    r"/|/board|/time-limits(/.*)?|/file(/.*)?|/apply(/.*)?|/track(/.*)?|/pay/\{number\}/\{key\}(/sheet)?|/answer/\{token\}|/not-mine/\{token\}|/sign-in(/.*)?|/sign-out|/static/.*|/favicon\.ico|/sw\.js"
    r"|/api/v1/.*|/healthz|/readyz|/metrics|/api|/language"
)
"""Addresses that anybody may ask for; what belongs to one consumer behind them is held by his code."""


def asks(dependant: Dependant) -> Iterator[Any]:
    """Everything a route depends on."""
    for one in dependant.dependencies:
        yield one.call
        yield from asks(one)


def included() -> list[APIRouter]:
    """Every router the application includes, in its order."""
    found: list[APIRouter] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Application, "include_router", lambda app, router: found.append(router))
        sessions = database.sessions_of(database.engine("postgresql+psycopg://nowhere"))
        create_app(Onewindow(sessions, Door(None, None), lambda: ANY_TIME, ZoneInfo("UTC"), ""))  # type: ignore[arg-type]
    return found


def routes() -> list[APIRoute]:
    """Every route of the application."""
    return [route for router in included() for route in router.routes if isinstance(route, APIRoute)]


def test_every_address_is_public_or_behind_the_sign_in() -> None:
    for route in routes():
        if PUBLIC.fullmatch(route.path) is None:
            assert signed_in in set(asks(route.dependant)), f"{route.path} is open to everybody"


def test_no_address_is_answered_by_way_of_a_thread() -> None:
    for route in routes():
        for call in (route.endpoint, *asks(route.dependant)):
            assert inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call), f"{route.path}: {call}"


def test_every_module_of_pages_is_routed() -> None:
    routers = set(map(id, included()))
    for module in pkgutil.walk_packages(web.__path__, "web."):
        router = getattr(importlib.import_module(module.name), "router", None)
        assert router is None or id(router) in routers, module.name


def test_no_two_handlers_have_the_same_address() -> None:
    seen = [(method, re.sub(r"\{\w+\}", "{}", route.path)) for route in routes() for method in route.methods or ()]
    assert len(seen) == len(set(seen)), "a router is included twice"


# Templates and stylesheets


PHYSICAL = re.compile(
    r"(?<![\w-])(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b"
    r"|(?<![\w-])(?:left|right)\s*:|(?:float|clear|text-align)\s*:\s*(?:left|right)"
    r"|(?<![\w-])border-(?:top|bottom)-(?:left|right)-radius"
)


def test_stylesheets_read_from_either_side() -> None:
    sheets = [*(ROOT / "web" / "static").glob("*.css"), *(ROOT / "embedded").glob("*.css")]
    assert sheets
    for sheet in sheets:
        assert not PHYSICAL.findall(sheet.read_text("utf-8")), sheet.name


def test_templates_have_neither_styles_nor_scripts_of_their_own() -> None:
    templates = sorted((ROOT / "web" / "templates").rglob("*.html"))
    assert templates
    for template in templates:
        text = template.read_text("utf-8")
        assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style\b|javascript:", text), template.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template.name
        assert "|safe" not in text.replace(" ", ""), f"{template.name} trusts a text"
