"""Documents of forms that nobody sent are let go of after a month; all others stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.unclaimed import KEPT_FOR, Unclaimed
from models import papers
from models.database import Sessions
from models.intake import New, register
from models.papers import Document, adopt
from models.storage import Folder, Nowhere, StorageAway
from rules.terms import Actor, Channel, Kind

NOW = datetime.now(UTC)
LONG_AGO = NOW - KEPT_FOR - timedelta(minutes=5)


async def handed_in(sessions: Sessions, storage: Folder, at: datetime, draft: str) -> str:
    id = papers.new_id()
    await storage.put(id, b"x")
    row = Document(
        id=id, draft=draft, paper="identity", content="image/jpeg", bytes=1, sha256="", received_sha256="",
        uploaded_at=at, actor=Actor.CONSUMER.value,
    )  # fmt: skip
    async with sessions.begin() as session:
        await papers.add(session, row)
    return id


async def test_only_what_is_old_and_nobodys_is_let_go(sessions: Sessions, tmp_path: Path) -> None:
    storage = Folder(tmp_path)
    old = [await handed_in(sessions, storage, LONG_AGO, f"draft-{number}") for number in range(3)]
    claimed = await handed_in(sessions, storage, LONG_AGO, "sent")
    fresh = await handed_in(sessions, storage, NOW, "draft-1")
    async with sessions.begin() as session:
        row = await register(
            session, New(Kind.COMPLAINT, "no-supply", Channel.WEB, "en", "", "other", NOW, locality="gizri")
        )
        await adopt(session, "sent", row.reference)
    with pytest.raises(StorageAway):
        await Unclaimed(sessions, Nowhere()).look()
    assert await Unclaimed(sessions, storage).look() == 3
    assert await Unclaimed(sessions, storage).look() == 0
    async with sessions() as session:
        assert [await papers.find(session, id) for id in old] == [None] * 3
        assert all([await papers.find(session, id) for id in (claimed, fresh)])
    assert [await storage.exists(id) for id in (*old, claimed, fresh)] == [False] * 3 + [True] * 2
