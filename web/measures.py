"""Whether the process lives, whether the whole can work, and the figures for monitoring."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from models.figures import Figures, figures, working
from rules.alarms import Watched
from web.database import DatabaseAway
from web.deps import Db, Parts
from web.onewindow import Onewindow

router = APIRouter(include_in_schema=False)
NEVER_KEPT = {"Cache-Control": "no-store"}
WATCHED = {
    Watched.OVERDUE: ("overdue_timer_age_seconds", "How long ago the oldest timer that has not fired fell due"),
    Watched.NOT_STARTED: ("not_started_age_seconds", "Age of the oldest request whose workflow was not started yet"),
    Watched.UNANSWERED: ("unanswered_age_seconds", "Age of the oldest submission without an outcome"),
    Watched.OUTBOX: ("outbox_age_seconds", "Age of the oldest notification that may go"),
    Watched.WORKERS: ("workers", "Workers that said within ten seconds that they live and ask for work"),
    Watched.HEALED: ("rows_healed_last_hour", "Rows the relays brought together in the last hour"),
}
"""Names and words of what has a bound."""
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n", headers=NEVER_KEPT)


@router.get("/readyz")
async def readyz(parts: Parts) -> Response:
    """200 when database, Temporal and a working worker answer; 503 and which of them does not."""
    (database, worker), temporal = await asyncio.gather(_database(parts), _temporal(parts))
    found = {"database": database, "temporal": temporal, "worker": worker}
    status = 200 if all(found.values()) else 503
    words = {part: "ok" if well else "does not answer" for part, well in found.items()}
    return JSONResponse(words, status, NEVER_KEPT)


async def _database(parts: Onewindow) -> tuple[bool, bool]:
    try:
        return True, await parts.database.read(working)
    except DatabaseAway:
        return False, False


async def _temporal(parts: Onewindow) -> bool:
    return parts.temporal is not None and await parts.temporal()


@router.get("/metrics")
async def metrics(db: Db, parts: Parts) -> Response:
    """The figures in Prometheus' text format."""
    return Response(generate_latest(gauges(await db.read(figures), parts.hub.streams)), 200, NEVER_KEPT, TEXT)


def gauges(found: Figures, streams: int) -> CollectorRegistry:
    """One reading as gauges."""
    registry = CollectorRegistry()
    by_state = Gauge("onewindow_open_requests", "Open requests by state", ["state"], registry=registry)
    for state, count in found.by_state.items():
        by_state.labels(state).set(count)
    plain = {
        "onewindow_overdue_tasks": ("Open tasks past their due instant", found.overdue),
        "onewindow_not_started_requests": ("Requests whose workflow was not started yet", found.not_started),
        "onewindow_unanswered_submissions": ("Submissions in the tray without an outcome", found.unanswered),
        "onewindow_outbox_waiting": ("Notifications waiting to be sent", found.outbox),
        **{f"onewindow_{name}": (words, found.watched[what]) for what, (name, words) in WATCHED.items()},
        "onewindow_waiting_in_line": ("Tasks put off because very many came to one person", found.waiting_in_line),
        "onewindow_longest_in_line_seconds": (
            "Longest such wait that ended in the last hour",
            found.lateness.longest_in_line,
        ),
        "onewindow_rows_healed": ("Rows the relay had to bring together", found.healed),
        "onewindow_live_streams": ("Open pages being told of changes by this process", streams),
    }
    for name, (words, value) in plain.items():
        Gauge(name, words, registry=registry).set(value or 0)
    _trust(registry, found)
    return registry


def _trust(registry: CollectorRegistry, found: Figures) -> None:
    """How late timers were, and which bounds of /admin/clock are broken."""
    late = found.lateness
    lateness = Gauge(
        "onewindow_timer_lateness_seconds", "Lateness of timers in the last hour", ["quantile"], registry=registry
    )
    for quantile, value in {
        "0.5": late.middle,
        "0.95": late.ninety_five,
        "0.99": late.ninety_nine,
        "1": late.most,
    }.items():
        lateness.labels(quantile).set(value or 0)
    bounds = Gauge(
        "onewindow_bound_broken", "1 where a bound of trust in the clock is broken", ["bound"], registry=registry
    )
    for what in Watched:
        bounds.labels(what.value).set(what in found.broken)
