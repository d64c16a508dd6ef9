"""What is said: from a notification's codes to words in the recipient's language, for each channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import css_inline
import jinja2
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.alarm import Alarm
from activities.blanks import values
from activities.channels import Message
from activities.digest import Digest, Waiting
from activities.facts import Facts, Notice, Place, Recipient
from activities.named import Named
from languages.catalog import current, direction, gettext, install, use
from languages.letters import shorter
from models.names import NOTHING, Everything, everything, newest_edition
from models.people import Feeder
from rules.terms import Codes, NoticeKind
from rules.texts import said

MESSAGES = Path(__file__).parent / "messages"
Said = Callable[[str], str]
"""The words of a part of a message, by its name."""


class Renderer:
    """Templates and names; the names are read again when their edition rises."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.kept: Everything = NOTHING
        self.feeders: Mapping[str, Mapping[str, str]] = {}
        self.inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

    async def names(self, session: AsyncSession) -> Named:
        """The names as they are now."""
        if self.kept is NOTHING or await newest_edition(session) != self.kept.edition:
            self.kept = await everything(session)
            self.feeders = dict((await session.exec(select(Feeder.code, Feeder.names))).all())
        return Named(self.kept, self.feeders)

    def message(self, notice: Notice, channel: str, names: Named) -> Message:
        """What is said to one recipient by one channel; jinja2's errors when there is no such message."""
        with use(names.spoken_by(channel) or notice.language) as language:
            facts = Facts(notice, names, self.place)
            blocks = self.blocks(notice, facts, sms=channel == "sms")
            if channel == "sms":
                return Message(language, self.sms(" ".join(blocks("sms").splitlines()), facts))
            return self.mail(language, facts, blocks, self.usual_button(facts))

    def together(self, waiting: Sequence[Waiting], channel: str, names: Named) -> Message:
        """What is said to one officer by one channel about all that waited for him."""
        with use(names.spoken_by(channel) or waiting[0].notice.language) as language:
            digest = Digest(waiting, names, self.place)
            blocks = Blocks(self.texts.get_template("digest.j2"), digest)
            if channel == "sms":
                said = " ".join(blocks("sms").splitlines())
                return Message(
                    language, self.texts.get_template("sms.j2").render(said=said, f=digest, stop=False).strip()
                )
            return self.mail(language, digest, blocks)

    def alarm(self, data: Codes, language: str, names: Named) -> Message:
        """What administrators are told by mail when a bound of trust breaks or is well again."""
        with use(language) as spoken:
            alarm = Alarm(data, names, self.place)
            return self.mail(spoken, alarm, Blocks(self.texts.get_template("alarm.j2"), alarm))

    def sms(self, said: str, facts: Facts) -> str:
        """A text message; with the link that stops them where it makes it no longer than two parts, and on the first always."""
        template = self.texts.get_template("sms.j2")
        short, full = (template.render(said=said, f=facts, stop=stop).strip() for stop in (False, True))
        return shorter(short, full, always=facts.notice.kind is NoticeKind.ACKNOWLEDGED)

    def originals(self, notice: Notice, facts: Facts) -> Blocks:
        """The blocks of a notice's template."""
        return Blocks(self.texts.get_template(f"{notice.to}/{notice.kind}.j2"), facts)

    def blocks(self, notice: Notice, facts: Facts, *, sms: bool) -> Said:
        """The administrator's own words where he has some, else the template's.

        What is confidential, heard or about a recovery keeps its own template: own words do not know what must not be said.
        """
        of = notice.to.value, notice.kind.value, current()
        own = {} if facts.confidential or facts.heard or facts.recovery else facts.names.everything.texts.get(of, {})
        originals = self.originals(notice, facts)
        if not own:
            return originals
        known = values(facts, sms=sms)
        return lambda name: said(own.get(name, ""), known) or originals(name)

    def mail(self, language: str, facts: Facts | Digest | Alarm, blocks: Said, button: str = "") -> Message:
        """Plain text and the same as simple HTML."""
        words: dict[str, object] = {
            "subject": blocks("subject"),
            "lines": blocks("text").splitlines(),
            "button": blocks("button") or button,
            "f": facts,
            "language": language,
            "direction": direction(language),
        }
        html = self.inliner.inline(self.pages.get_template("mail.html.j2").render(words))
        text = self.texts.get_template("mail.txt.j2").render(words)
        return Message(language, text.strip() + "\n", str(words["subject"]), html, facts.utility)

    @staticmethod
    def usual_button(facts: Facts) -> str:
        """The words on a mail's link where its template has none of its own."""
        if facts.notice.to is Recipient.CONSUMER:
            return gettext("See your %(thing)s", thing=facts.thing)
        return gettext("Open the %(thing)s", thing=facts.thing)

    @cached_property
    def texts(self) -> jinja2.Environment:
        """Templates of plain text."""
        return environment(escaping=False)

    @cached_property
    def pages(self) -> jinja2.Environment:
        """Templates of HTML."""
        return environment(escaping=True)


class Blocks:
    """One template's blocks by name; "" for one it does not have."""

    def __init__(self, template: jinja2.Template, facts: Facts | Digest | Alarm) -> None:
        self.template = template
        self.context = template.new_context({"f": facts})

    def __call__(self, name: str) -> str:
        """A block's words: lines without blanks around them, empty lines left out."""
        if name not in self.template.blocks:
            return ""
        said = "".join(self.template.blocks[name](self.context))
        return "\n".join(filter(None, (" ".join(line.split()) for line in said.splitlines())))


@cache
def environment(*, escaping: bool) -> jinja2.Environment:
    """The templates of `messages/`, read once for everybody who speaks; a name that does not exist is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(MESSAGES),
        autoescape=escaping,  # noqa: S701 - a text message is no page; the one page there is, is escaped
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    install(made)
    return made
