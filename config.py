"""The environment as one frozen Config; nothing else reads the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

NAMES: Mapping[str, str] = {
    "PORT": "port the web listens on; 8000, or a free one where 8000 is taken",
    "HOST": "address the web listens on",
    "DATA_DIR": "folder that keeps everything the embedded parts write",
    "PROFILE": "the utility: a name in profiles/ or the path of a TOML file",
    "DATABASE_URL": "a PostgreSQL 18 of your own; unset, an embedded one is started",
    "TEMPORAL_ADDRESS": "a Temporal cluster of your own as host:port; unset, an embedded one is started",
    "TEMPORAL_NAMESPACE": "the namespace in it",
    "SMTP_URL": "mail server as smtp://user:password@host:port; unset, an embedded mail catcher is started",
    "MAIL_FROM": "sender of the mails",
    "SMS_URL": "the SMS gateway's address, or METHOD address body; unset, an embedded one is started",
    "MESSAGES_URL": "page that shows what mail catcher and gateway took; unset in production",
    "DOCUMENTS_URL": "where documents are kept: file:///folder or s3://bucket/prefix; unset, a folder in DATA_DIR",
    "CLAMD_URL": "virus scanner clamd as tcp://host:port or unix:///path; unset, files are not scanned",
    "PAYMENT_SECRET": "signs what the payment gateway tells us; at least 32 characters; unset, no payments are taken",
    "PAYMENT_URL": "where a demand note is paid, with {note}, {amount} and {back}; unset, no link to pay is shown",
    "PUBLIC_URL": "address consumers use, without a slash at the end; links in messages begin with it",
    "SECRET_KEY": "signs links, codes and forms; at least 32 characters; embedded mode makes one and keeps it",
    "LOG_LEVEL": "debug, info, warning or error",
    "PROXY_ADDRESSES": "addresses, by commas, whose word about a caller's address is believed; * for all",
    "OIDC_ISSUER": "the directory by which staff may sign in too, as its OpenID Connect issuer; unset: here alone",
    "OIDC_CLIENT_ID": "our name there",
    "OIDC_CLIENT_SECRET": "our secret there",
    "OIDC_CLAIM": "the claim that holds the user name here",
    "OIDC_NAME": "what people call that directory; stands on the button",
}
BUCKETS = ("s3", "gs", "az")
LOOPBACK = ("localhost", "127.0.0.1")
LEVELS = ("debug", "info", "warning", "error")


class BadConfig(ValueError):
    """A setting cannot be used; the text is one sentence for the person who set it."""


@dataclass(frozen=True)
class Oidc:
    """Where staff may sign in beside their passwords."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    claim: str
    name: str


