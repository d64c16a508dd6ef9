"""Text messages through one HTTP gateway, whose request is a line of settings."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import httpx2

from activities.channels import Letter, MayBegin, Outcome, Result, always, for_seconds, not_begun
from rules.sms import is_gsm

SECONDS = 6.0
"""How long one answer of the gateway may keep silent."""
WHOLE = 10.0
"""How long one answer may take in all."""
BEGIN_WITHIN = 8.0
"""After so long no further message of a call is begun: a slow gateway gets the rest later."""
AT_ONCE = 8
BETWEEN_DIGITS = re.compile(r"[\s().-]")
"""What people write into a number to read it better, and gateways refuse."""
PLACE = re.compile(r"\{(to|text|id|callback|from|coding)\}")
OWN_FORM = '{"to": "{to}", "text": "{text}", "id": "{id}", "callback": "{callback}"}'
TRY_AGAIN = frozenset({401, 403, 404, 405, 407, 408, 425, 429})
"""Answers that speak of our settings or of the hour, not of this message."""
FOUND: Mapping[object, Result] = {
    "accepted": Result.SENT,
    "sent": Result.SENT,
    "delivered": Result.DELIVERED,
    "failed": Result.REFUSED,
}


@dataclass(frozen=True)
class Gateway:
    """How to ask a gateway to send, and how to ask what became of a message (None: it cannot be asked)."""

    method: str
    url: str
    body: str = ""
    status: str | None = None

    @classmethod
    def at(cls, setting: str) -> Gateway:
        """The gateway of a setting.

        An address alone is a gateway like the built-in one: POST of JSON, GET of address/id for the state. Any other is
        `METHOD address [body]` with {to}, {text}, {id}, {callback}, {from} and {coding} (0: the GSM alphabet, 2: UCS-2)
        where its request has them; a body that begins with { is JSON, any other a form. ValueError when it is neither.
        A Kannel gateway, with its delivery reports:
        GET http://host:13013/cgi-bin/sendsms?username=u&password=p&from=NAME&charset=UTF-8&coding={coding}&to={to}
        &text={text}&dlr-mask=19&dlr-url=https%3A%2F%2Four.address%2Fapi%2Fv1%2Freceipts%2Fkannel%3Fid%3D{id}%26state%3D%25d
        """
        method, _, rest = setting.strip().partition(" ")
        if not rest:
            address = method.rstrip("/")
            made = cls("POST", address, OWN_FORM, address + "/{id}")
        else:
            address, _, body = rest.strip().partition(" ")
            made = cls(method.upper(), address, body.strip())
        if made.method not in ("GET", "POST", "PUT") or not made.url.startswith(("http://", "https://")):
            raise ValueError("an SMS gateway is an address, or METHOD address [body]")
        return made

    def request(self, values: Mapping[str, str]) -> tuple[str, str, str, dict[str, str]]:
        """Method, address, body and headers for one message."""
        is_json = self.body.startswith("{")
        body = PLACE.sub(lambda found: (_in_json if is_json else _in_address)(values[found[1]]), self.body)
        kind = "application/json" if is_json else "application/x-www-form-urlencoded"
        return (
            self.method,
            self.filled(self.url, values),
            body,
            {"Content-Type": f"{kind}; charset=utf-8"} if body else {},
        )

    @staticmethod
    def filled(address: str, values: Mapping[str, str]) -> str:
        """An address with its places filled."""
        return PLACE.sub(lambda found: _in_address(values[found[1]]), address)


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _in_address(value: str) -> str:
    return quote(value, safe="")


class Sms:
    """The channel "sms". `callback` is the address the gateway's delivery reports go to; `sender` our name or number."""

    name = "sms"

    def __init__(self, setting: str, callback: str, sender: str = "") -> None:
        self.gateway = Gateway.at(setting)
        self.callback = callback
        self.sender = sender
        self.trusts = httpx2.create_ssl_context()  # reads every authority there is: once, not for each batch

    async def send(self, letters: Sequence[Letter], may_begin: MayBegin = always) -> Mapping[int, Outcome]:
        """Send a few at a time; one whose last try is unclear is asked for first, and never sent blindly again."""
        limit = asyncio.Semaphore(AT_ONCE)
        in_time = for_seconds(BEGIN_WITHIN, may_begin)
        async with httpx2.AsyncClient(verify=self.trusts, timeout=SECONDS, follow_redirects=False) as client:

            async def one(letter: Letter) -> Outcome:
                async with limit:
                    if not in_time():
                        return not_begun(letter)
                    return await (self.ask(client, letter) if letter.again else self.hand_over(client, letter))

            outcomes = await asyncio.gather(*(one(letter) for letter in letters))
        return {letter.attempt: outcome for letter, outcome in zip(letters, outcomes, strict=True)}

    def values(self, letter: Letter) -> dict[str, str]:
        """What fills the places of the request."""
        return {
            "to": BETWEEN_DIGITS.sub("", letter.to),
            "text": letter.message.text,
            "id": letter.id,
            "callback": self.callback,
            "from": self.sender,
            "coding": "0" if is_gsm(letter.message.text) else "2",
        }

    async def hand_over(self, client: httpx2.AsyncClient, letter: Letter) -> Outcome:
        """Hand one message over once."""
        method, url, body, headers = self.gateway.request(self.values(letter))
        try:
            async with asyncio.timeout(WHOLE):
                answer = await client.request(method, url, content=body.encode() or None, headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as away:
            return Outcome(Result.FAILED, words(away))
        except Exception as broken:
            return Outcome(Result.UNCLEAR, words(broken))
        return judged(answer)

    async def ask(self, client: httpx2.AsyncClient, letter: Letter) -> Outcome:
        """What became of the last try; sent anew only when the gateway says that it never had it."""
        if self.gateway.status is None:
            return Outcome(Result.UNKNOWN, "the try was cut short and this gateway cannot be asked")
        try:
            async with asyncio.timeout(WHOLE):
                answer = await client.get(self.gateway.filled(self.gateway.status, self.values(letter)))
        except Exception as broken:
            return Outcome(Result.UNCLEAR, words(broken))
        if answer.status_code == 404:
            return await self.hand_over(client, letter)
        return found(answer)


def judged(answer: httpx2.Response) -> Outcome:
    """What a gateway's answer to a message means."""
    if answer.is_success:
        return Outcome(Result.SENT)
    said = f"{answer.status_code} {answer.text}"[:400]
    for_good = 400 <= answer.status_code < 500 and answer.status_code not in TRY_AGAIN
    return Outcome(Result.REFUSED if for_good else Result.FAILED, said)


def found(answer: httpx2.Response) -> Outcome:
    """What a gateway that was asked says of a message: JSON with a state it knows; anything else is unclear."""
    try:
        said = answer.json() if answer.is_success else {}
    except ValueError:
        said = {}
    state = said.get("state") if isinstance(said, dict) else None
    if state not in FOUND:
        return Outcome(Result.UNCLEAR, f"asked, the gateway answered {answer.status_code} {answer.text}"[:400])
    return Outcome(FOUND[state], "not delivered" if state == "failed" else "")


def words(error: BaseException) -> str:
    """What went wrong on the way, short enough to keep."""
    return f"{type(error).__name__}: {error}"[:400]
