"""What an officer writes to a consumer, as a text message carries it: one wording for the message and for the count of its parts."""

from __future__ import annotations

from languages.catalog import gettext
from languages.spoken import isolate
from rules.sms import parts

STOP_FITS = 2
"""Parts of a text message up to which it also carries the link that stops them."""


def written(words: str, ref: str, *, application: bool) -> str:
    """The words behind the number they are about."""
    if application:
        return gettext("Application %(ref)s: %(words)s", ref=ref, words=words)
    return gettext("Complaint %(ref)s: %(words)s", ref=ref, words=words)


def unsaid(ref: str) -> str:
    """That there are words, where they may stand on no telephone's screen."""
    return gettext("Number %(ref)s: we wrote to you. Read it on our page.", ref=ref)


def shorter(short: str, full: str, *, always: bool = False) -> str:
    """`full`, which also has the link that stops messages, where it is no longer than two parts or than `short`."""
    return full if always or parts(full) <= max(STOP_FITS, parts(short)) else short


def as_text(said: str, link: str, stop: str, phone: str) -> str:
    """The whole text message; `stop` is the link that stops them, `phone` the utility's number or ""."""
    shown = phone if phone.isdigit() else isolate(phone)
    help = [gettext("Help: %(phone)s", phone=shown)] if phone else []
    short = "\n".join([said, link, *help])
    full = "\n".join([said, link, gettext("Not yours?") + " " + stop, *help])
    return shorter(short, full)
