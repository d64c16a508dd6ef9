"""The names and texts of the utility as an administrator changes them: one row at a time, each change in the audit."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.policy import Names
from models.policy_versions import raise_edition

AUDIT = "names"
KINDS = (
    "utility", "category", "role", "cause", "hold_reason", "expected_reason", "withdraw_reason", "reject_reason", "procedure",
    "stage", "applicant", "paper", "fee", "check", "outcome", "third_party", "refuse_reason", "segment",
)  # fmt: skip
"""What has rows to be named, in the order in which they are shown."""
GROWING = frozenset({"cause", "hold_reason", "expected_reason", "withdraw_reason", "reject_reason"})
"""Lists to which an administrator adds: nothing is computed from their entries."""
MOST = 200


@dataclass(frozen=True)
class Sheet:
    """What a row holds: texts in every language, and single values; what is `left_out` may be empty."""

    texts: tuple[str, ...] = ("label",)
    left_out: frozenset[str] = frozenset()
    single: tuple[str, ...] = ()


DESCRIBED = Sheet(("label", "descriptions"))
SHEETS: Mapping[str, Sheet] = {
    "category": Sheet(
        ("label", "descriptions", "message"), frozenset({"message"}), ("icon", "place", "emergency", "causes")
    ),
    "procedure": Sheet(("label", "descriptions"), single=("icon",)),
    "paper": DESCRIBED,
    "refuse_reason": DESCRIBED,
    "utility/name": Sheet(),
    "utility/phone": Sheet((), single=("value",)),
    "utility/safety_phone": Sheet((), single=("value",)),
    "utility/head_office": Sheet(("addresses", "hours"), frozenset({"hours"}), ("phone",)),
    "utility/forum": Sheet(("label", "addresses", "texts"), frozenset({"phone"}), ("phone",)),
}
"""By kind, or kind and code; a kind that is not here has a label alone, and of the utility nothing else is a name."""


class Overtaken(Exception):
    """Somebody changed the row meanwhile."""


class TooMany(Exception):
    """The list is as long as it may be."""


def sheet(kind: str, code: str) -> Sheet | None:
    """What this row holds; None where it is none that an administrator names."""
    if kind not in KINDS:
        return None
    return SHEETS.get(f"{kind}/{code}") if kind == "utility" else SHEETS.get(kind, Sheet())


def written(row: Names) -> dict[str, str]:
    """The row as a form has it: `label-en`, `descriptions-hi`, `icon`, …"""
    of = sheet(row.kind, row.code) or Sheet(())
    said = {key: row.labels if key == "label" else row.data.get(key) or {} for key in of.texts}
    texts = {f"{key}-{language}": str(text) for key, by in said.items() for language, text in by.items()}
    return texts | {name: _plain(row, name) for name in of.single}


def _plain(row: Names, name: str) -> str:
    if name == "place":
        return str(row.place)
    value = row.data.get(name)
    if isinstance(value, bool):
        return "yes" if value else ""
    return ",".join(value) if isinstance(value, list) else str(value or "")


def fingerprint(row: Names) -> str:
    """What tells whether the row is still the one that was looked at."""
    return as_seen(written(row))


def as_seen(said: Mapping[str, Any]) -> str:
    """Sixteen characters that are others as soon as anything of what a row says is."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


async def rename(
    session: AsyncSession, kind: str, code: str, fields: Mapping[str, str], seen: str, by: int, at: datetime
) -> bool:
    """Write the row anew from a sound form; whether anything differs. Raises Overtaken, LookupError where there is none."""
    row = await session.get(Names, (kind, code), with_for_update=True, populate_existing=True)
    if row is None:
        raise LookupError(f"no {kind} {code}")
    if fingerprint(row) != seen:
        raise Overtaken
    before = written(row)
    put_onto(row, fields)
    session.add(row)
    return await noted(session, AUDIT, f"{kind}/{code}", before, written(row), by, at)


async def add(session: AsyncSession, kind: str, fields: Mapping[str, str], by: int, at: datetime) -> str:
    """A new entry at the end of a list that grows; its code. Raises TooMany."""
    count, last = (await session.exec(select(func.count(), func.max(Names.place)).where(col(Names.kind) == kind))).one()
    if count >= MOST:
        raise TooMany
    row = Names(kind=kind, code=f"{kind.partition('_')[0]}-{secrets.token_hex(4)}", place=(last or 0) + 1)
    put_onto(row, fields)
    session.add(row)
    await noted(session, AUDIT, f"{kind}/{row.code}", {}, written(row), by, at)
    return row.code


def put_onto(row: Names, fields: Mapping[str, str]) -> None:
    """Only what the row's sheet has; what else it keeps stays."""
    of = sheet(row.kind, row.code) or Sheet(())
    data = dict(row.data)
    for key in of.texts:
        start = f"{key}-"
        by = {name.removeprefix(start): text for name, text in fields.items() if name.startswith(start) and text}
        if key == "label":
            row.labels = by
        else:
            data[key] = by
    for name in of.single:
        if name == "place":
            row.place = int(fields[name])
        else:
            data[name] = _value(name, fields.get(name, ""))
    row.data = data


def _value(name: str, text: str) -> Any:
    if name == "emergency":
        return text == "yes"
    return [code for code in text.split(",") if code] if name == "causes" else text


async def noted(
    session: AsyncSession,
    what: str,
    subject: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    by: int | None,
    at: datetime,
) -> bool:
    """Keep in the audit what differs, and raise the edition; whether anything does."""
    differs = [key for key in {**before, **after} if before.get(key, "") != after.get(key, "")]
    if not differs:
        return False
    old, new = ({f"{what}.{key}": side[key] for key in differs if side.get(key)} for side in (before, after))
    session.add(Audit(at=at, person=by, what=what, subject=subject, before=old, after=new, note=""))
    await raise_edition(session)
    return True
