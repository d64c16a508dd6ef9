"""The outbox is emptied by a loop in every worker: claim, write, send, and write down what became of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic

import structlog

from activities.channels import Channel, Letter, MayBegin, Outcome, Result, always
from activities.claimed import Claimed, bundles, side_by_side
from activities.digest import Waiting
from activities.held import held
from activities.named import Named
from activities.outbox_rows import claim, settle
from activities.say import Renderer
from models.batches import batched
from models.database import Sessions
from models.outbox import Attempt
from rules.messages import Take
from rules.terms import NoticeKind

BATCH = 50
MARKED = 500
"""Outcomes written by one transaction: an officer may be told of thousands in one message."""
IDLE = 0.5
"""Seconds between two looks at an empty outbox."""
LONGEST_PAUSE = 30.0
CALM = 4
"""By how much longer than the last claim took the next one is put off, however many hints come: a fifth of the time at the most is spent on looking."""
CALMEST = 5.0
"""Seconds it is put off at the most: after one look that took long, codes and danger must not wait for minutes."""
MARK_AGAIN = 0.5
"""Seconds until outcomes that could not be written are written again; each time twice as long, up to ten times this."""

log = structlog.get_logger(__name__)


def shared(claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """The outcome of one message for each of those that were told in it."""
    found: dict[int, Outcome] = {}
    for bundle in bundles(claimed):
        for first, *others in side_by_side(bundle):
            outcome = outcomes.get(first.id or 0)
            if outcome is not None:
                found |= {attempt.id: outcome for attempt in others if attempt.id is not None}
    return found


async def nobody(take: Take) -> None:
    """Leave a receipt in the tray to the relay."""


class Outbox:
    """`channels` by name; `tell` is handed the receipt of a question after its commit, as a hint: the tray has it."""

    def __init__(
        self,
        sessions: Sessions,
        channels: Mapping[str, Channel],
        renderer: Renderer,
        *,
        tell: Callable[[Take], Awaitable[object]] = nobody,
        batch: int = BATCH,
    ) -> None:
        self.sessions = sessions
        self.channels = channels
        self.renderer = renderer
        self.tell = tell
        self.batch = batch
        self.hint = asyncio.Event()
        self.telling: set[asyncio.Task[None]] = set()
        self.stopping = False
        self.claiming = 0.0

    async def step(self) -> int:
        """Claim one batch, send it and write its outcomes; how many notifications it held.

        When it is cancelled it begins no further letter, and ends once what it had begun is answered and written.
        """
        since = monotonic()
        async with self.sessions.begin() as session:
            claimed = await claim(session, self.batch)
        self.claiming = monotonic() - since
        if not claimed:
            return 0
        work = asyncio.create_task(self.deliver(claimed, since))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self.stopping = True
            await work
            raise
        return len(claimed)

    async def deliver(self, claimed: Sequence[Claimed], since: float) -> None:
        """Send what was claimed at `since` while the claims are ours, and write what became of it."""
        async with held(self.sessions, claimed, since) as hand:

            def may_begin() -> bool:
                return hand.well() and not self.stopping

            letters, outcomes = await self.letters(claimed)
            sending = (self.send(name, group, may_begin) for name, group in letters.items())
            for sent in await asyncio.gather(*sending):
                outcomes |= sent
            receipts = await self.marked(claimed, outcomes | shared(claimed, outcomes))
        for take in receipts:
            self.pass_on(take)

    async def marked(self, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> list[Take]:
        """Write the outcomes, so many at a time that nobody waits long for their locks."""
        return [take for some in batched(claimed, MARKED) for take in await self._marked(some, outcomes)]

    async def _marked(self, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> list[Take]:
        """Write them, again and again until that is done: what was accepted and not marked would be sent twice."""
        pause = MARK_AGAIN
        while True:
            try:
                async with self.sessions.begin() as session:
                    return await settle(session, claimed, outcomes)
            except Exception as failed:
                log.warning("not marked yet", messages=len(claimed), seconds=pause, error=repr(failed))
            await asyncio.sleep(pause)
            pause = min(pause * 2, MARK_AGAIN * 10)

    async def letters(self, claimed: Sequence[Claimed]) -> tuple[dict[str, list[Letter]], dict[int, Outcome]]:
        """The letters by channel, and the outcomes of those that could not even be written."""
        letters: dict[str, list[Letter]] = defaultdict(list)
        outcomes: dict[int, Outcome] = {}
        async with self.sessions() as session:
            names = await self.renderer.names(session)
        for bundle in bundles(claimed):
            await asyncio.sleep(0)  # the renewal and all else of this process go on meanwhile
            for attempt in bundle[0].attempts:
                assert attempt.id is not None
                made = self.written(bundle, attempt, names)
                if isinstance(made, Letter):
                    letters[attempt.channel].append(made)
                else:
                    outcomes[attempt.id] = made
        return letters, outcomes

    def written(self, bundle: Sequence[Claimed], attempt: Attempt, names: Named) -> Letter | Outcome:
        """One letter; an outcome where it cannot be written, whatever the reason."""
        try:
            return self.letter(bundle, attempt, names)
        except Exception as broken:
            row = bundle[0].row
            log.error("message not written", notification=row.id, kind=row.kind, error=repr(broken))
            return Outcome(Result.FAILED, f"not written: {broken!r}"[:400])

    def letter(self, bundle: Sequence[Claimed], attempt: Attempt, names: Named) -> Letter | Outcome:
        """One letter; an outcome where there is no address or no such channel."""
        item = bundle[0]
        assert attempt.id is not None
        assert attempt.sender_id is not None
        to = item.address(attempt.channel)
        if attempt.channel not in self.channels:
            return Outcome(Result.FAILED, f"there is no channel {attempt.channel!r}")
        if not to:
            return Outcome(Result.REFUSED, "no address")
        if item.row.kind == NoticeKind.ALARM:
            said = self.renderer.alarm(item.row.data, item.row.language, names)
        elif len(bundle) == 1:
            said = self.renderer.message(item.notice(), attempt.channel, names)
        else:
            told = [Waiting(one.notice(), one.row.queued) for one in bundle]
            said = self.renderer.together(told, attempt.channel, names)
        return Letter(attempt.id, attempt.sender_id, to, item.row.reference, said, attempt.id in item.again)

    async def send(self, name: str, letters: Sequence[Letter], may_begin: MayBegin = always) -> Mapping[int, Outcome]:
        """Hand `letters` to their channel; when it breaks, all of them are unclear."""
        try:
            return await self.channels[name].send(letters, may_begin)
        except Exception as broken:
            log.warning("channel broken", channel=name, letters=len(letters), error=repr(broken))
            return {letter.attempt: Outcome(Result.UNCLEAR, repr(broken)[:400]) for letter in letters}

    def pass_on(self, take: Take) -> None:
        """Tell of a receipt in the background."""
        task = asyncio.create_task(self._tell(take))
        self.telling.add(task)
        task.add_done_callback(self.telling.discard)

    async def _tell(self, take: Take) -> None:
        try:
            await self.tell(take)
        except Exception as failed:
            log.info("receipt left to the relay", reference=take.reference, error=repr(failed))

    async def run(self, stop: asyncio.Event) -> None:
        """Empty the outbox until `stop`; `hint` makes it look at once, an error makes it wait longer each time."""
        pause = IDLE
        while not stop.is_set():
            self.hint.clear()
            try:
                full = await self.step() == self.batch
                pause = 0.0 if full else IDLE
            except Exception as failed:
                pause = min(max(pause, IDLE) * 2, LONGEST_PAUSE)
                log.warning("outbox waits", seconds=pause, error=repr(failed))
            if pause:
                await first_of(min(CALM * self.claiming, CALMEST), stop)
                await first_of(pause, stop, self.hint)


async def first_of(seconds: float, *events: asyncio.Event) -> None:
    """Return once one of the events is set, or after so many seconds."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
