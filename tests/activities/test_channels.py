"""The adapters: how a mail server's or gateway's address is read, what its answers mean, and what leaves for it."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from activities.channels import Letter, Message, Result, email
from activities.channels.email import Email, Server
from activities.channels.sms import Gateway, Sms
from tests.activities.mailroom import MailServer
from tests.served import served

URDU = 'شکایت 234567895 "بجلی"'
KANNEL = "GET {}/cgi-bin/sendsms?user=u&to={{to}}&text={{text}}&charset=utf-8&coding=2"
FORM = "POST {}/send from={{from}}&to={{to}}&body={{text}}"
JSON = 'POST {}/send {{"recipient": "{{to}}", "body": "{{text}}"}}'


def letter(text: str = URDU, to: str = "+923001234567", *, again: bool = False) -> Letter:
    return Letter(1, "a1", to, "234567895", Message("ur", text, "شکایت"), again)


class Peer:
    """A gateway of another make: keeps what it is asked, answers as told."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[tuple[str, str, str]] = []

    async def answer(self, request: Request) -> Response:
        self.asked.append((request.method, request.url.query, (await request.body()).decode()))
        return Response("because", status_code=self.statuses.pop(0) if self.statuses else 200)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])


async def test_a_number_written_for_people_is_dialled_without_its_spaces() -> None:
    peer = Peer()
    async with served(peer.app) as address:
        await Sms(FORM.format(address), "").send([letter(to="+91 (55500) 00-101")])
    assert parse_qs(peer.asked[0][2])["to"] == ["+915550000101"]


@pytest.mark.parametrize(("many", "connections"), [(1, 1), (10, 1), (11, 2), (200, 4)])
async def test_many_mails_go_over_a_few_connections_each_once(
    many: int, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "BEGIN_WITHIN", 600.0)  # a busy machine is no slow server
    async with MailServer().open() as server:
        letters = [Letter(n, f"a{n}", f"c{n}@drill.example", "1", Message("en", "x", "s")) for n in range(many)]
        outcomes = await Email(f"smtp://127.0.0.1:{server.port}", "o@drill.example").send(letters)
    assert [outcomes[n].result for n in range(many)] == [Result.SENT] * many
    assert sorted(str(mail["to"]) for mail in server.mails) == sorted(f"c{n}@drill.example" for n in range(many))
    assert server.connections == connections


@pytest.mark.parametrize("setting", [KANNEL, FORM, JSON], ids=["query", "form", "json"])
async def test_another_gateway_is_a_line_of_settings(setting: str) -> None:
    peer = Peer()
    async with served(peer.app) as address:
        outcomes = await Sms(setting.format(address), "", "ONEWIN").send([letter()])
    assert outcomes[1].result is Result.SENT
    [(method, query, body)] = peer.asked
    assert method == setting.split()[0]
    if body.startswith("{"):
        assert json.loads(body) == {"recipient": "+923001234567", "body": URDU}
    else:
        values = parse_qs(body or query)
        assert values["to"] == ["+923001234567"]
        assert URDU in (*values.get("text", ()), *values.get("body", ()))


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, Result.SENT),
        (202, Result.SENT),
        (400, Result.REFUSED),
        (422, Result.REFUSED),
        (401, Result.FAILED),
        (404, Result.FAILED),
        (429, Result.FAILED),
        (500, Result.FAILED),
        (503, Result.FAILED),
        (302, Result.FAILED),
    ],
)
async def test_what_a_gateway_answers_decides_whether_it_is_tried_again(status: int, result: Result) -> None:
    async with served(Peer(status).app) as address:
        outcomes = await Sms(f"{address}/sms", "").send([letter()])
    assert outcomes[1].result is result


@pytest.mark.parametrize(
    ("status", "result"), [(500, Result.UNCLEAR), (403, Result.UNCLEAR)], ids=["broken", "not allowed"]
)
async def test_a_gateway_that_does_not_say_what_became_of_it_gets_nothing_twice(status: int, result: Result) -> None:
    peer = Peer(status)
    async with served(peer.app) as address:
        outcomes = await Sms(f"{address}/sms", "").send([letter(again=True)])
    assert outcomes[1].result is result
    assert [method for method, _, _ in peer.asked] == ["GET"]


async def test_a_state_that_is_no_state_counts_as_unclear() -> None:
    peer = Peer(200)
    async with served(peer.app) as address:
        outcomes = await Sms(f"{address}/sms", "").send([letter(again=True)])
    assert outcomes[1].result is Result.UNCLEAR


async def test_a_connection_cut_after_the_message_left_is_unclear_and_none_at_all_is_not() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(20)
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sms"
    assert (await Sms(address, "").send([letter()]))[1].result is Result.UNCLEAR
    server.close()
    await server.wait_closed()
    assert (await Sms(address, "").send([letter()]))[1].result is Result.FAILED


@pytest.mark.parametrize(("text", "coding"), [("Complaint received. £ 5", "0"), ("शिकायत", "2"), (URDU, "2")])
def test_a_gateway_is_told_which_alphabet_a_message_needs(text: str, coding: str) -> None:
    sms = Sms("GET http://gateway.example/send?coding={coding}&to={to}&text={text}", "")
    values = sms.values(Letter(1, "a1", "+91 98100 00001", "234567895", Message("en", text)))
    _, url, body, headers = sms.gateway.request(values)
    assert url.startswith(f"http://gateway.example/send?coding={coding}&to=%2B919810000001&text=")
    assert (body, headers) == ("", {})


@pytest.mark.parametrize("setting", ["", "gateway", "ftp://x/y", "DELETE http://x/{to}", "smtp://localhost"])
def test_a_setting_that_is_no_gateway_is_refused_at_start(setting: str) -> None:
    with pytest.raises(ValueError):
        Gateway.at(setting)


def test_a_mail_server_is_read_from_its_address() -> None:
    assert Server.at("smtp://u%40x:p%3Aw@mail.example:2525") == Server("mail.example", 2525, "u@x", "p:w")
    assert Server.at("smtps://mail.example") == Server("mail.example", 465, tls=True)


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example"])
def test_an_address_that_is_no_mail_server_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValueError):
        Email(url, "a@power.example")


async def test_a_mail_to_an_address_in_another_script_arrives_whole() -> None:
    async with MailServer().open() as server:
        channel = Email(f"smtp://127.0.0.1:{server.port}", "a@power.example")
        outcomes = await channel.send([letter(to="उपभोक्ता@उदाहरण.भारत")])
    assert outcomes[1].result is Result.SENT
    [mail] = server.mails
    assert mail["Subject"] == "شکایت"
    assert mail.get_content().strip() == URDU


async def test_no_header_can_be_smuggled_in() -> None:
    async with MailServer().open() as server:
        channel = Email(f"smtp://127.0.0.1:{server.port}", "a@power.example")
        bad = letter(to="a@x.example\r\nBcc: all@x.example")
        good = Letter(2, "a2", "b@x.example", "234567895", Message("en", "x", "x"))
        outcomes = await channel.send([bad, good])
    assert (outcomes[1].result, outcomes[2].result) == (Result.REFUSED, Result.SENT)
    assert len(server.mails) == 1
