"""The small messages that may cross into a workflow's history. Saved histories hold their fields by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.terms import Act, Kind, Refused, State, Wake


@dataclass(frozen=True)
class Look:
    """Bring row and workflow together: assign what was only received, and answer how things stand."""

    reference: str
    at: datetime


@dataclass(frozen=True)
class ItIsTime:
    """The one timer ran out; the pen decides what fell due."""

    reference: str
    at: datetime


@dataclass(frozen=True)
class Take:
    """Take one submission from the tray; `submission` is its id, `act` its kind (for readers of the history)."""

    reference: str
    submission: str
    act: Act
    at: datetime | None = None


@dataclass(frozen=True)
class TaskStanding:
    """How one open task stands."""

    id: str
    stage: str
    handler: str
    answerable: str
    tier: int
    entered: datetime
    due: datetime | None
    held: bool


@dataclass(frozen=True)
class Standing:
    """How a request stands: the workflow's copy of its row, refreshed by every answer of the pen."""

    reference: str
    kind: Kind
    state: State
    number: int
    standard_due: datetime | None
    wake_at: datetime | None
    wake_for: Wake | None
    over: bool
    tasks: tuple[TaskStanding, ...] = ()

    @property
    def tier(self) -> int:
        """The highest tier any open task has climbed to; 0 when none is open."""
        return max((task.tier for task in self.tasks), default=0)


@dataclass(frozen=True)
class Taken:
    """What became of a submission: done (`refused` is None) or why not, and how the request stands now."""

    standing: Standing
    refused: Refused | None = None
    number: int = 0


@dataclass(frozen=True)
class Paced:
    """One step of what concerns many: seconds to wait before the next one, and whether there is none."""

    seconds: float
    over: bool
