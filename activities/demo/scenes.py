"""Where the demo's requests may play: what the tables say for each category at each office, read once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.demo.acts import Scene
from activities.demo.people import Holder, a_manager_on_leave, holders
from activities.demo.stories import Story
from models.ground import Fillings, ground_of, standard_columns, utility_zone
from models.people import Fill, Post, Staff
from models.policy import Names
from models.policy_versions import current
from models.requests import ServiceRequest
from rules.policy import Policy, timing_of
from rules.request import Ground
from rules.terms import Act, Channel, Kind, State

Read = tuple[Ground, Fillings]


class Cast:
    """Everybody and everything a plan is made from. `takers`: who takes calls; `people`: held, so that each is read once."""

    def __init__(self, session: AsyncSession, policy: Policy, now: datetime) -> None:
        self.session = session
        self.policy = policy
        self.now = now
        self.zone = ZoneInfo("UTC")
        self.holders: Sequence[Holder] = ()
        self.office_of_leave: str | None = None
        self.people: Sequence[Staff] = ()
        self.staff: dict[int, str] = {}
        self.takers: list[int] = []
        self.withdraw_reasons: tuple[str, ...] = ()
        self.read: dict[tuple[str, str], Read] = {}

    @classmethod
    async def assembled(cls, session: AsyncSession, now: datetime, dice: Random) -> Cast:
        """The cast, its consumers and its one leave written into the tables."""
        cast = cls(session, await current(session), now)
        cast.zone = ZoneInfo(await utility_zone(session))
        cast.holders = await holders(session, dice)
        cast.office_of_leave = await a_manager_on_leave(session, now)
        cast.people = (await session.exec(select(Staff))).all()
        cast.staff = {one.id: one.language for one in cast.people if one.id is not None}
        asked = select(Fill.person).join(Post, col(Post.code) == col(Fill.post)).where(Post.rights == "take_calls")
        cast.takers = list((await session.exec(asked.order_by(col(Fill.id)))).all())
        reasons = select(Names.code).where(Names.kind == "withdraw_reason").order_by(Names.code)
        cast.withdraw_reasons = tuple((await session.exec(reasons)).all())
        return cast

    async def scene(self, category: str, holder: Holder) -> Scene:
        """The scene of a category at the holder's office."""
        key = (category, holder.office)
        if key not in self.read:
            self.read[key] = await self._ground(category, holder)
        ground, filled = self.read[key]
        return Scene(category, holder.language, ground, filled, self.zone, self.staff, self.withdraw_reasons)

    async def _ground(self, category: str, holder: Holder) -> Read:
        procedure = self.policy.procedures.get(category)
        timing = timing_of(self.policy, category, holder.area_class) if procedure is None else None
        row = ServiceRequest(
            reference="",
            kind=(Kind.COMPLAINT if procedure is None else procedure.kind).value,
            category=category,
            state=State.RECEIVED.value,
            changed_at=self.now,
            registered_at=self.now,
            policy_version=self.policy.version,
            area_class=holder.area_class,
            office=holder.office,
            zone=holder.zone,
            channel=Channel.WEB.value,
            language=holder.language,
            consumer_id=0,
            token="",
            **({} if timing is None else standard_columns(timing)),
        )
        return await ground_of(self.session, row, self.policy, self.now, act=Act.RESOLVE)

    async def choose(self, story: Story, dice: Random) -> tuple[Scene, Holder] | None:
        """A scene for this story and who files; None where the dice fell on a place it cannot play."""
        categories = [code for code in story.categories if code in self.policy.timings]
        people = [one for one in self.holders if not story.on_leave or one.office == self.office_of_leave]
        if not categories or not people:
            return None
        category, holder = dice.choice(categories), dice.choice(people)
        scene = await self.scene(category, holder)
        colleagues = sum(candidate.filled for candidate in scene.ground.candidates)
        return None if story.colleagues and colleagues < 2 else (scene, holder)
