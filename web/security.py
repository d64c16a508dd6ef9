"""The outermost layer, plain ASGI: language, request id, headers, forms from elsewhere, bodies too large."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from languages.catalog import LANGUAGES, preferred, speak
from rules.papers import LARGEST as LARGEST_FILE
from rules.papers import FileFault
from web.errors import CrossSite, TooLarge
from web.forms import MOST_SCANS
from web.uploads.faults import Unfit

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST = 64 * 1024
WITH_FILES = "/documents"
"""How the addresses end that take a file; but for SCANS the only ones whose body may be as large as one."""
BY_THE_STAFF, READ_TO_ITS_END = ("/desk/", "/counter/"), 4 * LARGEST_FILE
"""There a picture comes with what was typed beside it: one too large is read all the same, so that the words are kept."""
SCANS = "/counter/applications"
"""Where all papers of an application come with it."""
LANGUAGE = "language"
YEAR = 365 * 24 * 3600
Refuse = Callable[[Request, Exception], Response]


class Front:
    """Everything that holds for every response, also for those of errors."""

    def __init__(self, app: ASGIApp, *, public_url: str, secure: bool, refuse: Refuse) -> None:
        self.app = app
        self.origin = origin_of(public_url)
        self.secure = secure
        self.refuse = refuse
        always = HEADERS + ((("Strict-Transport-Security", f"max-age={YEAR}"),) if secure else ())
        self.headers = [(name.lower().encode(), value.encode()) for name, value in always]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)
        chosen = choose_language(scope, headers)
        dressed = self.dressing(scope, send, chosen)
        try:
            if scope["method"] not in SAFE:
                self.same_site(headers)
                receive = await limited(scope["path"], headers, receive)
        except (CrossSite, TooLarge, Unfit) as error:
            await self.refuse(Request(scope), error)(scope, receive, dressed)
            return
        await self.app(scope, receive, dressed)

    def dressing(self, scope: Scope, send: Send, chosen: str | None) -> Send:
        """`send` with our headers on the start of every response; those already there stay."""
        own = [*self.headers, (b"x-request-id", scope["state"]["request_id"].encode())]
        if chosen:
            own.append((b"set-cookie", self.cookie(chosen).encode()))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]} - {b"set-cookie"}
                message["headers"] = [*message["headers"], *(header for header in own if header[0] not in there)]
            await send(message)

        return dressed

    def cookie(self, language: str) -> str:
        """The reader's choice of language, for a year."""
        secure = "; Secure" if self.secure else ""
        return f"{LANGUAGE}={language}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly{secure}"

    def same_site(self, headers: Headers) -> None:
        """CrossSite unless the form was sent from a page of ours; programs without cookies may send anything."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            if site not in ("same-origin", "none"):
                raise CrossSite
        elif origin is not None:
            if origin != self.origin and urlsplit(origin).netloc != headers.get("host"):
                raise CrossSite
        elif set(cookies(headers)) - {LANGUAGE}:
            raise CrossSite


def origin_of(address: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def cookies(headers: Headers) -> dict[str, str]:
    """The cookies sent, by name; none when they cannot be read."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def choose_language(scope: Scope, headers: Headers) -> str | None:
    """Speak the reader's language from here on; the one newly chosen in the address, to be remembered, or None."""
    query = scope.get("query_string", b"")
    asked = parse_qs(query.decode("latin-1")).get("lang", [""])[0] if b"lang=" in query else ""
    if asked in LANGUAGES:
        speak(asked)
        return asked
    remembered = cookies(headers).get(LANGUAGE) if "cookie" in headers else None
    speak(remembered if remembered in LANGUAGES else wished(headers.get("accept-language", "")))
    return None


@lru_cache(maxsize=2048)
def wished(accept_language: str) -> str:
    """`preferred`, remembered: a few hundred spellings serve all browsers."""
    return preferred(accept_language)


async def limited(path: str, headers: Headers, receive: Receive) -> Receive:
    """`receive` for a body no larger than this address takes; TooLarge otherwise, or Unfit where it takes a file."""
    files = room_for_files(path)
    if not files:
        return await bounded(headers, receive)
    length = headers.get("content-length")
    most = files + LARGEST
    if length is not None and (not length.isdigit() or int(length) > most):
        raise Unfit(FileFault.TOO_LARGE)
    return counted(receive, most)


def room_for_files(path: str) -> int:
    """How many bytes of files may come to an address; 0 where none may."""
    if path == SCANS:
        return MOST_SCANS * LARGEST_FILE
    if not path.endswith(WITH_FILES):
        return 0
    return READ_TO_ITS_END if path.startswith(BY_THE_STAFF) else LARGEST_FILE


def counted(receive: Receive, most: int) -> Receive:
    """`receive` that raises Unfit to whoever reads on after `most` bytes: a file is not held here."""
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise Unfit(FileFault.TOO_LARGE)
        return message

    return count


async def bounded(headers: Headers, receive: Receive) -> Receive:
    """`receive` for a body of at most LARGEST bytes; TooLarge otherwise. A body of unknown length is read here."""
    length = headers.get("content-length")
    if length is not None:
        if not length.isdigit() or int(length) > LARGEST:
            raise TooLarge
        return receive
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > LARGEST:
            raise TooLarge
        if not message.get("more_body"):
            break

    async def replay() -> Message:
        return messages.pop(0) if messages else await receive()

    return replay
