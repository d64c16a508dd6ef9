"""One connection request on a small ground, moved by the rules alone: its stages, its papers, its money."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from rules.durations import parse
from rules.papers import DocumentState
from rules.policy import Timing
from rules.procedure import Does, Fee, Lapse, Law, Procedure, Stage, Whose
from rules.request import Ground, Request, Sent, Task
from rules.terms import Act, Actor, Refused, State
from tests.rules.desk import ALWAYS, MANAGER, NOON, PERSON, Desk, ground

IDS = count(1)
TIMING = Timing("supply", (parse("2 days"), parse("1 day"), parse("1 day")), "always", "always", confirm=None)
APPLICANT, THIRD = Whose.APPLICANT, Whose.THIRD_PARTY
MONTH, FORTNIGHT, WEEK = parse("30 days"), parse("15 days"), parse("7 days")


def stage(code: str, does: Does, *after: str, **more: object) -> Stage:
    """A stage with the usual times; one in which somebody else's turn comes has a limit and a reminder."""
    waits = {"limit": FORTNIGHT, "remind": parse("2 days")} if does in WAITING else {}
    return Stage(code, does, TIMING, after, **{**waits, **more})  # type: ignore[arg-type]


WAITING = frozenset({Does.DOCUMENTS, Does.VISIT, Does.PAYMENT, Does.PERMISSION})
REFUND = stage("refund", Does.REFUND)
STAGES = (
    stage("documents", Does.DOCUMENTS, limit=MONTH, lapse=Lapse.LAPSED),
    stage("visit", Does.VISIT, "documents", checklist=("earthing",)),
    stage("feasibility", Does.DECISION, "visit", outcomes=("feasible", "refused")),
    stage("note", Does.NOTE, "feasibility"),
    stage("payment", Does.PAYMENT, "note", whose=APPLICANT, lapse=Lapse.OFFICER),
    stage("agreement", Does.WORK, "payment", checklist=("signed",)),
    stage("permission", Does.PERMISSION, "payment", whose=THIRD),
    stage("meter", Does.METER, "agreement", "permission"),
    stage("handover", Does.HANDOVER, "meter", back="meter"),
    REFUND,
)
CONNECTING = Procedure(
    "new-connection",
    "new_connection",  # type: ignore[arg-type]
    {one.code: one for one in STAGES},
    papers={"owner": ("identity", "ownership")},
    standards=(Law(WEEK, "always"),),
    fees=(Fee("security", 1_000),),
    note_valid=FORTNIGHT,
    confirm=parse("3 days"),
    refund="refund",
)


def procedure(*stages: Stage, lapse_all: Lapse | None = None, **more: object) -> Procedure:
    """The usual procedure with other stages, or something else about it changed."""
    if lapse_all is not None:
        stages = tuple(replace(one, lapse=lapse_all) if one.limit else one for one in stages)
    return replace(CONNECTING, **({"stages": {one.code: one for one in stages}} if stages else {}), **more)  # type: ignore[arg-type]


CLOSING = procedure(
    STAGES[0],
    stage("reading", Does.READING, "documents"),
    stage("bill", Does.BILL, "reading"),
    stage("survey", Does.WORK, "reading", checklist=("signed",)),
    stage("final-payment", Does.PAYMENT, "bill", when=("bill", "due"), whose=APPLICANT),
    stage("certificate", Does.CERTIFICATE, "final-payment", "survey"),
    REFUND,
    confirm=None,
)
"""A connection is closed: a final bill less the security, and no handover at the end."""


def ground_for(of: Procedure, *, taken: Collection[str] = (), meter: str | None = "stock") -> Ground:
    """The three tiers as usual, at every stage."""
    usual = ground(timing=TIMING, load=(0, 1), reject_reasons=frozenset({"not-feasible"}))
    stages = {code: replace(usual, timing=one.timing) for code, one in of.stages.items()}
    return replace(
        usual, procedure=of, stages=stages, calendars={"always": ALWAYS}, taken=frozenset(taken), meter=meter
    )


