"""Templates to responses: the page, one block of it, and what every page is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2_fragments import render_block
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from languages import catalog, spoken
from languages.catalog import gettext
from languages.dealings import Visit
from languages.labels import act_label
from languages.money import money
from languages.papers import may_be_sent, unfit
from languages.story import Rung, ladder_line
from rules.papers import ACCEPTED, LARGEST, PICTURES, FileFault
from rules.terms import Act, State

if TYPE_CHECKING:
    from web.onewindow import Onewindow

TEMPLATES = Path(__file__).parent / "templates"
STATE_ICONS = {
    State.RECEIVED: "inbox",
    State.ASSIGNED: "user-check",
    State.IN_PROGRESS: "wrench",
    State.ON_HOLD: "hourglass",
    State.RESOLVED: "circle-help",
    State.CLOSED: "circle-check",
    State.WITHDRAWN: "undo-2",
    State.REJECTED: "circle-x",
    State.COMPLETE: "badge-check",
    State.DONE: "circle-help",
    State.LAPSED: "timer",
}
"""One picture a state, on pages of all personas."""
ACT_ICONS = {
    Act.CONFIRM: "check",
    Act.NOT_REPAIRED: "circle-x",
    Act.SUPPLY_BACK: "zap",
    Act.PRESENT: "user-check",
    Act.ESCALATE: "trending-up",
    Act.REOPEN: "undo-2",
    Act.ADD: "message-square-text",
    Act.WITHDRAW: "circle-x",
    Act.OBJECT: "scale",
    Act.CHANGE_PHONE: "phone",
    Act.CALLED_AGAIN: "bell",
    Act.COMPLAIN: "message-square-text",
    Act.CLAIM: "indian-rupee",
}
VARY = "HX-Request, Accept-Language, Cookie"


class Compiled(BytecodeCache):
    """What the templates were compiled to, once for all applications of this process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put what is kept into `bucket`, which looks whether its template is still the same."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template was compiled to."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class Views:
    """The templates of one application, with its names, its zone and its pictures."""

    def __init__(self, onewindow: Onewindow) -> None:
        self.onewindow = onewindow
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=COMPILED,
        )
        catalog.install(self.environment)
        self.environment.filters.update(
            when=self.when,
            span=self.span,
            length_of=partial(spoken.span, short=True),
            money=money,
            bdi=spoken.bdi,
            joined=spoken.joined,
            ref=reference,
            ref_text=reference_text,
            tel=dialled,
            turns=turned,
        )
        self.environment.globals.update(
            asset=onewindow.assets.address,
            book=onewindow.book,
            icon=self.icon,
            languages=catalog.OWN_NAMES,
            named=catalog.named,
            language=catalog.current,
            direction=catalog.direction,
            now=onewindow.clock,
            state_icons=STATE_ICONS,
            act_icons=ACT_ICONS,
            accepted_files=ACCEPTED,
            accepted_pictures=PICTURES,
            largest_file=LARGEST,
            may_be_sent=may_be_sent,
            file_too_large=partial(unfit, FileFault.TOO_LARGE),
            act_words={act.value: partial(act_label, act) for act in Act},
            ladder_line=self.ladder_line,
            timings_of=self.timings_of,
            switch=lambda code: f"?lang={code}",
            directory=lambda: onewindow.directory.name if onewindow.directory else "",
        )

    def timings_of(self, number: int, at: datetime | None = None) -> str:
        """A version of the timings as people name it."""
        at = at or self.onewindow.book.dates.get(number)
        if at is None:
            return gettext("Timings no. %(number)d", number=number)
        date = spoken.date_of(at, self.onewindow.zone)
        return gettext("Timings of %(date)s (no. %(number)d)", date=date, number=number)

    def when(self, at: datetime, now: datetime | None = None) -> str:
        """An instant as people say it, in the utility's zone and the language in use."""
        return spoken.when(at, self.onewindow.zone, catalog.current(), now)

    def span(self, date: Visit, now: datetime | None = None) -> str:
        """A date for a visit in full."""
        return spoken.between(date.start, date.end, self.onewindow.zone, catalog.current(), now)

    def ladder_line(self, rung: Rung, now: datetime) -> str:
        """What a tier had, has or will have to do."""
        return ladder_line(rung, self.onewindow.zone, now)

    def icon(self, name: str) -> Markup:
        """A picture of the sprite; always beside a word, so hidden from readers of the screen."""
        address = f"{self.onewindow.assets.address('icons.svg')}#{name}"
        return Markup('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>').format(address)

    def text(self, template: str, block: str | None = None, /, **context: Any) -> str:
        """A template, or one block of it, as text."""
        if block is not None:
            return render_block(self.environment, template, block, context)
        return self.environment.get_template(template).render(context)


def reference(number: str) -> Markup:
    """A reference number as it is shown, 4-4-1, left to right in every language."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(escape(spoken.reference(number)))


def reference_text(number: str) -> str:
    """A reference number as it is shown, where no markup can be: a title."""
    return spoken.isolate(spoken.reference(number))


def turned(picture: Markup) -> Markup:
    """A picture that points along the line, so that it turns with the writing."""
    return Markup(str(picture).replace('class="icon"', 'class="icon turns"', 1))  # noqa: S704 - our own markup


def dialled(phone: str) -> str:
    """A telephone number as a tel: address takes it."""
    return "".join(digit for digit in phone if digit in "+0123456789")


def language_switch(request: Request) -> Callable[[str], str]:
    """The address of this page in another language, the rest of its query kept."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return lambda code: "?" + urlencode([*query, ("lang", code)])


def page(
    request: Request,
    template: str,
    *,
    block: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """A whole page, or with `block` that part of it; kept by nobody unless `headers` say so."""
    views: Views = request.app.state.views
    context = {"switch": language_switch(request), **context}
    body = views.text(template, block, request=request, **context)
    return HTMLResponse(body, status, {"Cache-Control": "no-store", "Vary": VARY, **(headers or {})})


def see_other(address: str) -> Response:
    """Go and look there: the answer to a form that was taken."""
    return RedirectResponse(address, 303)
