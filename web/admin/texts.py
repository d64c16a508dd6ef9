"""What messages say: each as it is by itself with made-up data, and an administrator's own words in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import OWN_NAMES
from languages.catalog import gettext as _
from languages.messages import notice_label
from models import texts
from models.texts import Key, MessageExample
from rules.sms import parts as sms_parts
from rules.terms import NoticeKind
from rules.texts import LONGEST, MOST_SMS, Part, missing, opened, said, unknown
from web.admin.blanks import meaning
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Form, too_long
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
RECIPIENTS = ("consumer", "staff")


@dataclass(frozen=True)
class Shown:
    """A message with made-up data: its words by part, the whole text message, and the parts that travels in."""

    said: Mapping[Part, str]
    sms: str
    weight: int


def part_words(part: Part) -> str:
    """What a part of a message is called."""
    return {Part.SMS: _("Text message"), Part.SUBJECT: _("Subject of the e-mail"), Part.TEXT: _("E-mail")}[part]


def recipient_words(recipient: str) -> str:
    """To whom a message goes."""
    return _("To the consumer") if recipient == "consumer" else _("To officers")


@router.get("/admin/texts")
async def listed(request: Request, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """Every message there is an example of, by whom it is for."""
    there = await db.read(texts.kinds)
    own = {(recipient, kind) for recipient, kind, _language in parts.book.now.texts}
    rows = {
        recipient: [kind for kind in NoticeKind if (recipient, kind.value) in there] for recipient in RECIPIENTS
    }  # fmt: skip
    return page(
        request, "admin/texts.html", person=person, rows=rows, own=own, notice_label=notice_label,
        recipient_words=recipient_words, first=parts.book.languages[0],
    )  # fmt: skip


async def example_of(db: Db, key: Key, parts: Onewindow) -> MessageExample:
    """The example of a message; NotFound where there is no such message."""
    found = await db.read(texts.example, key)
    if found is None or key[2] not in parts.book.languages:
        raise NotFound
    return found


def places_of(example: MessageExample, part: Part) -> Mapping[str, str]:
    """What fills the places of a part in the example."""
    filled: Mapping[str, str] = example.filled["sms" if part is Part.SMS else "mail"]
    return filled


def begun(example: MessageExample) -> dict[Part, str]:
    """The original words with their places, to begin from."""
    return {part: opened(example.said[part], places_of(example, part)) for part in Part}


def shown(example: MessageExample, words: Mapping[Part, str]) -> Shown:
    """How these words come out; a part without words of its own says its original."""
    told = {part: said(words.get(part, ""), places_of(example, part)) or example.said[part] for part in Part}
    sms = example.around.replace("{said}", " ".join(told[Part.SMS].splitlines()))
    return Shown(told, sms, sms_parts(sms))


def text_page(
    request: Request, person: Person, parts: Onewindow, example: MessageExample, typed: Mapping[Part, str],
    errors: Mapping[str, str], status: int = 200, done: str = "",
) -> Response:  # fmt: skip
    """The form of one message in one language, with how it comes out below."""
    kind, key = NoticeKind(example.kind), (example.recipient, example.kind, example.language)
    begin = begun(example)
    return page(
        request, "admin/text.html", status=status, person=person, example=example, key=key, errors=errors, done=done,
        typed={part: typed.get(part) or begin[part] for part in Part}, own=parts.book.now.texts.get(key, {}),
        title=notice_label(kind), recipient=recipient_words(example.recipient), shown=shown(example, typed),
        original=shown(example, {}), spoken=parts.book.languages, own_names=OWN_NAMES, parts_of=list(Part),
        part_words=part_words, blanks=[(name, meaning(name), example.filled["mail"][name]) for name in example.filled["mail"]],
        longest=LONGEST, may="tune" in person.rights,
    )  # fmt: skip


@router.get("/admin/texts/{recipient}/{notice}/{language}")
async def one(
    request: Request, person: ReadsAdmin, recipient: str, notice: str, language: str, db: Db, parts: Parts,
    done: str = "",
) -> Response:  # fmt: skip
    """A message as it is said now."""
    key = recipient, notice, language
    example = await example_of(db, key, parts)
    own = {Part(part): body for part, body in parts.book.now.texts.get(key, {}).items()}
    return text_page(request, person, parts, example, own, {}, done=done)


@router.post("/admin/texts/{recipient}/{notice}/{language}")
async def save(
    request: Request, person: Tunes, recipient: str, notice: str, language: str, form: Form, db: Db, parts: Parts, now: Now,
) -> Response:  # fmt: skip
    """Show how it would come out, say it so from now on, or go back to the original."""
    key = recipient, notice, language
    example = await example_of(db, key, parts)
    begin = begun(example)
    typed = {part: form.get(part, "") for part in Part}
    own = {part: text for part, text in typed.items() if text and text != begin[part]}
    what = form.get("do", "save")
    errors = {} if what == "back" else wrong(example, own)
    if errors or what == "look":
        return text_page(request, person, parts, example, typed, errors, 422 if errors else 200)
    wanted = {part: None if what == "back" else own.get(part) for part in Part}
    await db.write(texts.keep, key, wanted, person.id, now)
    await parts.database.read(parts.book.refresh)
    return see_other(f"/admin/texts/{recipient}/{notice}/{language}?done={'back' if what == 'back' else 'saved'}")


def wrong(example: MessageExample, own: Mapping[Part, str]) -> dict[str, str]:
    """What cannot be said so, by part."""
    kind, errors = NoticeKind(example.kind), {}
    for part, text in own.items():
        places = places_of(example, part)
        strange = ", ".join(unknown(text, places))
        if fault := too_long(text, LONGEST[part]):
            errors[part.value] = fault
        elif strange:
            errors[part.value] = _(
                "Nothing can be filled in for %(blanks)s. Take one from the list below.", blanks=strange
            )
        elif lacking := missing(kind, part, text):
            errors[part.value] = _("This message is sent for %(blank)s: it cannot be without.", blank=f"{{{lacking}}}")
        elif part is Part.SUBJECT and "\n" in text:
            errors[part.value] = _("The subject is one line.")
    if Part.SMS in own and not errors and (weight := shown(example, own).weight) > MOST_SMS:
        errors["sms"] = _(
            "It would travel in %(count)d parts; %(most)d at most. Say it shorter.", count=weight, most=MOST_SMS
        )
    return errors
