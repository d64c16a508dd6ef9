"""What the story of a connection request is told from: small values with the names already looked up, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages.dealings import Lacking, Visit
from rules.case import Wait
from rules.terms import Cause, Closing, Kind, State

YOURS = (Wait.PAPERS, Wait.NO_ACCESS, Wait.SLOT, Wait.PAYMENT)
"""The waits that end by what the applicant does, in the order in which they are told."""


@dataclass(frozen=True)
class OpenStage:
    """One stage that is open. `worker` has it in hand and `answers` must act by `due` (titles); `moved`: why it went up last;
    `kept`: not to accept it was proposed then, and not agreed to.

    `wait`: for what it waits, None while it is the office's turn; `held`: an officer's own reason to wait for the applicant.
    `until` ends the wait, and with `lapses` the application too. `dates` are offered, `visit` was chosen; `of_note` and `to_pay` are
    in minor units, 0 where the reader may not know; `expired`: its demand note is no longer valid. `whose` names a third party whose permission is awaited.
    """

    name: str
    worker: str = ""
    answers: str = ""
    tier: int = 1
    due: datetime | None = None
    beyond: bool = False
    moved: Cause | None = None
    kept: bool = False
    wait: Wait | None = None
    held: str = ""
    until: datetime | None = None
    lapses: bool = False
    lacking: tuple[Lacking, ...] = ()
    dates: tuple[Visit, ...] = ()
    visit: Visit | None = None
    of_note: int = 0
    to_pay: int = 0
    expired: bool = False
    whose: str = ""

    @property
    def yours(self) -> bool:
        """Whether the applicant must do something."""
        return bool(self.held) or self.wait in YOURS

    @property
    def ours(self) -> bool:
        """Whether it is the office's turn."""
        return self.wait is None and not self.held


@dataclass(frozen=True)
class Application:
    """How a connection request stands, for telling; money in minor units, instants aware, None or "": not known.

    `name` is what was applied for; `stages` are open now, without the one in which money is given back: `refund` is its sum, and
    `kept` what was paid and waits to be asked for. `lapsed` names the stage whose time ran out; `advice` says what to do after a refusal.
    """

    kind: Kind
    state: State
    zone: tzinfo
    name: str = ""
    stages: Sequence[OpenStage] = ()
    registered_at: datetime | None = None
    complete_at: datetime | None = None
    standard_due: datetime | None = None
    standard_lapsed: bool = False
    expected_at: datetime | None = None
    expected_reason: str = ""
    put_right_at: datetime | None = None
    confirm_by: datetime | None = None
    call_back: bool = False
    closing: Closing | None = None
    reopen_until: datetime | None = None
    reject_reason: str = ""
    advice: str = ""
    objected: bool = False
    forum: str = ""
    lapsed: str = ""
    refund: int = 0
    kept: int = 0

    @property
    def yours(self) -> list[OpenStage]:
        """The stages in which the applicant must do something, in the order in which they are told."""

        def place(stage: OpenStage) -> int:
            return YOURS.index(stage.wait) if stage.wait in YOURS else len(YOURS)

        return sorted((stage for stage in self.stages if stage.yours), key=place)

    @property
    def ours(self) -> list[OpenStage]:
        """The stages that are the office's turn."""
        return [stage for stage in self.stages if stage.ours]

    @property
    def instants(self) -> Iterator[datetime | None]:
        """Every instant at which something that is told may cease to be true."""
        yield from (self.standard_due, self.expected_at, self.confirm_by, self.reopen_until)
        for stage in self.stages:
            yield from (stage.due, stage.until)
            if stage.visit is not None:
                yield from (stage.visit.start, stage.visit.end)
