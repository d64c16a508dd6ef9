"""The story of a complaint."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from rules.messages import Standing, Take, Taken
    from rules.states import WORKED
    from rules.terms import State
    from workflows.casework import Casework

ANSWERED = frozenset({State.RESOLVED, State.CLOSED, State.REJECTED})


@workflow.defn
class ComplaintWorkflow(Casework):
    """One complaint, from the first look at its row until it can no longer be reopened."""

    @workflow.init
    def __init__(self, reference: str) -> None:
        super().__init__(reference)

    @workflow.run
    async def run(self, reference: str) -> None:
        """Work under the ladder, be confirmed or reopened, until it is over."""
        await self.read_the_row()
        while not self.over:
            await self.worked_under_the_ladder()
            await self.confirmed_or_reopened()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def worked_under_the_ladder(self) -> None:
        """Somebody answers for it at every instant; who lets his time lapse is followed by the next tier."""
        await self.while_in(WORKED)

    async def confirmed_or_reopened(self) -> None:
        """The consumer is asked, and may come back for a while after closing."""
        await self.while_in(ANSWERED)

    @workflow.update
    async def act(self, take: Take) -> Taken:
        """Whatever was put into the tray for this request."""
        return await self.taken(take)

    @workflow.update
    async def look(self) -> Standing:
        """Read the row again and go on from there."""
        return await self.looked()
