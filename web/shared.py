"""One rendering of a request's page for all its watchers, kept while every word of it is true."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import Headers

from languages.catalog import current, use
from models.tracked_stages import TrackedCase, tracked_case
from models.tracking import Tracked, public_view
from rules.terms import Kind
from web.consumer.applied import tell_applied
from web.consumer.telling import Told, tell
from web.onewindow import Onewindow
from web.render import VARY, Views

KEPT = 20_000
Key = tuple[str, str, bool]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
KEPT_BY_READER = ((b"cache-control", b"private, no-cache"), (b"vary", VARY.encode()), (b"x-robots-tag", b"noindex"))
"""What is kept by a browser must be asked for again each time."""


@dataclass(frozen=True)
class Rendering:
    """The live block as it was rendered, from which event, until when it is true; the whole page when asked for."""

    told: Told
    edition: int
    block: str
    whole: Callable[[], str] = field(repr=False)

    @property
    def number(self) -> int:
        """The event number it was rendered from."""
        return self.told.number

    @cached_property
    def page(self) -> bytes:
        """The whole page, with nothing personal in it."""
        return self.whole().encode()

    @cached_property
    def packed(self) -> bytes:
        """The page, compressed once for all."""
        return gzip.compress(self.page, 6, mtime=0)

    @cached_property
    def tag(self) -> str:
        """The page's ETag; weak, as it is sent in two encodings."""
        return f'W/"{hashlib.sha256(self.page).hexdigest()[:20]}"'

    @cached_property
    def answers(self) -> tuple[Answer, Answer, Answer]:
        """The page as a plain answer, as a compressed one, and "unchanged"."""
        kept = [*KEPT_BY_READER, (b"etag", self.tag.encode())]
        typed = [*kept, (b"content-type", b"text/html; charset=utf-8")]
        plain = [*typed, (b"content-length", str(len(self.page)).encode())]
        packed = [*typed, (b"content-encoding", b"gzip"), (b"content-length", str(len(self.packed)).encode())]
        return (200, plain, self.page), (200, packed, self.packed), (304, kept, b"")

    def answer(self, headers: Headers) -> Answer:
        """The whole page for one who sent these headers; 304 when he has it already."""
        plain, packed, unchanged = self.answers
        if headers.get("if-none-match") == self.tag:
            return unchanged
        return packed if "gzip" in headers.get("accept-encoding", "") else plain

    @cached_property
    def block_tag(self) -> str:
        """The block's ETag."""
        return f'W/"{hashlib.sha256(self.block.encode()).hexdigest()[:20]}"'


class Shared:
    """Renders each request once for each language, and once more with the buttons of its consumer."""

    def __init__(self, onewindow: Onewindow, views: Views) -> None:
        self.onewindow = onewindow
        self.views = views
        self._kept: dict[Key, asyncio.Task[Rendering | None]] = {}
        onewindow.hub.on_change.append(self.forget)

    def forget(self, reference: str | None) -> None:
        """Drop what was rendered of this request; everything for None."""
        if reference is None:
            self._kept.clear()
            return
        for key in [key for key in self._kept if key[0] == reference]:
            del self._kept[key]

    def kept(self, reference: str) -> Rendering | None:
        """What is kept for readers without a session, if every word of it is true; None otherwise."""
        task = self._kept.get((reference, current(), False))
        return task.result() if task is not None and task.done() and self._true(task, 0) else None

    async def get(self, reference: str, *, acting: bool = False, at_least: int = 0) -> Rendering | None:
        """The rendering in the language in use, from event `at_least` or newer if there is one; None: no such request."""
        key = (reference, current(), acting)
        task = self._kept.get(key)
        if task is None or (task.done() and not self._true(task, at_least)):
            task = self._begin(key)
        found = await asyncio.shield(task)
        if found is not None and found.number < at_least:
            return await asyncio.shield(self._begin(key))
        return found

    def _begin(self, key: Key) -> asyncio.Task[Rendering | None]:
        """Start to render. It is kept before it reads, so that a change heard meanwhile drops it."""
        if len(self._kept) >= KEPT:
            self._kept.clear()
        task = asyncio.create_task(self._render(key))
        self._kept[key] = task
        task.add_done_callback(lambda done: self._drop_unless_good(key, done))
        return task

    def _drop_unless_good(self, key: Key, task: asyncio.Task[Rendering | None]) -> None:
        if (task.cancelled() or task.exception() or task.result() is None) and self._kept.get(key) is task:
            del self._kept[key]

    def _true(self, task: asyncio.Task[Rendering | None], at_least: int) -> bool:
        found = task.result()
        if found is None or not self.onewindow.hub.fresh:
            return False
        newest = max(at_least, self.onewindow.hub.newest(found.told.reference))
        now = self.onewindow.clock()
        return now < found.told.until and found.number >= newest and found.edition == self.onewindow.book.edition

    async def _render(self, key: Key) -> Rendering | None:
        reference, language, acting = key
        now = self.onewindow.clock()
        found = await self.onewindow.database.read(self._read, reference)
        if found is None:
            return None
        with use(language):
            told = self.tell(*found, now, acting)
            context = {"told": told, "acting": acting, "now": now}
            block = self.views.text(told.template, "progress", **context)

        def whole() -> str:
            with use(language):
                return self.views.text(told.template, own=None, notice="", errors={}, **context)

        return Rendering(told, self.onewindow.book.edition, block, whole)

    def tell(self, tracked: Tracked, known: TrackedCase | None, now: datetime, own: bool = False) -> Told:
        """What the page says at `now`, in the language in use; `known` None for a complaint."""
        book, zone = self.onewindow.book, self.onewindow.zone
        if known is None:
            return tell(tracked, book, zone, now)
        return tell_applied(tracked, known, book, zone, now, own=own)

    async def _read(self, session: AsyncSession, reference: str) -> tuple[Tracked, TrackedCase | None] | None:
        tracked = await public_view(session, reference)
        if tracked is None:
            return None
        await self.onewindow.book.hold_policy(session, tracked.policy_version)
        return tracked, None if tracked.kind == Kind.COMPLAINT else await tracked_case(session, reference)
