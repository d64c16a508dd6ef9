"""Mail by SMTP: many over one connection, each with a Message-ID that stays the same however often it is tried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.policy import SMTPUTF8
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from activities.channels import Letter, MayBegin, Outcome, Result, always, for_seconds, not_begun

SECONDS = 10.0
"""How long one answer of the server may take."""
MOST_CONNECTIONS, EACH = 4, 10
"""How many connections at most, and how many letters are worth one."""
BEGIN_WITHIN = 12.0
"""Seconds after which no further letter of a call is begun: what a slow server was not handed by then goes with a later one."""


@dataclass(frozen=True)
class Server:
    """Where mail is handed over: `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: bool = False

    @classmethod
    def at(cls, url: str) -> Server:
        """The server of an address; ValueError when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError(f"{url.split('@')[-1]!r} is no mail server; write smtp://host:port")
        tls = parts.scheme == "smtps"
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.hostname, parts.port or (465 if tls else 25), user, password, tls)


class Email:
    """The channel "email" through one server, from one address."""

    name = "email"
    seconds = SECONDS

    def __init__(self, smtp_url: str, mail_from: str) -> None:
        self.server = Server.at(smtp_url)
        self.name_from, self.address_from = parseaddr(mail_from)
        self.domain = self.address_from.rpartition("@")[2]
        if not self.domain:
            raise ValueError(f"{mail_from!r} is no mail address to send from")

    async def send(self, letters: Sequence[Letter], may_begin: MayBegin = always) -> Mapping[int, Outcome]:
        """Send all over one connection, or, when they are many, over a few side by side: a distant server answers slowly."""
        ways = min(-(-len(letters) // EACH), MOST_CONNECTIONS)
        in_time = for_seconds(BEGIN_WITHIN, may_begin)
        parts = await asyncio.gather(*(self.send_over_one(letters[way::ways], in_time) for way in range(ways)))
        return {attempt: outcome for part in parts for attempt, outcome in part.items()}

    async def send_over_one(self, letters: Sequence[Letter], may_begin: MayBegin) -> Mapping[int, Outcome]:
        """Send all over one connection; when that is lost, the rest is tried again later and what was answered stays."""
        outcomes: dict[int, Outcome] = {}
        try:
            async with self.connection() as smtp:
                for letter in letters:
                    outcomes[letter.attempt] = await self.hand_over(smtp, letter) if may_begin() else not_begun(letter)
        except Exception as lost:
            for letter in letters:
                outcomes.setdefault(letter.attempt, Outcome(Result.FAILED, words(lost)))
        return outcomes

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """An open connection, signed in where the address says so."""
        server = self.server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            timeout=self.seconds,
            local_hostname=self.domain,
        )
        async with smtp:
            yield smtp

    async def hand_over(self, smtp: aiosmtplib.SMTP, letter: Letter) -> Outcome:
        """Hand one letter over. A refusal for good is about this letter; a lost connection is raised."""
        try:
            await smtp.send_message(self.written(letter), sender=self.address_from, recipients=[letter.to])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return self._refused(refused.recipients[0])
        except aiosmtplib.SMTPDataError as refused:
            return self._refused(refused)
        except aiosmtplib.SMTPResponseException as other:
            return Outcome(Result.FAILED, words(other))
        except (aiosmtplib.SMTPNotSupported, UnicodeError, ValueError) as never:
            return Outcome(Result.REFUSED, words(never))
        return Outcome(Result.SENT)

    @staticmethod
    def _refused(answer: aiosmtplib.SMTPResponseException) -> Outcome:
        return Outcome(Result.REFUSED if 500 <= answer.code < 600 else Result.FAILED, words(answer))

    def written(self, letter: Letter) -> EmailMessage:
        """The mail with its headers; all of one request hang on one thread."""
        said = letter.message
        mail = EmailMessage(policy=LINES if letter.to.isascii() else SMTPUTF8)
        mail["From"] = Address(said.sender_name or self.name_from, addr_spec=self.address_from)
        mail["To"] = letter.to
        mail["Subject"] = said.subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = f"<{letter.id}@{self.domain}>"
        thread = f"<request.{letter.reference}@{self.domain}>"
        mail["In-Reply-To"] = thread
        mail["References"] = thread
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(said.text)
        if said.html:
            mail.add_alternative(said.html, subtype="html")
        mail["Content-Language"] = said.language
        return mail


def words(error: BaseException) -> str:
    """What the other side said, short enough to keep."""
    return f"{type(error).__name__}: {error}"[:400]
