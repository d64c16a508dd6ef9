"""The story of a connection request."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from rules.messages import Standing, Take, Taken
    from rules.states import WORKED
    from rules.terms import State
    from workflows.casework import Casework

ASKED_OR_ENDED = frozenset({State.DONE, State.CLOSED, State.REJECTED, State.WITHDRAWN, State.LAPSED})


@workflow.defn
class ConnectionWorkflow(Casework):
    """One connection request, from the first look at its row until nothing is left to do for it."""

    @workflow.init
    def __init__(self, reference: str) -> None:
        super().__init__(reference)

    @workflow.run
    async def run(self, reference: str) -> None:
        """Work through the stages of its procedure, be confirmed or done again, and give back what is owed."""
        await self.read_the_row()
        while not self.over:
            await self.stages_worked()
            await self.confirmed_or_given_back()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def stages_worked(self) -> None:
        """Each open stage has somebody who answers for it, or waits for whose turn it is; the pen opens what follows."""
        await self.while_in(WORKED)

    async def confirmed_or_given_back(self) -> None:
        """The applicant is asked and may come back for a while; money that is owed to him is still somebody's task."""
        await self.while_in(ASKED_OR_ENDED)

    @workflow.update
    async def act(self, take: Take) -> Taken:
        """Whatever was put into the tray for this request."""
        return await self.taken(take)

    @workflow.update
    async def look(self) -> Standing:
        """Read the row again and go on from there."""
        return await self.looked()
