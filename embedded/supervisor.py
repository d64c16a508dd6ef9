"""Everything with one command: start in order, say when it is ready, keep it up, stop in order."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Any

from embedded.answers import answer
from embedded.child import Child, Program, last_words
from embedded.locks import Locked, data_folder
from embedded.postgres import NoDatabase, Postgres
from embedded.stack import (
    FAILED,
    REFUSED,
    NotStarted,
    Part,
    Ports,
    Stack,
    announcement,
    forget_addresses,
    kept_secret,
    note_addresses,
    ports_of,
    settings_of,
    without_temporal,
)
from embedded.temporal import NoTemporal, Temporal
from embedded.terminal import on_stop_signals

PATIENCE = 300.0
LOOK_EVERY = 0.2
DEATHS_BEFORE_READY = 4


class Supervisor:
    """One run of a Stack. `environ` is what its children are told; `ready` is set once everything answers."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.environ: dict[str, str] = {}
        self.children: list[Child] = []
        self.ready = asyncio.Event()
        self._lock = -1
        self._asked = asyncio.Event()
        self._gave_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> int:
        """Run until asked to stop; the exit code: 0 after a clean stop, 2 when refused, else 1 or prepare's own."""
        try:
            self.stack.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            async with data_folder(self.stack.folder, self.stack.say) as self._lock:
                with on_stop_signals(self.stop):
                    return await self._up_and_down()
        except Locked as locked:
            self.stack.say(str(locked))
        except OSError as refused:
            self.stack.say(f"DATA_DIR cannot be used: {refused}")
        return REFUSED

    def stop(self) -> None:
        """Stop everything; asked a second time, at once."""
        if self._asked.is_set():
            for child in self.children:
                child.kill()
        self._asked.set()

    async def _up_and_down(self) -> int:
        asked, starting = asyncio.create_task(self._asked.wait()), asyncio.create_task(self._start())
        try:
            waited: set[asyncio.Future[Any]] = {asked, starting, self._gave_up}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await asked
            elif self._gave_up.done():
                self._gave_up.result()
        except (NotStarted, NoDatabase, NoTemporal) as failed:
            self.stack.say(str(failed))
            return getattr(failed, "code", REFUSED)
        finally:
            asked.cancel()
            starting.cancel()
            await asyncio.wait({starting})
            await self._stop()
        return 0

    async def _start(self) -> None:
        ports = ports_of(self.stack)
        self.environ = settings_of(self.stack, ports)
        postgres, temporal = self._postgres(), self._temporal(ports)
        self._messages(ports)
        for child in self.children:
            await child.start()
        note_addresses(self.stack.folder, self.environ)
        if postgres is not None:
            await postgres.ready(seconds=PATIENCE)
        if self.stack.prepare is not None:
            await self._prepare(self.stack.prepare)
        for part in self.stack.application:
            await self._add(self._python(part)).start()
        if self.stack.ready_at is not None:
            await self._answers(ports.web, self.stack.ready_at)
        self.ready.set()
        for line in announcement(self.stack, self.environ, temporal.ui if temporal else None):
            self.stack.say(line)

    def _postgres(self) -> Postgres | None:
        if self.environ.get("DATABASE_URL"):
            return None
        server = Postgres(self.stack.folder / "postgres", environ=self.environ)
        server.make()
        server.forget_the_dead()
        self._add(server.program(self.stack.log("postgres"), (self._lock,)))
        self.environ["DATABASE_URL"] = server.url
        return server

    def _temporal(self, ports: Ports) -> Temporal | None:
        if self.environ.get("TEMPORAL_ADDRESS"):
            return None
        namespace = self.environ.get("TEMPORAL_NAMESPACE") or "default"
        self.environ = without_temporal(self.environ)
        folder = self.stack.folder / "temporal"
        server = Temporal(folder, ports.temporal, ports.temporal_ui, namespace, self.environ)
        if said := server.make():
            self.stack.say(said)
        self._add(server.program(self.stack.log("temporal"), (self._lock,)))
        self.environ |= {"TEMPORAL_ADDRESS": server.address, "TEMPORAL_NAMESPACE": namespace}
        return server

    def _messages(self, ports: Ports) -> None:
        if not self.stack.messages or (self.environ.get("SMTP_URL") and self.environ.get("SMS_URL")):
            return
        arguments = ["-m", "embedded.messages", "--smtp-port", str(ports.smtp), "--http-port", str(ports.messages)]
        arguments += ["--store", str(self.stack.folder / "messages.jsonl")]
        page = f"http://127.0.0.1:{ports.messages}"
        arguments += self._bank(page)
        self._add(self._python(Part("messages", arguments)))
        own = {"SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}", "SMS_URL": f"{page}/sms", "MESSAGES_URL": f"{page}/"}
        self.environ |= {name: self.environ.get(name) or value for name, value in own.items()}

    def _bank(self, page: str) -> list[str]:
        """The arguments for a bank to try payments with; none where the utility has its own."""
        if self.environ.get("PAYMENT_URL") or self.environ.get("PAYMENT_SECRET"):
            return []
        kept = self.stack.folder / "payment-secret"
        self.environ["PAYMENT_SECRET"] = kept_secret(kept)
        self.environ["PAYMENT_URL"] = f"{page}/bank?note={{note}}&amount={{amount}}&back={{back}}"
        return ["--onewindow", self.environ["PUBLIC_URL"], "--payment-secret", str(kept)]

    def _add(self, program: Program) -> Child:
        child = Child(program, self._died)
        self.children.append(child)
        return child

    def _python(self, part: Part) -> Program:
        command, log = [sys.executable, *part.arguments], self.stack.log(part.name)
        return Program(part.name, command, self.environ, log, grace=part.grace, keep=(self._lock,))

    async def _prepare(self, part: Part) -> None:
        program = Program(part.name, [sys.executable, *part.arguments], self.environ, keep=(self._lock,))
        code = await self._add(program).once()
        if code:
            raise NotStarted("Onewindow did not start.", code if code > 0 else FAILED)

    async def _answers(self, port: int, path: str) -> None:
        said = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    status, said = await asyncio.to_thread(answer, self.stack.host, port, path)
                    if status == 200:
                        return
                    await asyncio.sleep(LOOK_EVERY)
        raise NotStarted(f"Onewindow was not ready after {PATIENCE:.0f} s: {said or 'the web did not answer.'}")

    def _died(self, child: Child, code: int, pause: float) -> None:
        name, log = child.program.name, child.program.log
        if self.ready.is_set() and not self._asked.is_set():
            self.stack.say(f"{name} ended ({code}) and is started again in {pause:.1f} s; see {log}")
        elif child.deaths >= DEATHS_BEFORE_READY and not self._gave_up.done():
            words = last_words(log) if log else ""
            self._gave_up.set_exception(NotStarted(f"{name} ended {child.deaths} times ({code}). {log} ends:\n{words}"))

    async def _stop(self) -> None:
        for child in reversed(self.children):
            await child.stop()
        forget_addresses(self.stack.folder)
