"""Files in a bucket (S3 and what speaks its language, Google, Azure), by the optional part obstore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from models.storage import KEY, Missing, StorageAway

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PATIENCE = timedelta(seconds=10)


class Bucket:
    """A bucket as storage. Keys and region come from the surroundings, by the maker's own names (AWS_ACCESS_KEY_ID …)."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    def path(self, key: str) -> str:
        """The object's name; two levels, as in a folder."""
        if not KEY.fullmatch(key):
            raise ValueError(key)
        return f"{key[:2]}/{key[2:4]}/{key}"

    async def put(self, key: str, data: bytes) -> None:
        path = self.path(key)
        with _named():
            await self.store.put_async(path, data)

    async def get(self, key: str) -> bytes:
        path = self.path(key)
        with _named():
            found = await self.store.get_async(path)
            return bytes(await found.bytes_async())

    async def delete(self, key: str) -> None:
        path = self.path(key)
        with suppress(Missing), _named():
            await self.store.delete_async(path)

    async def exists(self, key: str) -> bool:
        path = self.path(key)
        with suppress(Missing), _named():
            await self.store.head_async(path)
            return True
        return False


@contextmanager
def _named() -> Iterator[None]:
    """The part's errors as those of every storage."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise Missing from None
    except (BaseError, OSError) as error:
        raise StorageAway from error


def bucket_at(url: str) -> Bucket:
    """The bucket of an address (s3://bucket/prefix); it is asked for nothing yet. ImportError without obstore."""
    from obstore.store import from_url

    return Bucket(
        from_url(
            url,
            client_options={"timeout": PATIENCE, "connect_timeout": PATIENCE},
            retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
        )
    )