@dataclass(frozen=True)
class Config:
    """Everything a process is told from outside. None means: use the embedded part."""

    port: int
    host: str
    data_dir: Path
    profile: str
    database_url: str | None = field(repr=False)
    temporal_address: str | None
    temporal_namespace: str
    smtp_url: str | None = field(repr=False)
    mail_from: str
    sms_url: str | None = field(repr=False)
    messages_url: str | None
    documents_url: str
    clamd_url: str | None
    payment_secret: str | None = field(repr=False)
    payment_url: str | None
    public_url: str
    log_level: str
    secret_key: str | None = field(repr=False)
    oidc: Oidc | None = None
    proxy_addresses: str = "127.0.0.1"

    @property
    def secret(self) -> str:
        """What links, codes and forms are signed with; BadConfig when there is none."""
        if self.secret_key is None:
            raise BadConfig("SECRET_KEY is not set; give at least 32 random characters.")
        return self.secret_key

    @property
    def for_trying_out(self) -> bool:
        """Whether consumers' address is this machine alone, so that well-known passwords harm nobody."""
        return urlsplit(self.public_url).hostname in LOOPBACK and self.host in LOOPBACK

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may travel by https alone."""
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """The Config of `environ`, an empty value counting as unset; BadConfig names what cannot be used."""
    given = {name: environ[name].strip() for name in NAMES if environ.get(name, "").strip()}
    port = _port(given.get("PORT", "8000"))
    data_dir = Path(given.get("DATA_DIR", ".data")).expanduser().absolute()
    return Config(
        port=port,
        host=given.get("HOST", "127.0.0.1"),
        data_dir=data_dir,
        profile=given.get("PROFILE", "demo"),
        database_url=_database(given.get("DATABASE_URL")),
        temporal_address=given.get("TEMPORAL_ADDRESS"),
        temporal_namespace=given.get("TEMPORAL_NAMESPACE", "default"),
        smtp_url=_url("SMTP_URL", given.get("SMTP_URL"), "smtp", "smtps"),
        mail_from=given.get("MAIL_FROM", "Onewindow <onewindow@localhost>"),
        sms_url=_gateway(given.get("SMS_URL")),
        messages_url=_url("MESSAGES_URL", given.get("MESSAGES_URL"), "http", "https"),
        documents_url=_documents(given.get("DOCUMENTS_URL"), data_dir),
        clamd_url=_clamd(given.get("CLAMD_URL")),
        payment_secret=_long("PAYMENT_SECRET", given.get("PAYMENT_SECRET")),
        payment_url=_url("PAYMENT_URL", given.get("PAYMENT_URL"), "http", "https"),
        public_url=_public(given.get("PUBLIC_URL"), port),
        log_level=_level(given.get("LOG_LEVEL", "info")),
        secret_key=_secret(given.get("SECRET_KEY"), data_dir),
        oidc=_oidc(given),
        proxy_addresses=given.get("PROXY_ADDRESSES", "127.0.0.1"),
    )


def beside(environ: Mapping[str, str] = os.environ) -> Config:
    """As `load`, for a command typed beside a running stack: what is unset is taken from that stack."""
    config = load(environ)
    try:
        addresses = json.loads((config.data_dir / "addresses.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return config
    merged = load({**addresses, **{name: environ[name] for name in NAMES if environ.get(name)}})
    return replace(merged, data_dir=config.data_dir)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise BadConfig(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _database(url: str | None) -> str | None:
    if url is None:
        return None
    scheme, found, rest = url.partition("://")
    if not found or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise BadConfig("DATABASE_URL must begin with postgresql://")
    return f"postgresql+psycopg://{rest}"


def _url(name: str, url: str | None, *schemes: str) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise BadConfig(f"{name} must look like {schemes[0]}://host:port")
    return url


def _oidc(given: Mapping[str, str]) -> Oidc | None:
    issuer = _url("OIDC_ISSUER", given.get("OIDC_ISSUER"), "https", "http")
    if issuer is None:
        return None
    if issuer.startswith("http://") and urlsplit(issuer).hostname not in LOOPBACK:
        raise BadConfig("OIDC_ISSUER must begin with https://; only on this machine may it be http://")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if name not in given:
            raise BadConfig(f"{name} is not set, but OIDC_ISSUER is.")
    claim, name = given.get("OIDC_CLAIM", "preferred_username"), given.get("OIDC_NAME", urlsplit(issuer).hostname or "")
    return Oidc(issuer, given["OIDC_CLIENT_ID"], given["OIDC_CLIENT_SECRET"], claim, name)


def _gateway(setting: str | None) -> str | None:
    words = (setting or "").split()
    if setting is not None:
        _url("SMS_URL", words[0] if len(words) == 1 else words[1], "http", "https")
    return setting


def _documents(url: str | None, data_dir: Path) -> str:
    if url is None:
        return (data_dir / "documents").as_uri()
    parts = urlsplit(url)
    folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if not folder and not (parts.scheme in BUCKETS and parts.netloc):
        raise BadConfig(f"DOCUMENTS_URL must look like file:///folder or {BUCKETS[0]}://bucket/prefix")
    return url


def _clamd(url: str | None) -> str | None:
    if url is None or (url.startswith("unix:///") and len(url) > len("unix:///")):
        return url
    try:
        named = urlsplit(url).port is not None
    except ValueError:
        named = False
    if not named:
        raise BadConfig("CLAMD_URL must look like tcp://host:port or unix:///path")
    return _url("CLAMD_URL", url, "tcp")


def _public(url: str | None, port: int) -> str:
    return (_url("PUBLIC_URL", url, "http", "https") or f"http://localhost:{port}").rstrip("/")


def _level(text: str) -> str:
    if text.lower() not in LEVELS:
        raise BadConfig(f"LOG_LEVEL is {text!r}; it must be one of {', '.join(LEVELS)}.")
    return text.lower()


def _secret(given: str | None, data_dir: Path) -> str | None:
    if given is None:
        kept = data_dir / "secret"
        return kept.read_text(encoding="ascii").strip() if kept.is_file() else None
    return _long("SECRET_KEY", given)


def _long(name: str, given: str | None) -> str | None:
    if given is not None and len(given) < 32:
        raise BadConfig(f"{name} is too short; give at least 32 random characters.")
    return given
