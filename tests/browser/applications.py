"""Connection requests for the screens: one at every sort of stage."""

from __future__ import annotations

from datetime import timedelta

from tests.web.stages_at_hand import AtHand, applied_for
from tests.web.window import MONDAY, Window

NOW = MONDAY + timedelta(hours=5, minutes=30)
"""The instant at which the screens are looked at."""


async def applications(window: Window, of: dict[str, str]) -> None:
    """Connection requests at every sort of stage, kept by name in `of`."""
    for name, ago, do in (
        ("app-note", 9, ("documents", "visit", "feasibility")),
        ("app-payment", 8, ("documents", "visit", "feasibility", "note")),
        ("app-work", 8, ("documents", "visit", "feasibility", "note", "payment")),
        ("app-meter", 8, ("documents", "visit", "feasibility", "note", "payment", "agreement", "material")),
        ("app-feasibility", 7, ("documents", "visit")),
        ("app-visit", 6, ("documents",)),
        ("app-papers", 1, ()),
    ):
        window.now = NOW - timedelta(days=ago, hours=3)
        asked = await applied_for(window)
        await asked.hand_in("photo", "identity", *(() if name == "app-papers" else ("ownership",)))
        for stage in do:
            await brought(asked, stage)
        of[name] = asked.reference
    window.now = NOW - timedelta(hours=2)
    asked = await applied_for(window)
    await asked.hand_in("photo", "identity", "ownership")
    of["app-checked"] = asked.reference


async def brought(asked: AtHand, stage: str) -> None:
    """The stage is over."""
    if stage == "visit":
        await asked.visited()
    elif stage == "payment":
        await asked.paid()
    else:
        await asked.finish(stage, **({"outcome": "feasible"} if stage == "feasibility" else {}))
