"""Which actions an officer is offered at a stage of a connection request: from what ends it, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from languages.catalog import N_, gettext
from models.casefile import CaseFile
from models.posts import FilledPost
from rules.case import NoteState, Paper, Wait
from rules.officer_acts import ENDED_BY_DOING
from rules.papers import DocumentState
from rules.procedure import Does, Procedure, Stage
from rules.states import WORKED
from rules.terms import Act
from web.desk.actions import Offers, deciding

GOOD = frozenset({DocumentState.WAITING, DocumentState.ACCEPTED})
"""States in which a paper is here and nothing is said against it."""

FINISHING: Mapping[Does, str] = {
    Does.DOCUMENTS: N_("All papers are good"),
    Does.VISIT: N_("The visit is done"),
    Does.DECISION: N_("Decide"),
    Does.NOTE: N_("Issue the demand note"),
    Does.PERMISSION: N_("The permission is here"),
    Does.WORK: N_("The work is done"),
    Does.METER: N_("The meter is fitted"),
    Does.READING: N_("The last reading is taken"),
    Does.BILL: N_("Make the final bill"),
    Does.REFUND: N_("The money went back"),
    Does.CERTIFICATE: N_("Issue the certificate"),
    Does.HANDOVER: N_("It is handed over"),
}
"""The words on the button that ends a stage; a payment ends by itself."""


def finishing(does: Does) -> str:
    """The words on the button that ends a stage which does this; "" where none does."""
    return gettext(FINISHING[does]) if does in FINISHING else ""


def papers_of(file: CaseFile, procedure: Procedure) -> tuple[str, ...]:
    """The papers this sort of applicant must bring."""
    return procedure.wanted(file.request.application)


def is_good(paper: Paper | None) -> bool:
    """Whether a paper is here and nothing is said against it."""
    return paper is not None and paper.state in GOOD


def offered_at(
    posts: Sequence[FilledPost],
    file: CaseFile,
    stage: Stage,
    wanted: Sequence[str],
    now: datetime,
    *,
    tiers: int,
    person: int | None = None,
) -> Offers:
    """What somebody with these posts is offered at the stage `file` is looked at from; the pen judges in the end.

    `wanted` are the papers this sort of applicant must bring, `tiers` the length of the stage's ladder.
    """
    task, request = file.task, file.request
    if task is None or task.done_at is not None:
        return Offers()
    codes = {post.code for post in posts}
    handler = task.handler if task.handler in codes else None
    answerable = task.answerable if task.answerable in codes else None
    about = request.proposal.get("task") in (None, task.id)
    decider = deciding(posts, request, task, person) if about else None
    if handler is None and answerable is None:
        return Offers(decider=decider)
    own = _own(file, stage, wanted, now)
    may_hold = stage.timing.holdable and (not _held_before(file) or (task.tier > 1 and handler is None))
    rest = _beside(file, stage, top=task.tier >= tiers, own=own, may_hold=may_hold)
    if handler is None:  # who only answers for it directs, or takes it over
        acts = [Act.DIRECT, Act.TAKE_OVER, *own, *rest]
    else:
        acts = own + ([Act.TAKE_OVER] if answerable not in (None, handler) else []) + rest
    main = acts.pop(0) if own or handler is None else None
    return Offers(main, tuple(dict.fromkeys(acts)), handler, answerable, decider)


def _held_before(file: CaseFile) -> bool:
    """Whether an officer put this stage on hold before; a second time the tier above must."""
    return any(hold.stops_standard and hold.reason not in set(Wait) for hold in file.holds)


def _own(file: CaseFile, stage: Stage, wanted: Sequence[str], now: datetime) -> list[Act]:
    """What this stage itself asks for, the likeliest first; nothing while it is somebody else's turn."""
    wait = file.pause.reason if file.pause else None
    if stage.does is Does.DOCUMENTS:
        if not all(is_good(file.gathered.paper(code)) for code in wanted):
            return [] if wait == Wait.PAPERS else [Act.FAULT]
        return [Act.FINISH, Act.FAULT] if wanted else [Act.FINISH]
    if stage.does is Does.VISIT:
        return _visit(file, now)
    if stage.does is Does.PAYMENT:
        note = file.gathered.note
        return [Act.REISSUE] if note is not None and note.state is NoteState.EXPIRED else []
    return [Act.FINISH]


def _visit(file: CaseFile, now: datetime) -> list[Act]:
    slot = file.task.data.get("slot") if file.task else None
    if slot is None:
        return []
    return [Act.FINISH, Act.MISSED] if datetime.fromisoformat(slot["start"]) <= now else []


def _beside(file: CaseFile, stage: Stage, *, top: bool, own: Sequence[Act], may_hold: bool) -> list[Act]:
    """What may be done at any stage."""
    pause, worked = file.pause, file.request.state in WORKED
    acts = [Act.ACCEPT] if file.task is not None and file.task.accepted_at is None else []
    if stage.does is Does.VISIT and Act.FINISH not in own:
        acts.append(Act.FINISH)
    if stage.does is Does.DOCUMENTS and Act.FAULT not in own:
        acts.append(Act.FAULT)
    if pause is not None and pause.reason not in ENDED_BY_DOING:
        acts.append(Act.RESUME)
    acts += [Act.EXPECT, Act.MESSAGE, Act.NOTE, Act.GIVE, Act.REASSIGN]
    if pause is not None:
        return acts
    free = worked and not file.request.proposal
    acts += [Act.HOLD] if may_hold and free else []
    acts += [Act.REJECT] if free and not top else []
    return acts + ([] if top else [Act.ESCALATE])
