"""The environment as a Config: what is unset, what is refused, what stays out of logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config import BadConfig, beside, load

SECRET = "a secret of more than thirty-two characters"


def test_nothing_set_means_everything_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load({})
    assert (config.port, config.host, config.profile, config.temporal_namespace) == (
        8000,
        "127.0.0.1",
        "demo",
        "default",
    )
    assert config.data_dir == tmp_path / ".data"
    assert (config.database_url, config.temporal_address, config.smtp_url, config.sms_url) == (None,) * 4
    assert config.documents_url == (tmp_path / ".data" / "documents").as_uri()
    assert config.clamd_url is None
    assert config.public_url == "http://localhost:8000"
    assert config.for_trying_out
    assert not config.secure_cookies


def test_an_empty_setting_counts_as_unset() -> None:
    assert load({"DATABASE_URL": " ", "PORT": ""}) == load({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"), ("PORT", "0"), ("PORT", "65536"), ("PORT", "-1"), ("PORT", "८०००"),
        ("DATABASE_URL", "sqlite:///x.db"), ("DATABASE_URL", "localhost"),
        ("SMTP_URL", "mail.example"), ("SMTP_URL", "http://mail.example"),
        ("SMS_URL", "sms.example"), ("SMS_URL", "POST sms.example {}"),
        ("PUBLIC_URL", "onewindow.example"), ("MESSAGES_URL", "here"),
        ("DOCUMENTS_URL", "/srv/documents"), ("DOCUMENTS_URL", "file://relative"), ("DOCUMENTS_URL", "s3:///x"),
        ("DOCUMENTS_URL", "ftp://host/x"), ("CLAMD_URL", "localhost:3310"), ("CLAMD_URL", "tcp://host"),
        ("CLAMD_URL", "unix:///"), ("CLAMD_URL", "tcp://host:x"),
        ("LOG_LEVEL", "loud"), ("SECRET_KEY", "short"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(BadConfig, match=name):
        load({name: value})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_becomes_ours(scheme: str) -> None:
    assert load({"DATABASE_URL": f"{scheme}://u:p@host/db"}).database_url == "postgresql+psycopg://u:p@host/db"


@pytest.mark.parametrize("url", ["file:///srv/documents", "s3://bucket", "s3://bucket/onewindow", "gs://bucket"])
def test_documents_may_lie_in_a_folder_or_a_bucket(url: str) -> None:
    assert load({"DOCUMENTS_URL": url}).documents_url == url


@pytest.mark.parametrize("url", ["tcp://scanner:3310", "unix:///run/clamav/clamd.ctl"])
def test_a_scanner_listens_on_a_port_or_a_socket(url: str) -> None:
    assert load({"CLAMD_URL": url}).clamd_url == url


def test_a_gateway_may_be_a_whole_request() -> None:
    setting = "POST https://sms.example/send to={to}&text={text}"
    assert load({"SMS_URL": setting}).sms_url == setting


def test_behind_https_cookies_are_secure_and_nobody_gets_a_known_password() -> None:
    config = load({"PUBLIC_URL": "https://onewindow.example/"})
    assert config.public_url == "https://onewindow.example"
    assert config.secure_cookies
    assert not config.for_trying_out


def test_secrets_are_not_in_what_a_log_would_show() -> None:
    config = load(
        {"SECRET_KEY": SECRET, "DATABASE_URL": "postgresql://u:hidden@h/d", "SMTP_URL": "smtp://u:hidden@h:25"}
    )
    assert "hidden" not in repr(config)
    assert SECRET not in repr(config)


def test_the_secret_is_the_given_one_else_the_kept_one_else_refused(tmp_path: Path) -> None:
    bare = load({"DATA_DIR": str(tmp_path)})
    with pytest.raises(BadConfig, match="SECRET_KEY"):
        _ = bare.secret
    (tmp_path / "secret").write_text(SECRET + "\n", encoding="ascii")
    assert load({"DATA_DIR": str(tmp_path)}).secret == SECRET
    assert load({"DATA_DIR": str(tmp_path), "SECRET_KEY": SECRET[::-1]}).secret == SECRET[::-1]


def test_a_command_beside_a_running_stack_finds_it_and_obeys_what_is_set(tmp_path: Path) -> None:
    assert beside({"DATA_DIR": str(tmp_path)}).database_url is None
    told = {"PORT": "9000", "DATABASE_URL": "postgresql://u@h/theirs", "TEMPORAL_ADDRESS": "127.0.0.1:1"}
    (tmp_path / "addresses.json").write_text(json.dumps(told), encoding="utf-8")
    config = beside({"DATA_DIR": str(tmp_path), "TEMPORAL_ADDRESS": "elsewhere:7233"})
    assert (config.port, config.database_url) == (9000, "postgresql+psycopg://u@h/theirs")
    assert config.temporal_address == "elsewhere:7233"
    assert config.data_dir == tmp_path
