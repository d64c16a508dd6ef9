"""What a connection request's lines of history and messages tell beyond a complaint's: stages, papers, dates and money, named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from languages.connections import taking_label
from rules.case import Fault, Wait

SIDES = frozenset({"applicant", "office"})
"""Who may miss a visit."""


@dataclass(frozen=True)
class Lacking:
    """A paper that is wanted, by its name, and what is wrong with it."""

    paper: str
    fault: Fault


@dataclass(frozen=True)
class Visit:
    """A date for a visit: from when to when somebody comes; `key` is what is sent to choose it."""

    start: datetime
    end: datetime
    key: str = ""


@dataclass(frozen=True)
class Fitted:
    """A meter as it was fitted, or read and taken down; `seal` "" where none was noted."""

    meter: str
    seal: str = ""
    reading: int | None = None


@dataclass(frozen=True)
class Dealing:
    """Names, dates and money of one line; money in minor units, None where it is not spoken of.

    `side` missed a visit ("applicant" or "office") for the `times`th time; `note` is a demand note's number; `late`: paid after
    it was no longer valid; `taken` are the names of what was set free again.
    """

    stage: str = ""
    outcome: str = ""
    paper: str = ""
    lacking: tuple[Lacking, ...] = ()
    wait: Wait | None = None
    slots: tuple[Visit, ...] = ()
    slot: Visit | None = None
    side: str = ""
    times: int = 0
    note: str = ""
    total: int | None = None
    amount: int | None = None
    to_pay: int | None = None
    late: bool = False
    fitted: Fitted | None = None
    taken: tuple[str, ...] = ()


NOTHING_MORE = Dealing()
"""A line that tells no more than a complaint's."""


def dealing_of(data: Mapping[str, Any], label: Callable[[str, str], str]) -> Dealing:
    """What an event's or a notification's data tell, with codes named by `label`."""
    return Dealing(
        stage=_named(data, "stage", label),
        outcome=_named(data, "outcome", label),
        paper=_named(data, "paper", label),
        lacking=lacking_of(data.get("faults") or {}, label),
        wait=_wait(data.get("reason")),
        slots=visits_of(data.get("slots") or ()),
        slot=visit_of(data["slot"]) if data.get("slot") else None,
        side=_side(data.get("by")),
        times=int(data.get("times") or 0),
        note=str(data.get("note") or ""),
        total=data.get("total"),
        amount=data.get("amount"),
        to_pay=data.get("to_pay"),
        late=bool(data.get("late")),
        fitted=_fitted(data),
        taken=tuple(taking_label(what) for what in data.get("taken") or ()),
    )


def lacking_of(faults: Mapping[str, str], label: Callable[[str, str], str]) -> tuple[Lacking, ...]:
    """Papers that are missing or wrong, from {paper: fault}."""
    return tuple(Lacking(label("paper", paper) or paper, Fault(fault)) for paper, fault in faults.items())


def visit_of(slot: Mapping[str, str]) -> Visit:
    """A date as the pen keeps it."""
    start, end = (datetime.fromisoformat(slot[which]) for which in ("start", "end"))
    return Visit(start, end, slot.get("key", ""))


def visits_of(slots: Sequence[Mapping[str, str]]) -> tuple[Visit, ...]:
    """Dates as the pen keeps them."""
    return tuple(visit_of(slot) for slot in slots)


def _named(data: Mapping[str, Any], kind: str, label: Callable[[str, str], str]) -> str:
    code = data.get(kind)
    return label(kind, code) if isinstance(code, str) and code else ""


def _wait(code: object) -> Wait | None:
    return Wait(code) if isinstance(code, str) and code in set(Wait) else None


def _side(code: object) -> str:
    return code if isinstance(code, str) and code in SIDES else ""


def _fitted(data: Mapping[str, Any]) -> Fitted | None:
    if not data.get("meter"):
        return None
    return Fitted(str(data["meter"]), str(data.get("seal") or ""), data.get("reading"))
