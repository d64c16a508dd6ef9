"""What must be known before a request is registered, by one question; and where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.nowhere import nowhere
from models.policy_versions import SAVING
from models.round_trip import in_one_trip


@dataclass(frozen=True)
class Place:
    """Where a request belongs. `locality` and `feeder` None: not known; `live_from` None: it always was live."""

    office: str
    zone: str
    area_class: str
    locality: str | None
    feeder: str | None
    live_from: datetime | None = None


@dataclass(frozen=True)
class Known:
    """What the tables say before a request is written.

    `before`: the request this token became already. `newest`: the policy's version. `filed`: how many this telephone filed
    lately. `number`: one of those drawn that is free. `consumer`, `words`, `notification`: ids for the rows. `held`: whether the account exists. `drafted`, `handed_in`: whether a
    form and documents are kept under the token. `grouped`: whether there are groups of consumers. `himself`: the persons of
    the staff with this telephone or mail address. `place` None: the locality is not known, or none was given.
    """

    now: datetime
    newest: int
    before: str | None
    filed: int
    number: str | None
    consumer: int
    words: int
    notification: int
    held: bool
    drafted: bool
    handed_in: bool
    place: Place | None
    grouped: bool
    himself: frozenset[int]


KNOWN = """
    select clock_timestamp() as now,
        coalesce((select max(number) from policy_version), 0) as newest,
        (select reference from service_request where token = %(token)s) as before,
        (select count(*) from service_request r join consumer c on c.id = r.consumer_id
            where c.phone = %(phone)s and r.registered_at > %(since)s) as filed,
        (select n from unnest(cast(%(numbers)s as text[])) n
            where not exists (select from service_request where reference = n) limit 1) as number,
        nextval('consumer_id_seq') as consumer, nextval('words_id_seq') as words,
        nextval('notification_id_seq') as notification,
        held.account is not null as held,
        exists (select from draft where token = %(token)s) as drafted,
        exists (select from document where draft = %(token)s and reference is null) as handed_in,
        exists (select from names where kind = 'segment') as grouped,
        array(select id from staff where right(regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g'), 9) = any(cast(%(marks)s as text[]))
            or lower(email) = any(cast(%(marks)s as text[]))) as himself,
        o.code as office, o.zone, o.area_class, l.code as locality, l.live_from,
        coalesce(held.feeder, (select min(f.code) from feeder f
            where f.localities @> jsonb_build_array(l.code) having count(*) = 1)) as feeder
    from (values (1)) as one
        left join connection held on held.account = %(account)s
        left join locality l on l.code = coalesce(%(locality)s, held.locality)
        left join office o on o.code = l.office
"""
"""A locality that has just one feeder is taken to be on it: nobody is asked for his feeder."""


LOCKS = """
    select pg_advisory_xact_lock(hashtextextended(%(token)s, 7)), pg_advisory_xact_lock_shared(%(saving)s)
"""
"""One of this token at a time, and no version of the policy is saved until this request is committed."""


async def known(
    session: AsyncSession,
    token: str,
    phone: str | None,
    since: datetime,
    numbers: Sequence[str],
    account: str | None,
    locality: str | None,
    marks: Iterable[str] = (),
) -> Known:
    """What the tables say of this token, telephone (counted from `since`), account and locality, of these numbers, and of who has these marks.

    Until the transaction ends nobody else registers this token and no version of the policy is saved.
    """
    asked = {
        "token": token,
        "phone": phone,
        "since": since,
        "numbers": list(numbers),
        "account": account,
        "marks": list(marks),
        "locality": locality,
    }
    locks = {"token": token, "saving": SAVING}
    [found] = await in_one_trip(session, (LOCKS, locks), (KNOWN, asked))
    place = (
        Place(found.office, found.zone, found.area_class, found.locality, found.feeder, found.live_from)
        if found.office
        else None
    )
    return Known(
        found.now, found.newest, found.before, found.filed, found.number, found.consumer, found.words,
        found.notification, found.held, found.drafted, found.handed_in, place, found.grouped, frozenset(found.himself),
    )  # fmt: skip


MENTIONED = text("""
    select l.code as locality, o.code as office, o.zone, o.area_class,
        (select min(f.code) from feeder f where f.localities @> jsonb_build_array(l.code) having count(*) = 1) as feeder
    from locality l join office o on o.code = l.office, jsonb_each_text(l.names) as name
    where word_similarity(lower(name.value), :words) > 0.6
    order by word_similarity(lower(name.value), :words) desc, length(name.value) desc, l.code limit 1
""")


LOCATED = text("""
    select l.code as locality, o.code as office, o.zone, o.area_class,
        (select min(f.code) from feeder f where f.localities @> jsonb_build_array(l.code) having count(*) = 1) as feeder
    from locality l join office o on o.code = l.office where l.code = :locality
""")


async def located(session: AsyncSession, locality: str) -> Place | None:
    """Where this locality belongs; None where there is none of this code."""
    found = (await session.exec(LOCATED, params={"locality": locality})).first()  # type: ignore[call-overload]
    return Place(found.office, found.zone, found.area_class, found.locality, found.feeder) if found else None


async def mentioned(session: AsyncSession, words: str, desk: bool = False) -> Place:
    """The locality whose name, in any script, is in the words or near to something in them; else an office `nowhere`."""
    asked = MENTIONED.bindparams(words=words.lower()[:600])
    found = (await session.exec(asked)).first()  # type: ignore[call-overload]
    if found is not None:
        return Place(found.office, found.zone, found.area_class, found.locality, found.feeder)
    office = await nowhere(session, desk)
    return Place(office.code, office.zone, office.area_class, None, None)