def filed() -> Request:
    """An application that has just come in, without papers."""
    return Request(
        "234567895", "new_connection", "new-connection", State.RECEIVED, 1, NOON, office="gizri",
        application={"applicant": "owner"},
    )  # fmt: skip


@dataclass
class Application(Desk):
    """A connection request and everything that was written about it."""

    ground: Ground = field(default_factory=lambda: ground_for(CONNECTING))
    request: Request = field(default_factory=filed)

    def stage(self, code: str) -> Task:
        """The newest task of a stage."""
        return [task for task in self.request.tasks if task.stage == code][-1]

    @property
    def open(self) -> list[str]:
        """The stages that are open now."""
        return [task.stage for task in self.request.open_tasks]

    def at_stage(self, code: str, act: Act = Act.FINISH, who: str | None = None, **data: object) -> Refused | None:
        """Whoever handles a stage, or `who`, acts at it now."""
        task = self.stage(code)
        post = who or task.handler
        return self.take(Sent(act, Actor.OFFICER, data, PERSON.get(post), post, words=True, task=task.id))

    def hand_in(self, *papers: str) -> Refused | None:
        """Documents for these papers; all that are wanted if none is named."""
        said = [
            self.consumer(Act.DOCUMENT, paper=paper, document=f"d{next(IDS)}")
            for paper in papers or ("identity", "ownership")
        ]
        return next((refused for refused in said if refused), None)

    def choose(self, which: int = 0, key: str | None = None) -> Refused | None:
        """One of the dates."""
        return self.consumer(Act.SLOT, slot=key or self.stage("visit").data["slots"][which]["key"])

    def slot(self, which: str) -> datetime:
        """When the chosen visit begins or ends."""
        return datetime.fromisoformat(self.stage("visit").data["slot"][which])

    def pay(self, amount: int | None = None, *, note: int = -1, paid: datetime | None = None) -> Refused | None:
        """Money comes in from a bank: what is left to pay, unless told otherwise."""
        case = self.request.case
        data = {
            "note": case.notes[note].number,
            "amount": case.to_pay if amount is None else amount,
            "payment": f"p{next(IDS)}",
            "paid_at": (paid or self.at).isoformat(),
        }
        return self.take(Sent(Act.PAY, Actor.SYSTEM, data))

    def days(self, many: float) -> None:
        """Let days pass."""
        self.until(self.at + timedelta(days=many))

    def do(self, code: str) -> None:
        """Whoever's turn it is does what ends this stage."""
        does = self.ground.procedure.stages[code].does  # type: ignore[union-attr]
        if does is Does.PAYMENT:
            said = self.pay()
        else:
            if does is Does.DOCUMENTS:
                self.hand_in()
            said = self.at_stage(code, **ASKED.get(does, {}))
        assert said is None, f"{code}: {said}"

    def walk(self, until: str | None = None) -> None:
        """Do what is open, the first one first, until this stage is open; to the end if none is named."""
        self.look()
        while self.open and until not in self.open:
            self.do(self.open[0])

    def papers(self, state: DocumentState) -> list[str]:
        """The papers that stand so."""
        return [paper.code for paper in self.request.case.papers if paper.state is state]


ASKED: dict[Does, dict[str, Any]] = {
    Does.VISIT: {"checks": ["earthing"]},
    Does.DECISION: {"outcome": "feasible"},
    Does.WORK: {"checks": ["signed"]},
    Does.METER: {"meter": "M1", "seal": "S1", "reading": 1},
    Does.READING: {"reading": 2},
    Does.BILL: {"dues": 900, "security": 600},
}


def at_payment() -> Application:
    """A demand note of 1,000 was issued and is to be paid."""
    desk = Application()
    desk.walk(until="payment")
    return desk


def rejected_at(code: str, desk: Application) -> Application:
    """The manager refuses at a stage what its officer proposed to refuse."""
    assert desk.at_stage(code, Act.REJECT, reason="not-feasible") is None
    assert desk.at_stage(code, Act.AGREE, MANAGER) is None
    return desk


def at_visit(**more: object) -> Application:
    """The papers are good, and dates for a visit were offered."""
    desk = Application(**more)  # type: ignore[arg-type]
    desk.walk(until="visit")
    return desk
