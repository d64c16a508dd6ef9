"""Files outside the database: every storage keeps to the same protocol, and says by name what went wrong."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from models.buckets import Bucket
from models.storage import Folder, Missing, Nowhere, Storage, StorageAway, storage_at

KEY, OTHER = "0f" * 16, "a1" * 16


@pytest.fixture(params=["folder", "memory bucket", "local bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Folder(tmp_path / "documents")
    return Bucket(MemoryStore() if request.param == "memory bucket" else LocalStore(tmp_path))


async def test_what_was_put_is_got_until_it_is_deleted(storage: Storage) -> None:
    await storage.put(KEY, b"\x00one\xff")
    assert await storage.exists(KEY)
    assert await storage.get(KEY) == b"\x00one\xff"
    await storage.delete(KEY)
    assert not await storage.exists(KEY)
    with pytest.raises(Missing):
        await storage.get(KEY)


async def test_putting_again_replaces_and_leaves_others_alone(storage: Storage) -> None:
    await storage.put(OTHER, b"other")
    await storage.put(KEY, b"first, and longer")
    await storage.put(KEY, b"second")
    assert (await storage.get(KEY), await storage.get(OTHER)) == (b"second", b"other")


async def test_deleting_what_is_not_there_is_nothing(storage: Storage) -> None:
    await storage.delete(KEY)
    assert not await storage.exists(KEY)


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "0F" * 16, "0f" * 15, "0f" * 16 + "/x", "0f" * 16 + "\n"])
async def test_a_key_that_could_be_a_path_is_refused(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError):
        await storage.put(key, b"x")
    with pytest.raises(ValueError):
        await storage.get(key)


async def test_a_folder_is_for_nobody_else_and_holds_nothing_but_whole_files(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "documents")
    await asyncio.gather(*(folder.put(KEY, bytes([number]) * 100_000) for number in range(8)))
    found = [path for path in (tmp_path / "documents").rglob("*") if path.is_file()]
    assert found == [folder.path(KEY)]
    assert len(set(found[0].read_bytes())) == 1
    for path in (folder.folder, *folder.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o600 if path.is_file() else 0o700), path


async def test_a_folder_that_cannot_be_written_is_said_by_name(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file stands in the way", encoding="utf-8")
    with pytest.raises(StorageAway):
        await Folder(tmp_path / "documents").put(KEY, b"x")


async def test_a_bucket_nobody_answers_for_is_said_by_name() -> None:
    from obstore.store import S3Store

    store = S3Store(
        "documents",
        endpoint="http://127.0.0.1:9",
        region="here",
        access_key_id="a",
        secret_access_key="b",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    for asked in (Bucket(store).get(KEY), Bucket(store).put(KEY, b"x"), Bucket(store).exists(KEY)):
        with pytest.raises(StorageAway):
            await asked


async def test_without_a_storage_nothing_is_taken_or_given() -> None:
    for asked in (Nowhere().put(KEY, b""), Nowhere().get(KEY), Nowhere().delete(KEY), Nowhere().exists(KEY)):
        with pytest.raises(StorageAway):
            await asked


async def test_the_address_says_which_storage(tmp_path: Path) -> None:
    folder = storage_at((tmp_path / "two words").as_uri())
    assert isinstance(folder, Folder)
    assert folder.folder == tmp_path / "two words"
    assert isinstance(storage_at("s3://documents/onewindow"), Bucket)
