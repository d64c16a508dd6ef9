"""What every kind of request shares: one lock before the pen, one timer, one door for what people send."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from rules.messages import ItIsTime, Look, Standing, Take, Taken
    from rules.terms import State
    from workflows.attributes import TIER
    from workflows.pen import record

A_MINUTE = timedelta(minutes=1)


class Casework:
    """The shared part of a request's workflow. `standing` is None until the row was first read."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.standing: Standing | None = None
        self.pen = asyncio.Lock()
        self.failures = 0

    @property
    def over(self) -> bool:
        """Whether nothing can happen to the request any more."""
        return self.standing is not None and self.standing.over

    def is_in(self, states: frozenset[State]) -> bool:
        """Whether the request's state is one of `states`."""
        return self.standing is not None and self.standing.state in states

    async def read_the_row(self) -> None:
        """Read how the request stands; a request that was only received is given to somebody."""
        while self.standing is None:
            self.begin_anew_if_long()
            await self._ask(Look(self.reference, workflow.now()))

    async def while_in(self, states: frozenset[State]) -> None:
        """Stay while the state is one of `states`, doing what falls due at its second."""
        while self.is_in(states) and not self.over:
            self.begin_anew_if_long()
            if await self._woken():
                await self._ask(ItIsTime(self.reference, workflow.now()))

    @property
    def is_long(self) -> bool:
        """Whether the server would rather have a fresh history, and nobody is in the middle of something."""
        return workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished()

    def begin_anew_if_long(self) -> None:
        """Go on in a fresh history where this one became long: the row is the truth, so nothing is carried over."""
        if self.is_long:
            workflow.continue_as_new(self.reference)

    async def taken(self, take: Take) -> Taken:
        """Hand one submission to the pen, alone, and remember how the request stands after it."""
        async with self.pen:
            answer = await record(replace(take, at=workflow.now()))
            self._stands(answer.standing)
            return answer

    async def looked(self) -> Standing:
        """Read the row again: it may have been written while nobody looked."""
        async with self.pen:
            self._stands(await record(Look(self.reference, workflow.now())))
        assert self.standing is not None
        return self.standing

    async def _ask(self, command: Look | ItIsTime) -> None:
        """Ask the pen; should it fail, let go of the lock, wait a minute, and let the loop try again."""
        try:
            async with self.pen:
                self._stands(await record(command))
                self.failures = 0
                return
        except FailureError as failed:
            self.failures += 1
            workflow.logger.error("the pen failed for %s: %s", self.reference, type(failed).__name__)
        await workflow.sleep(A_MINUTE)

    async def _woken(self) -> bool:
        """Wait for the one instant to wake at; True once it has come, False when the request moved or became long."""
        assert self.standing is not None
        seen = self.standing
        if seen.wake_at is not None and seen.wake_at <= workflow.now():
            return True

        def moved() -> bool:
            now = self.standing
            if self.is_long:
                return True
            return now is not None and (now.wake_at != seen.wake_at or now.state != seen.state or now.over)

        timeout = None if seen.wake_at is None else seen.wake_at - workflow.now()
        with suppress(asyncio.TimeoutError):
            await workflow.wait_condition(moved, timeout=timeout, timeout_summary=self._summary(seen))
            return False
        return True

    def _summary(self, seen: Standing) -> str | None:
        return None if seen.wake_for is None else f"{seen.wake_for}, tier {seen.tier}"

    def _stands(self, standing: Standing) -> None:
        """Keep the pen's answer, unless an earlier command answered later; show it to Temporal's own pages."""
        before, self.standing = self.standing, standing
        if standing.tasks and (before is None or before.tier != standing.tier) and standing.tier > 1:
            workflow.upsert_search_attributes([TIER.value_set(standing.tier)])
        who = "".join(
            f", {task.stage}: answerable {task.answerable} (tier {task.tier}), handler {task.handler}"
            for task in standing.tasks
        )
        wake = f", next: {standing.wake_for} at {standing.wake_at:%Y-%m-%d %H:%M:%S} UTC" if standing.wake_at else ""
        workflow.set_current_details(f"**{standing.state}**, line {standing.number}{who}{wake}")
