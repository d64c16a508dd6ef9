"""What somebody sent after his session had ended: offered to him again, and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from models import kept_forms
from web.deps import Db, Now
from web.desk.session import SignedIn
from web.errors import NotFound
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
HIDDEN = frozenset({"token", "seen", "base"})
SHORT = 60


def shown(fields: Mapping[str, str]) -> list[str]:
    """What he wrote himself: the longer texts, or everything but what the form carried along."""
    own = [text for name, text in fields.items() if text and name not in HIDDEN]
    return [text for text in own if len(text) > SHORT or " " in text] or own


@router.get("/account/kept")
async def kept(request: Request, person: SignedIn, db: Db, now: Now) -> Response:
    """The forms kept, the newest first."""
    rows = await db.read(kept_forms.kept, person.id, now)
    if not rows:
        return see_other(person.home)
    found = [(row, shown(row.fields), "/".join(row.path.split("/")[:4])) for row in rows]
    return page(request, "desk/kept.html", person=person, rows=found, moment=now)


@router.post("/account/kept/{number}")
async def send(person: SignedIn, number: int, db: Db) -> Response:
    """Send one where it was meant to go: the same form, to the same address."""
    row = await db.write(kept_forms.let_go, person.id, number)
    if row is None:
        raise NotFound
    return RedirectResponse(row.path, 307)


@router.post("/account/kept/{number}/away")
async def throw_away(person: SignedIn, number: int, db: Db) -> Response:
    """Throw one away."""
    await db.write(kept_forms.let_go, person.id, number)
    return see_other("/account/kept")
