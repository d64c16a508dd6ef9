"""A file that the consumer hands in for his own request: kept, told to the request, and let go of when it is not taken."""

from __future__ import annotations

import secrets
from datetime import datetime

from starlette.datastructures import UploadFile

from languages.labels import refusal
from languages.papers import unfit
from models import papers
from rules.messages import Take
from rules.terms import Act, Actor
from web.acting import Outcome, through
from web.api.documents import along, submission
from web.onewindow import Onewindow
from web.uploads.faults import NotTaken, Reused, Unfit
from web.uploads.receive import Handed


async def hand_over(
    parts: Onewindow, reference: str, code: str, file: UploadFile, fresh: str, at: datetime
) -> Outcome | None:
    """Keep `file` as the paper of that code and tell the request of it; sent twice in one form it is one.

    `fresh` is the form's own token. None: another file came with it already. Raises NotTaken.
    """
    token = f"web/{reference}/{fresh[:20] or secrets.token_urlsafe(12)}"
    handed = Handed(code, Actor.CONSUMER, at, reference, token=token)
    try:
        row = await parts.uploads.receive(parts.database, file, handed, along)
    except Unfit as wrong:
        raise NotTaken(unfit(wrong.fault)) from None
    except Reused:
        return None
    outcome = await through(parts, Take(reference, submission(row), Act.DOCUMENT))
    if outcome.refused is not None:
        await parts.database.write(papers.take_back, row.id)
        await parts.uploads.unneeded(row.id)
        raise NotTaken(refusal(outcome.refused), 409)
    return outcome
