"""Which actions an officer is offered: from the state, and whether his posts do the work or answer for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.people import Post
from models.posts import WORKS, FilledPost
from models.requests import ServiceRequest, Task
from rules.officer_acts import WRITING
from rules.proposals import deciders
from rules.states import WORKED
from rules.terms import Act, State

HANDLERS: Mapping[State, Sequence[Act]] = {
    State.ASSIGNED: (
        Act.ACCEPT, Act.EXPECT, Act.RESOLVE, Act.HOLD, Act.MESSAGE, Act.NOTE, Act.GIVE, Act.CORRECT, Act.TRANSFER, Act.REJECT,
        Act.ESCALATE,
    ),
    State.IN_PROGRESS: (
        Act.RESOLVE, Act.EXPECT, Act.HOLD, Act.MESSAGE, Act.NOTE, Act.GIVE, Act.CORRECT, Act.TRANSFER, Act.REJECT, Act.ESCALATE,
    ),
    State.ON_HOLD: (Act.RESUME, Act.RESOLVE, Act.MESSAGE, Act.NOTE, Act.GIVE),
    State.RESOLVED: (Act.MESSAGE, Act.NOTE),
}  # fmt: skip
"""What the post that does the work may do; the first is the main action of the state."""

ANSWERABLES: Mapping[State, Sequence[Act]] = {
    State.ASSIGNED: (
        Act.DIRECT, Act.TAKE_OVER, Act.GIVE, Act.REASSIGN, Act.EXPECT, Act.HOLD, Act.MESSAGE, Act.NOTE, Act.CORRECT, Act.TRANSFER,
        Act.REJECT, Act.ESCALATE,
    ),
    State.IN_PROGRESS: (
        Act.DIRECT, Act.TAKE_OVER, Act.GIVE, Act.REASSIGN, Act.EXPECT, Act.HOLD, Act.RESOLVE, Act.MESSAGE, Act.NOTE, Act.CORRECT,
        Act.TRANSFER, Act.REJECT, Act.ESCALATE,
    ),
    State.ON_HOLD: (Act.DIRECT, Act.RESUME, Act.TAKE_OVER, Act.GIVE, Act.MESSAGE, Act.NOTE),
    State.RESOLVED: (Act.MESSAGE, Act.NOTE),
}  # fmt: skip
"""What a post that answers for the work of another may do."""

ELSEWHERE = frozenset({Act.CORRECT, Act.TRANSFER, Act.REJECT})
"""By which a request leaves its category, its office or the house; none of them, and no wait, while something is proposed."""

DECISIONS = (Act.AGREE, Act.DISAGREE)
"""What the post does before which something is proposed."""

FROM_ABOVE = frozenset({Act.DIRECT, Act.TAKE_OVER})
"""What only the answerable post may do."""

PICTURES: Mapping[Act, str] = {
    Act.ACCEPT: "user-check",
    Act.NOTE: "pencil",
    Act.EXPECT: "calendar-check",
    Act.HOLD: "hourglass",
    Act.RESUME: "wrench",
    Act.RESOLVE: "badge-check",
    Act.TAKE_OVER: "user-check",
    Act.GIVE: "arrow-right",
    Act.REASSIGN: "undo-2",
    Act.DIRECT: "message-square-text",
    Act.ESCALATE: "trending-up",
    Act.CORRECT: "layers",
    Act.TRANSFER: "building-2",
    Act.REJECT: "circle-x",
    Act.AGREE: "check",
    Act.DISAGREE: "circle-x",
    Act.RAISE: "triangle-alert",
    Act.FINISH: "circle-check",
    Act.FAULT: "circle-alert",
    Act.MISSED: "user-x",
    Act.REISSUE: "receipt",
    Act.MESSAGE: "send",
}
"""One picture an action."""

RECEIVE = frozenset({"handle", "answerable"})
"""Rights whose posts may be given work."""

RAISE = WORKS | {"take_calls"}
"""Rights whose posts may say that there is danger: everybody on the staff but those who write nothing."""

ACTS = frozenset(PICTURES)
"""What an officer may send at all."""


@dataclass(frozen=True)
class Offers:
    """The main action and the rest; `main` None where nothing is waited for. `handler`, `answerable`: which posts are his.

    `decider`: as which post he decides what is proposed. `raises`: as which post he may say that there is danger.
    """

    main: Act | None = None
    rest: tuple[Act, ...] = ()
    handler: str | None = None
    answerable: str | None = None
    decider: str | None = None
    raises: str | None = None

    @property
    def all(self) -> tuple[Act, ...]:
        """Every action offered, the main one first."""
        own = ((self.main,) if self.main else ()) + self.rest
        return own + (DECISIONS if self.decider else ()) + ((Act.RAISE,) if self.raises else ())

    def post_for(self, act: Act) -> str | None:
        """As which of his posts he does it; None when it is none of theirs."""
        if act in DECISIONS:
            return self.decider or self.answerable or self.handler
        if act is Act.RAISE:
            return self.raises
        if act in FROM_ABOVE:
            return self.answerable or self.handler
        return self.handler or self.answerable


def offered(
    posts: Sequence[FilledPost],
    request: ServiceRequest,
    task: Task | None,
    *,
    tiers: int,
    holdable: bool,
    held: bool,
    person: int | None = None,
) -> Offers:
    """What somebody with these posts is offered; the pen judges in the end.

    `tiers` is the length of the ladder, `held` whether the request was on hold before. `person` never decides what he
    proposed himself.
    """
    codes = {post.code for post in posts}
    if task is None or task.done_at is not None:
        return Offers()
    handler = task.handler if task.handler in codes else None
    answerable = task.answerable if task.answerable in codes else None
    may_hold = holdable and (not held or (task.tier > 1 and answerable is not None and handler is None))
    left_out = _left_out(request, top=task.tier >= tiers) | (set() if may_hold else {Act.HOLD})
    acts = tuple(act for act in _of(State(request.state), handler, answerable) if act not in left_out)
    decider = deciding(posts, request, task, person)
    raises = _raises(posts, request, handler or answerable)
    if not acts or acts[0] in WRITING:
        return Offers(None, acts, handler, answerable, decider, raises)
    return Offers(acts[0], acts[1:], handler, answerable, decider, raises)


def _left_out(request: ServiceRequest, *, top: bool) -> set[Act]:
    left_out: set[Act] = {Act.ESCALATE, Act.REJECT} if top else set()
    if request.safety:
        left_out |= {Act.HOLD, Act.REJECT}
    if request.confidential:
        left_out.add(Act.TRANSFER)  # an office must not learn of it
    if request.proposal:
        left_out |= ELSEWHERE | {Act.HOLD}
    return left_out


def deciding(posts: Sequence[FilledPost], request: ServiceRequest, task: Task, person: int | None) -> str | None:
    """As which of these posts what is proposed may be decided; None where nothing is, or it is his own proposal."""
    proposal = request.proposal
    if not proposal or request.state not in WORKED or (person is not None and proposal.get("by") == person):
        return None
    may = deciders(proposal, task.tier, task.answerable)
    return next((post.code for post in posts if post.code in may), None)


def _raises(posts: Sequence[FilledPost], request: ServiceRequest, own: str | None) -> str | None:
    """As which of these posts somebody may say that there is danger; a confidential one stays closed."""
    if request.safety or request.confidential or request.state not in WORKED:
        return None
    return own or next((post.code for post in posts if post.rights in RAISE), None)


def _of(state: State, handler: str | None, answerable: str | None) -> tuple[Act, ...]:
    own = tuple(HANDLERS.get(state, ())) if handler else ()
    if answerable is None or answerable == handler:
        return own
    above = ANSWERABLES.get(state, ())
    if own:  # who has both posts does the work himself: there is nobody to direct
        return own + tuple(act for act in above if act not in own and act is not Act.DIRECT)
    return tuple(above)


def receivers(
    posts: Mapping[str, Post], request: ServiceRequest, task: Task | None, now: datetime, above: frozenset[str]
) -> list[Post]:
    """The posts of the office and its zone to which the work may be given, the office's first; none of a role in `above`."""
    near = [
        post
        for post in posts.values()
        if post.rights in RECEIVE
        and (post.until is None or post.until > now)
        and (post.office == request.office or (post.office is None and post.zone == request.zone))
        and (task is None or post.code != task.handler)
        and post.role not in above
    ]
    return sorted(near, key=lambda post: (post.office is None, post.code))


def beside_it(posts: Sequence[FilledPost], task: Task, *, top: bool) -> Offers:
    """What is offered at the task that holds recovery of disputed dues while a complaint is open."""
    codes = {post.code for post in posts}
    handler = task.handler if task.handler in codes else None
    answerable = task.answerable if task.answerable in codes else None
    if task.done_at is not None or (handler is None and answerable is None):
        return Offers()
    rest = [Act.NOTE, Act.GIVE, *([] if top else [Act.ESCALATE])]
    if handler is None:
        return Offers(Act.DIRECT, (Act.TAKE_OVER, Act.FINISH, *rest), None, answerable)
    accept = [Act.ACCEPT] if task.accepted_at is None else []
    return Offers(Act.FINISH, (*accept, *rest), handler, answerable)
