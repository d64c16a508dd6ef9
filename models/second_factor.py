"""The second factor: a code of six digits that a telephone works out every half minute, and recovery codes for its loss."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.doors import RecoveryCode
from models.people import Staff
from models.tries import hashed

DRIFT = 1
"""Half minutes a telephone's clock may be wrong, either way."""
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for one another on paper."""
LENGTH = 10


async def _locked(session: AsyncSession, person: int) -> Staff:
    """The account, held until the transaction ends, so that one code opens one door."""
    asked = select(Staff).where(Staff.id == person).with_for_update().execution_options(populate_existing=True)
    return (await session.exec(asked)).one()


async def begin(session: AsyncSession, person: int) -> str:
    """The secret to be put into a telephone; the same one until it was confirmed or given up."""
    row = await _locked(session, person)
    row.totp_new = row.totp_new or pyotp.random_base32()
    session.add(row)
    return row.totp_new


def address(secret: str, username: str, utility: str) -> str:
    """What the picture says to the telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=utility)


async def confirm(session: AsyncSession, person: int, code: str, at: datetime) -> list[str] | None:
    """Take the new secret if the code belongs to it; the recovery codes, to be shown this once. None: wrong code."""
    row = await _locked(session, person)
    step = _step(row.totp_new, code, at) if row.totp_new else None
    if step is None:
        return None
    row.totp, row.totp_new, row.totp_step = row.totp_new, "", step
    session.add(row)
    return await new_recovery_codes(session, person)


async def new_recovery_codes(session: AsyncSession, person: int) -> list[str]:
    """Ten new codes, shown as two groups; older ones are void."""
    await session.exec(delete(RecoveryCode).where(col(RecoveryCode.person) == person))
    made = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all([RecoveryCode(code_hash=_kept(person, code), person=person) for code in made])
    return [f"{code[:5]}-{code[5:]}" for code in made]


async def recovery_left(session: AsyncSession, person: int) -> int:
    """How many recovery codes were not used yet."""
    unused = (RecoveryCode.person == person, col(RecoveryCode.used_at).is_(None))
    return (await session.exec(select(func.count()).select_from(RecoveryCode).where(*unused))).one()


async def check(session: AsyncSession, person: int, code: str, at: datetime) -> bool:
    """Whether this is the telephone's code, or a recovery code not used before. Neither is taken twice."""
    row = await _locked(session, person)
    if not row.totp:
        return False
    step = _step(row.totp, code, at)
    if step is not None and step > row.totp_step:
        row.totp_step = step
        session.add(row)
        return True
    used = await session.exec(
        update(RecoveryCode)
        .where(col(RecoveryCode.code_hash) == _kept(person, code), col(RecoveryCode.used_at).is_(None))
        .values(used_at=at)
        .returning(col(RecoveryCode.person))
    )
    return used.scalar_one_or_none() == person


async def remove(session: AsyncSession, person: int) -> bool:
    """Take the second factor away; whether there was one."""
    row = await _locked(session, person)
    had = bool(row.totp)
    row.totp = row.totp_new = ""
    session.add(row)
    await session.exec(delete(RecoveryCode).where(col(RecoveryCode.person) == person))
    return had


def _step(secret: str, code: str, at: datetime) -> int | None:
    """The half minute this code belongs to, one before or after included; None when it belongs to none."""
    digits = "".join(str(unicodedata.digit(sign)) for sign in code if sign.isdigit())
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=at, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def _kept(person: int, code: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    return hashed(f"{person}/" + "".join(letter for letter in code.lower() if letter.isalnum()))
