"""What a message's template may say: a notification's codes and instants as words in the language in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from activities.applying import Applying
from activities.notice import NOT_SAID as NOT_SAID
from activities.notice import Notice as Notice
from activities.notice import Place as Place
from activities.notice import Recipient as Recipient
from languages.catalog import gettext
from languages.corrections import what_stays, what_was_proposed
from languages.history import why_moved
from languages.labels import skip_label
from languages.letters import unsaid, written
from languages.spoken import inside, isolate
from languages.views import StoryEvent, event_of, skipped_of
from rules.terms import Actor, Codes, EventKind, NoticeKind


class Facts(Applying):
    """What a template may say, by name; "" where it is not known or must not be said."""

    @property
    def office(self) -> str:
        """The office's name; not of a confidential request."""
        return self.label("office", "office")

    @property
    def office_phone(self) -> str:
        """The telephone number of that office; not of a confidential request's."""
        code = self.data.get("office")
        number = "" if self.confidential or not isinstance(code, str) else self.names.phone_of(code)
        return number if number.isdigit() or not number else isolate(number)

    @property
    def locality(self) -> str:
        """The locality by name; not of a confidential request."""
        return self.label("locality", "locality")

    @property
    def feeder(self) -> str:
        """The feeder by name; not of a confidential request."""
        return self.label("feeder", "feeder")

    @property
    def proposed_category(self) -> str:
        """The category that was proposed."""
        return self.label("proposed_category", "category")

    def proposes(self, what: str) -> bool:
        """Whether this is what was proposed."""
        return self.data.get("what") == what

    @property
    def proposed(self) -> str:
        """What was proposed, in one sentence."""
        told = {key: code for key, code in self.data.items() if key in ("what", "reason") and self._may(key)}
        for key in ("category", "office"):
            if self._may(key) and f"proposed_{key}" in self.data:
                told[key] = self.data[f"proposed_{key}"]
        return what_was_proposed(self._event(EventKind.PROPOSED, told), self.reader)

    @property
    def declined(self) -> str:
        """What that means, when it was not agreed to."""
        return what_stays(self._event(EventKind.DECLINED, {"what": self.data.get("what")}))

    def _may(self, key: str) -> bool:
        return not self.confidential or key == "what"

    @property
    def answers(self) -> str:
        """Who answers now, as written inside a sentence."""
        return inside(self.label("post", "post") or self.label("role", "role") or gettext("next officer above"))

    @property
    def who(self) -> str:
        """Who answers now, without the place: for text messages."""
        return inside(self._role("post")) or self.answers

    @property
    def worker(self) -> str:
        """Who does the work, without the place."""
        return inside(self._role("handler")) or self.handler

    def _role(self, key: str) -> str:
        code = self.data.get(key)
        return "" if self.confidential or not isinstance(code, str) else self.names.role_of(code)

    @property
    def handler(self) -> str:
        """Who does the work."""
        return inside(self.label("handler", "post") or gettext("officer"))

    @property
    def why(self) -> str:
        """To whom it went, why, and each tier passed over; without names when confidential."""
        return why_moved(self._moved(), self.place.zone, to=self.reader)

    @property
    def short_why(self) -> str:
        """The same without to whom it went and when, and with roles instead of posts."""
        moved = self._moved()
        tiers = moved.skipped and skipped_of(self.data["skipped"], self._short_label)
        short = replace(moved, title="", due=None, skipped=tiers)
        return why_moved(short, self.place.zone, to=self.reader)

    def _short_label(self, kind: str, code: str) -> str:
        return (self.names.role_of(code) if kind == "post" else "") or self.names.label(kind, code)

    def _moved(self) -> StoryEvent:
        told = dict(self.data)
        if self.confidential:
            told = {key: value for key, value in told.items() if key == "cause"}
        due = self.data.get("fell_due")
        return self._event(EventKind.ESCALATED, told, datetime.fromisoformat(due) if due else None)

    def _event(self, kind: EventKind, told: Codes, fell_due: datetime | None = None) -> StoryEvent:
        any_time = datetime.min.replace(tzinfo=self.place.zone)
        return event_of(0, kind, any_time, Actor.SYSTEM, fell_due, told, self.names.label, application=self.application)

    @property
    def skipped(self) -> str:
        """The tiers passed over, in few words."""
        if self.confidential:
            return ""
        tiers = skipped_of(self.data.get("skipped") or (), self.names.label)
        return ", ".join(f"{tier.title}: {skip_label(tier.why)}" for tier in tiers)

    @property
    def mine(self) -> bool:
        """Whether the recipient's own post answers now."""
        return self.notice.post is not None and self.notice.post == self.data.get("post")

    @property
    def does_the_work(self) -> bool:
        """Whether the recipient's own post does the work."""
        return self.notice.post is not None and self.notice.post == self.data.get("handler")

    @property
    def send_up(self) -> bool:
        """Whether the consumer may now send it to the next officer above himself."""
        return bool(self.data.get("send_up"))

    @property
    def written(self) -> str:
        """What an officer wrote, behind the number it is about; of a confidential request only that he wrote."""
        if self.confidential:
            return unsaid(self.ref)
        return written(self.notice.words or "", self.ref, application=self.application)

    @property
    def bound(self) -> str:
        """The last line of a code, by which a browser fills it in at our address alone."""
        if self.notice.kind is not NoticeKind.CODE:
            return ""
        return f"@{urlsplit(self.place.public_url).hostname} #{self.data['code']}"

    @property
    def link(self) -> str:
        """Where to look or act: the question's own address, the public page, or the desk."""
        base = self.place.public_url
        if self.notice.to is Recipient.STAFF:
            return f"{base}/desk/requests/{self.ref}"
        if self.notice.kind is NoticeKind.CODE:
            return ""
        token = self.data.get("token") if self.notice.kind is NoticeKind.QUESTION else None
        return f"{base}/answer/{token}" if token else f"{base}/track/{self.ref}"

    @property
    def stop(self) -> str:
        """Where one who gets these messages by mistake stops them; "" in a message that has no such link."""
        token = self.data.get("stop") if self.notice.to is Recipient.CONSUMER else None
        return f"{self.place.public_url}/not-mine/{token}" if token else ""

    @property
    def phone(self) -> str:
        """The utility's telephone number."""
        number = self.names.utility("phone")
        return number if number.isdigit() or not number else isolate(number)

    @property
    def utility(self) -> str:
        """The utility's name."""
        return self.names.utility("name") or "Onewindow"

    @property
    def forum(self) -> str:
        """Where to go after the last tier, with its telephone where it has one."""
        name, number = self.names.utility("forum"), self.names.forum_phone
        return gettext("%(forum)s, %(phone)s", forum=name, phone=isolate(number)) if name and number else name
