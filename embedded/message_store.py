"""Caught messages, kept in one append-only file so that a restart still shows them."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

FOLD = str.casefold


@dataclass(frozen=True)
class Caught:
    """One message as it was received `at`, a mail written `dated`.

    `state` is accepted, delivered or failed; `reported` once its sender knows; `again` are the instants at which it was
    handed over once more under its id, which brings its reader nothing.
    """

    id: str
    channel: str
    to: str
    text: str
    at: str
    sender: str = ""
    subject: str = ""
    html: str = ""
    message_id: str = ""
    callback: str = ""
    state: str = "accepted"
    reported: bool = False
    dated: str = ""
    again: Sequence[str] = ()

    def mentions(self, words: str) -> bool:
        """Whether recipient, subject or text hold `words`; the groups of a number may be typed apart."""
        held = FOLD(f"{self.to}\n{self.subject}\n{self.text}")
        wanted = FOLD(words.strip())
        apart = wanted.replace(" ", "").replace("-", "")
        return wanted in held or (apart.isdigit() and apart in held.replace(" ", ""))


class Store:
    """Messages by id, oldest first; every change is one appended line of JSON."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.messages: dict[str, Caught] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        for line in self._lines():
            self._apply(line)
        self._file = path.open("ab", buffering=0)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Every whole line; one torn by a kill is cut off, so that the next append does not run into it."""
        if not self.path.exists():
            return
        held = self.path.read_bytes()
        whole = held[: held.rfind(b"\n") + 1]
        if whole != held:
            self.path.write_bytes(whole)
        for line in whole.splitlines():
            yield json.loads(line)

    def _apply(self, line: dict[str, Any]) -> None:
        known = {field.name for field in fields(Caught)}
        change = {key: value for key, value in line.items() if key in known}
        before = self.messages.get(change["id"])
        self.messages[change["id"]] = replace(before, **change) if before else Caught(**change)

    def _write(self, line: dict[str, Any]) -> None:
        """Write one whole line, or nothing: OSError when there is no room for it."""
        data, before = (json.dumps(line, ensure_ascii=False) + "\n").encode(), self.path.stat().st_size
        if self._file.write(data) != len(data):
            self._file.truncate(before)
            raise OSError(errno.ENOSPC, "no room for a whole message")
        self._apply(line)

    def add(self, message: Caught) -> Caught:
        """Keep `message`; of one whose id is known already only the instant is noted, and it is answered as it was kept first."""
        before = self.messages.get(message.id)
        if before is None:
            self._write(asdict(message))
        else:
            self.change(message.id, again=[*before.again, message.at])
        return self.messages[message.id]

    def change(self, id: str, **changes: Any) -> None:
        """Write down what became of a message."""
        self._write({"id": id, **changes})

    def newest(self, channel: str | None = None, words: str = "", limit: int = 200) -> list[Caught]:
        """At most `limit` messages, newest first, of one channel or all, holding `words`."""
        found = []
        for message in reversed(self.messages.values()):
            if (channel in (None, message.channel)) and message.mentions(words):
                found.append(message)
                if len(found) == limit:
                    break
        return found

    def unreported(self) -> list[Caught]:
        """Messages whose sender asked for a delivery report and has not had it."""
        return [message for message in self.messages.values() if message.callback and not message.reported]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def stamp(at: datetime) -> str:
    """`at` as kept in the file."""
    return at.isoformat(timespec="seconds")
