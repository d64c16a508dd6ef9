"""What one command starts, as data, and the settings its children are told."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from embedded.ports import free_ports, is_free

USUAL_PORT = 8000
LOCAL = ("127.0.0.1", "0.0.0.0", "localhost")  # noqa: S104 (compared, not bound)
REFUSED, FAILED = 2, 1
TOLD = (
    "PORT", "HOST", "PROFILE", "PUBLIC_URL", "DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE",
    "SMTP_URL", "SMS_URL", "MESSAGES_URL", "PAYMENT_URL",
)  # fmt: skip


class NotStarted(RuntimeError):
    """The stack could not be brought up; `code` is the exit code, the text one sentence."""

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Part:
    """One of the product's own processes, by the arguments of Python; `grace` in seconds."""

    name: str
    arguments: Sequence[str]
    grace: float = 10.0


PREPARE = Part("prepare", ("-m", "cli", "prepare"))
APPLICATION = (Part("worker", ("-m", "worker"), 25.0), Part("web", ("-m", "web.app")))


@dataclass(frozen=True)
class Stack:
    """What to start on `folder`. Settings are the names of config.py in `environ`; those unset are embedded."""

    folder: Path
    environ: Mapping[str, str] = field(repr=False)
    host: str = "127.0.0.1"
    messages: bool = True
    prepare: Part | None = PREPARE
    application: Sequence[Part] = APPLICATION
    ready_at: str | None = "/readyz"
    say: Callable[[str], None] = lambda line: None

    def log(self, name: str) -> Path:
        """Where the child of that name writes."""
        return self.folder / "log" / f"{name}.log"


@dataclass(frozen=True)
class Ports:
    """The ports of one run; those of the embedded parts stay the same from run to run where they can."""

    web: int
    temporal: int
    temporal_ui: int
    smtp: int
    messages: int


def ports_of(stack: Stack) -> Ports:
    """The ports to use; NotStarted when the one asked for is taken."""
    asked = stack.environ.get("PORT", "").strip()
    if asked and not is_free(int(asked), stack.host):
        raise NotStarted(f"Port {asked} of {stack.host} is taken; give another PORT.", REFUSED)
    web = int(asked) if asked else free_ports(1, (USUAL_PORT,), stack.host)[0]
    kept, before = stack.folder / "ports.json", []
    with suppress(OSError, ValueError):
        before = json.loads(kept.read_text(encoding="ascii"))
    own = free_ports(4, before, avoid=(web,))
    kept.write_text(json.dumps(own), encoding="ascii")
    return Ports(web, *own)


def settings_of(stack: Stack, ports: Ports) -> dict[str, str]:
    """The environment of the children as far as it does not depend on what is embedded."""
    public = stack.environ.get("PUBLIC_URL") or f"http://localhost:{ports.web}"
    return {
        **stack.environ,
        "PORT": str(ports.web),
        "HOST": stack.host,
        "DATA_DIR": str(stack.folder),
        "PUBLIC_URL": public.rstrip("/"),
        "SECRET_KEY": stack.environ.get("SECRET_KEY") or kept_secret(stack.folder / "secret"),
    }


def without_temporal(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without a profile or certificate meant for another cluster."""
    rest = {name: value for name, value in environ.items() if not name.startswith("TEMPORAL_")}
    return rest | {"TEMPORAL_CONFIG_FILE": os.devnull}


def note_addresses(folder: Path, environ: Mapping[str, str]) -> None:
    """Write down where everything is, for commands typed beside the running stack."""
    path = folder / "addresses.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({name: environ[name] for name in TOLD if environ.get(name)}), encoding="utf-8")


def forget_addresses(folder: Path) -> None:
    """Take the note away again."""
    (folder / "addresses.json").unlink(missing_ok=True)


def announcement(stack: Stack, environ: Mapping[str, str], temporal_ui: str | None) -> list[str]:
    """What a person needs to see once everything answers, line by line."""
    public = environ["PUBLIC_URL"]
    pages = {"Consumers": f"{public}/", "Officers": f"{public}/desk", "Administrators": f"{public}/admin"}
    here = f"http://{'localhost' if stack.host in LOCAL else stack.host}:{environ['PORT']}"
    pages |= {"Messages": environ.get("MESSAGES_URL", ""), "Temporal": temporal_ui or ""}
    lines = [f"  {name:15} {address}" for name, address in pages.items() if address]
    return ["", *lines, *_sign_ins(stack.folder / "sign-ins.json"), f"Onewindow is ready at {here}"]


def _sign_ins(path: Path) -> list[str]:
    try:
        people = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [""]
    rows = [[str(value) for value in one.values()] for one in people]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows]
    return ["", "  Demo sign-ins", *(f"    {line.rstrip()}" for line in lines), ""]


def kept_secret(path: Path) -> str:
    """What was made at the first start and is kept in a file nobody else may read."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
